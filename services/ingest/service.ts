import type { Refusal } from '../kernel/errors.ts';
import { partitionOf } from '../kernel/partitioner.ts';
import { err, invariant, ok } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';
import type { EpochMs } from '../kernel/time.ts';
import { answerOf, commonRefusal, refuseAll } from './core/answer.ts';
import type { Answer, Outcome } from './core/answer.ts';
import { decide } from './core/decide.ts';
import type { EventRefusal } from './core/decide.ts';
import type { IncomingEvent } from './core/incoming-event.ts';
import { LIMITS } from './core/limits.ts';
import type { Activity } from './heartbeats.ts';
import type {
  Clock,
  EventRecord,
  EventSink,
  EventTypes,
  IngestObserver,
  OpenEventType,
} from './ports.ts';

export type Ingest = {
  /**
   * Accepts events and writes them: every one that the answer calls accepted is in the log.
   * @param items read events, or why one could not be read
   * @returns a refusal that holds for the request as a whole, or the answer per event
   * @throws overloaded with nothing written; broker_unavailable, registry_unavailable: send the same again
   */
  readonly accept: (
    items: readonly Result<IncomingEvent, Refusal>[],
    terms: AcceptTerms,
  ) => Promise<Result<Answer, Refusal>>;
};
export type AcceptTerms = {
  readonly isHistorical: boolean;
  /** All or nothing (`Prefer: handling=strict`). */
  readonly isStrict: boolean;
  readonly sources: ReadonlySet<string> | undefined;
  /** Everything but the writing: what is not refused now would be accepted. */
  readonly isRehearsal?: boolean;
  /** An entry of a manual metric, which only `createEntries` makes. */
  readonly isEntry?: true;
};
export type IngestPorts = {
  readonly types: EventTypes;
  readonly sink: EventSink;
  readonly activity: Activity;
  readonly observer: IngestObserver;
  readonly clock: Clock;
};

type Prepared = Result<{ readonly type: string; readonly record: EventRecord }, EventRefusal>;

export function createIngest(ports: IngestPorts): Ingest {
  return {
    async accept(items, asked) {
      const open = await openTypes(ports.types, items);
      // From here to the hand-over nothing waits: no heartbeat can vouch for a time after these events' own.
      const acceptedMs = ports.clock.now();
      const typeOf = (name: string): Result<OpenEventType, Refusal> => {
        const type = open.get(name);
        invariant(type, 'every type of the request was opened');
        return type;
      };
      const terms = { ...asked, nowMs: acceptedMs, typeOf };
      const prepared = items.map((item) => prepare(item, terms));
      const refusal = commonRefusal(prepared);
      if (refusal) return err(refusal);
      if (terms.isRehearsal) return ok(answerOf(prepared.map(withoutPosition), items.map(idOf)));
      const outcomes =
        terms.isStrict && prepared.some(({ ok }) => !ok)
          ? refuseAll(prepared)
          : await write(ports, prepared, { acceptedMs, isHistorical: terms.isHistorical });
      for (const outcome of outcomes) if (!outcome.ok) ports.observer.rejected(outcome.error.code);
      return ok(answerOf(outcomes, items.map(idOf)));
    },
  };
}

const idOf = (item: Result<IncomingEvent, Refusal>): string | undefined =>
  item.ok ? item.value.id : undefined;
const withoutPosition = (one: Prepared): Outcome => (one.ok ? ok(undefined) : one);

/** Writes what was accepted. @returns positions in place of the records   @throws what keeps a record from being written */
async function write(
  { sink, activity, observer }: IngestPorts,
  prepared: readonly Prepared[],
  accepted: { readonly acceptedMs: EpochMs; readonly isHistorical: boolean },
): Promise<readonly Outcome[]> {
  const records = prepared.flatMap((one) => (one.ok ? [one.value.record] : []));
  if (records.length === 0) return refuseAll(prepared);
  const startedMs = performance.now();
  const settled = activity.begin(records, accepted);
  try {
    const written = await sink.write(records);
    const lost = written.find((one) => !one.ok && one.error.code !== 'too_large');
    if (lost && !lost.ok) throw lost.error;
    observer.produced((performance.now() - startedMs) / 1_000);
    const fates = written.values();
    const events = new Map<string, number>();
    const outcomes = prepared.map((one): Outcome => {
      if (!one.ok) return one;
      const fate = fates.next().value;
      invariant(fate, 'the sink tells the fate of every record');
      const { type, record } = one.value;
      if (!fate.ok) return err({ code: fate.error.code, detail: fate.error.message });
      events.set(type, (events.get(type) ?? 0) + 1);
      return ok(`${record.topic}/${record.partition}/${fate.value.offset}`);
    });
    for (const [type, count] of events) observer.accepted(type, accepted.isHistorical, count);
    return outcomes;
  } finally {
    settled();
  }
}

async function openTypes(
  types: EventTypes,
  items: readonly Result<IncomingEvent, Refusal>[],
): Promise<ReadonlyMap<string, Result<OpenEventType, Refusal>>> {
  const names = new Set<string>();
  for (const item of items) if (item.ok && item.value.type) names.add(item.value.type);
  return new Map(
    await Promise.all([...names].map(async (name) => [name, await types.open(name)] as const)),
  );
}

function prepare(
  item: Result<IncomingEvent, Refusal>,
  terms: {
    readonly nowMs: number;
    readonly isHistorical: boolean;
    readonly sources: ReadonlySet<string> | undefined;
    readonly isEntry?: true;
    readonly typeOf: (name: string) => Result<OpenEventType, Refusal>;
  },
): Prepared {
  if (!item.ok) return item;
  const decided = decide(item.value, terms);
  if (!decided.ok) return decided;
  const { type, key, envelope } = decided.value;
  const open = terms.typeOf(type);
  if (!open.ok) return open;
  const value = open.value.encode(envelope);
  if (value.length > LIMITS.recordBytesMax)
    return err({
      code: 'too_large',
      detail: `the event takes ${value.length} bytes in Kafka, the limit is ${LIMITS.recordBytesMax}`,
    });
  const { topic, partitions } = open.value;
  const keyBytes = Buffer.from(key);
  const partition = partitionOf(keyBytes, partitions);
  return ok({ type, record: { topic, partition, key: keyBytes, value } });
}
