import { readFileSync } from 'node:fs';
import { envelopeSchema } from '../../services/kernel/envelope.ts';
import type { Json } from '../../services/kernel/json.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../services/kernel/time.ts';
import { frame } from '../../services/platform/avro/codec.ts';
import { avroType } from '../../services/platform/avro/types.ts';
import type { LoggedRecord, WrittenEvent } from '../support/event-log.ts';
import { anEventType } from '../support/metrics.ts';
import { chance } from './chance.ts';
import type { Chance } from './chance.ts';

/** Orders with a short memory, so that a run of seconds reaches beyond it by a few leaps of the log's clock. */
export const ORDERS = anEventType({
  outOfOrdernessMs: 5 * SECOND_MS,
  duplicateHorizonMs: 2 * HOUR_MS,
  maxFutureMs: MINUTE_MS,
});
export const RULES = {
  outOfOrdernessMs: ORDERS.outOfOrdernessMs,
  duplicateHorizonMs: ORDERS.duplicateHorizonMs,
  maxFutureMs: ORDERS.maxFutureMs,
};

const HEARTBEAT = JSON.parse(
  readFileSync(new URL('../../schemas/tidemark/heartbeat.avsc', import.meta.url), 'utf8'),
) as Json;
export const SCHEMA_IDS = { envelope: 1, heartbeat: 2, unknown: 3 } as const;
export const SCHEMAS: ReadonlyMap<number, Json> = new Map([
  [SCHEMA_IDS.envelope, envelopeSchema(ORDERS.id, ORDERS.schema)],
  [SCHEMA_IDS.heartbeat, HEARTBEAT],
]);
const envelope = avroType(SCHEMAS.get(SCHEMA_IDS.envelope) as Json);
const heartbeat = avroType(HEARTBEAT);

/** Midnight in London, so that a run crosses the ends of minutes and hours, and those of days by leaps. */
const LOG_BEGINS_MS = Date.UTC(2026, 2, 28, 23, 50);

/** What happens to the log, at a moment of simulated time. */
export type Step = { readonly atMs: number; readonly logMs: number } & (
  | {
      readonly kind: 'record';
      readonly partition: number;
      readonly value: Buffer | null;
      readonly content: LoggedRecord['content'];
    }
  | { readonly kind: 'hole'; readonly partition: number }
);
export type Workload = {
  /** How many times something was written, before the last heartbeats. */
  readonly size: number;
  readonly partitions: number;
  readonly steps: readonly Step[];
  /** When the last event is written: from then on there are heartbeats alone. */
  readonly endMs: number;
  /** When faults end: soon, or after what takes more than ten seconds. */
  readonly healMs: number;
  /** When the last heartbeat is written. */
  readonly healedMs: number;
  /** The log's time at simulated ms. */
  readonly logNow: (atMs: number) => number;
};

/** @param amountMax in hundredths; large ones overflow sums */
export function createWorkload(seed: number, steps: number): Workload {
  const draw = chance(seed, 'workload');
  const partitions = draw.pick([1, 2, 2, 3]);
  // Sums of a few of the large ones leave 64 bits.
  const amountMax = draw.is(0.06) ? 950_000_000_000_000_000 : 10_000;
  const leaps: { atMs: number; byMs: number }[] = [];
  const logNow = (atMs: number): number =>
    Math.floor(
      LOG_BEGINS_MS +
        atMs +
        leaps.reduce((sum, leap) => (leap.atMs <= atMs ? sum + leap.byMs : sum), 0),
    );
  const sent: { partition: number; event: Required<WrittenEvent> }[] = [];
  const list: Step[] = [];
  let atMs = 10;
  for (let i = 0; i < steps; i++) {
    atMs += draw.is(0.5) ? draw.between(0, 30) : draw.between(0, 600);
    if (draw.is(0.06)) leaps.push({ atMs, byMs: leap(draw) });
    list.push(...stepsOf(draw, { atMs, logMs: logNow(atMs), partitions, amountMax, sent }));
  }
  const endMs = atMs + 10;
  // Ingest goes on saying that all is in: windows close, and whoever lost something finds it.
  if (draw.is(0.3)) leaps.push({ atMs: endMs, byMs: leap(draw) });
  const isLong = draw.is(0.15);
  const healMs = endMs + (isLong ? 14 : 0) * SECOND_MS;
  for (let i = 0; i < (isLong ? 3 : 1) * LAST_BEATS; i++)
    for (const instance of INSTANCES) {
      atMs = endMs + i * SECOND_MS;
      list.push(...beats(instance, { atMs, logMs: logNow(atMs), partitions }));
    }
  return { size: steps, partitions, steps: list, endMs, healMs, healedMs: atMs, logNow };
}

