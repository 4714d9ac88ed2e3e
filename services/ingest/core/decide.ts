import { MANUAL_ENTRY } from '../../kernel/catalog/manual-entry-type.ts';
import type { EventTypeDefinition } from '../../kernel/definitions.ts';
import type { EnvelopeHead } from '../../kernel/envelope.ts';
import type { Refusal } from '../../kernel/errors.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import { formatRfc3339, parseRfc3339 } from '../../kernel/time.ts';
import type { DurationMs, EpochMs } from '../../kernel/time.ts';
import type { IncomingEvent } from './incoming-event.ts';

/** What the catalogue says of an event type, with its data's conversion made ready. */
export type EventTypeReader = {
  readonly definition: EventTypeDefinition;
  /** JSON as the value that the type's Avro schema writes; the pointer is relative to `data`. */
  readonly convert: (
    data: unknown,
  ) => Result<unknown, DataFault & { readonly others?: readonly DataFault[] }>;
};
type DataFault = { readonly pointer: string; readonly expected: string; readonly found: string };

/** Why an event is refused. `others`: what else is wrong with its data and its time; absent: nothing. */
export type EventRefusal = Refusal & { readonly others?: readonly Refusal[] };

export type Terms = {
  /** Accept time. */
  readonly nowMs: EpochMs;
  readonly isHistorical: boolean;
  /** Sources that the principal may write; undefined: all. */
  readonly sources: ReadonlySet<string> | undefined;
  /** It was made here of what somebody entered: nobody else says who entered what. */
  readonly isEntry?: true | undefined;
  readonly typeOf: (id: string) => Result<EventTypeReader, Refusal>;
};

export type AcceptedEvent = {
  readonly id: string;
  readonly type: string;
  /** Decides the partition: partitionkey, else subject, else id. */
  readonly key: string;
  readonly envelope: EnvelopeHead & { readonly data: unknown };
};

/**
 * Accepts an event or says why not, and where. Checks stand in the order of kernel/errors.ts, so that of several
 * faults always the same one is reported first.
 */
export function decide(event: IncomingEvent, terms: Terms): Result<AcceptedEvent, EventRefusal> {
  const { id, source, type } = event;
  if (source !== undefined && terms.sources && !terms.sources.has(source))
    return err({
      code: 'forbidden',
      detail: `the token may not write events of source ${source}`,
      pointer: '/source',
    });
  if (type === MANUAL_ENTRY && !terms.isEntry)
    return err({
      code: 'forbidden',
      detail: 'values are entered by POST /v1/metrics/{id}/entries, which knows by whom',
      pointer: '/type',
    });
  if (id === undefined || source === undefined)
    return err({
      code: 'id_missing',
      detail: `the event has no ${id === undefined ? 'id' : 'source'}`,
      pointer: id === undefined ? '/id' : '/source',
    });
  if (type === undefined)
    return err({ code: 'type_unknown', detail: 'the event has no type', pointer: '/type' });
  const reader = terms.typeOf(type);
  if (!reader.ok) return err({ pointer: '/type', ...reader.error });
  const data = reader.value.convert(event.data);
  const time = timeOf(event.time, reader.value.definition, terms.nowMs);
  if (!data.ok) {
    const inData = (data.error.others ?? []).map(refusalOf);
    const others = time.ok ? inData : [...inData, time.error];
    return err({ ...refusalOf(data.error), ...(others.length > 0 ? { others } : {}) });
  }
  if (!time.ok) return time;
  const { subject = null, partitionKey } = event;
  return ok({
    id,
    type,
    key: partitionKey ?? subject ?? id,
    envelope: {
      id,
      source,
      ingestedAt: terms.nowMs,
      historical: terms.isHistorical,
      time: time.value,
      subject,
      data: data.value,
    },
  });
}

const refusalOf = ({ pointer, expected, found }: DataFault): Refusal => ({
  code: 'schema_invalid',
  detail: `expected ${expected}; found ${found}`,
  pointer: `/data${pointer}`,
});

/** Event time; null where the type takes the broker's append time, whatever the event says. */
function timeOf(
  text: string | undefined,
  { timeFrom, maxFutureMs }: { timeFrom: 'event' | 'append'; maxFutureMs: DurationMs },
  nowMs: EpochMs,
): Result<EpochMs | null, Refusal> {
  const fault = (code: Refusal['code'], detail: string): { ok: false; error: Refusal } =>
    err({ code, detail, pointer: '/time' });
  if (text === undefined)
    return timeFrom === 'append'
      ? ok(null)
      : fault('event_time_missing', 'the event has no time, and its type needs one');
  const timeMs = parseRfc3339(text);
  if (timeMs === undefined)
    return fault(
      'event_time_invalid',
      `${JSON.stringify(text.slice(0, 40))} is no RFC 3339 date-time`,
    );
  if (timeFrom === 'append') return ok(null);
  return timeMs > nowMs + maxFutureMs
    ? fault(
        'event_time_in_future',
        `${text} lies more than ${maxFutureMs / 1_000} s after ${formatRfc3339(nowMs)}, when the event came`,
      )
    : ok(timeMs);
}