/** One a second, longer than any fault lasts. */
const LAST_BEATS = 8;
const INSTANCES = ['a', 'b'] as const;
const leap = (draw: Chance): number =>
  draw.pick([MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 90 * MINUTE_MS, 3 * HOUR_MS, 26 * HOUR_MS]);

type At = { readonly atMs: number; readonly logMs: number; readonly partitions: number };
type Sent = { partition: number; event: Required<WrittenEvent> }[];

function stepsOf(
  draw: Chance,
  at: At & { readonly amountMax: number; readonly sent: Sent },
): readonly Step[] {
  const { atMs, logMs, partitions, sent } = at;
  const partition = draw.below(partitions);
  const before = sent.length > 0 ? draw.pick(sent) : undefined;
  const again = (over: Partial<WrittenEvent>): readonly Step[] =>
    before ? [eventStep(at, before.partition, { ...before.event, ...over })] : [];
  const fresh = (time: number | null, over: Partial<WrittenEvent> = {}): readonly Step[] => {
    const event: Required<WrittenEvent> = {
      id: `e${sent.length}`,
      source: draw.pick(['/till', '/web']),
      time,
      subject: null,
      historical: false,
      ingestedAt: logMs,
      data: {
        store_id: draw.pick(['S1', 'S2', 'S3']),
        amount: amountOf(draw, at.amountMax),
        status: draw.is(0.85) ? 'booked' : 'open',
      },
      ...over,
    };
    sent.push({ partition, event });
    return [eventStep(at, partition, event)];
  };
  const past = logMs - draw.pick([2 * MINUTE_MS, 20 * MINUTE_MS, 2 * HOUR_MS, 30 * HOUR_MS]);
  const roll = draw.below(100);
  if (roll < 50) return fresh(logMs - draw.below(8_000));
  // A client that did not hear the answer sends again.
  if (roll < 62) return again({});
  if (roll < 65) return again({ data: { ...before?.event.data, amount: 1 } });
  if (roll < 68) return again({ source: '/copy' });
  if (roll < 75) return fresh(past);
  if (roll < 81) return fresh(past, { historical: true });
  if (roll < 83) return fresh(logMs + ORDERS.maxFutureMs + 1 + draw.below(10_000));
  if (roll < 84) return fresh(null);
  if (roll < 86)
    return [record(at, partition, { value: broken(draw), content: { kind: 'unreadable' } })];
  if (roll < 89) return [{ atMs, logMs, kind: 'hole', partition }];
  return beats(draw.pick(INSTANCES), at, draw.is(0.3) ? draw.below(20_000) : 0);
}

/** Beyond 2^53 an amount is a bigint, as decimals are read. */
function amountOf(draw: Chance, most: number): number | bigint {
  const amount = Math.ceil(most * (most > 1e6 ? draw.between(0.9, 1) : draw.next())) || 1;
  const signed = draw.is(0.1) ? -amount : amount;
  return Number.isSafeInteger(signed) ? signed : BigInt(signed);
}

const broken = (draw: Chance): Buffer | null =>
  draw.pick([
    null,
    Buffer.from('not framed'),
    frame(SCHEMA_IDS.unknown, Buffer.from('?')),
    frame(SCHEMA_IDS.envelope, Buffer.from([2, 65])),
  ]);

const record = (
  { atMs, logMs }: At,
  partition: number,
  what: { value: Buffer | null; content: LoggedRecord['content'] },
): Step => ({ atMs, logMs, kind: 'record', partition, ...what });

const eventStep = (at: At, partition: number, event: Required<WrittenEvent>): Step =>
  record(at, partition, {
    value: frame(SCHEMA_IDS.envelope, envelope.toBuffer(event)),
    content: { kind: 'event', event },
  });

/** A heartbeat of one instance into every partition. @param ageMs of its oldest event that is not acknowledged */
const beats = (instance: string, at: At, ageMs = 0): readonly Step[] => {
  const content = { kind: 'heartbeat', instance, oldestAccepted: at.logMs - ageMs } as const;
  const value = frame(SCHEMA_IDS.heartbeat, heartbeat.toBuffer(content));
  return Array.from({ length: at.partitions }, (_, partition) =>
    record(at, partition, { value, content }),
  );
};
