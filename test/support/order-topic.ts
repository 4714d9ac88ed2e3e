import fc from 'fast-check';
import type { SourceRecord } from '../../services/aggregator/core/source-record.ts';
import type { SourceOffsets } from '../../services/aggregator/ports.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../services/kernel/time.ts';
import { frame } from '../../services/platform/avro/codec.ts';
import { envelopes, heartbeatReader, heartbeatRecord, rawRecord } from './envelopes.ts';
import type { LoggedRecord, WrittenEvent } from './event-log.ts';
import { memorySourceOffsets } from './memory-source-offsets.ts';
import { anOrder, ORDERS } from './order-events.ts';

/** What is written into a partition; `gapMs` is how much later than the record before it. */
export type Written = { readonly gapMs: number } & (
  | {
      readonly kind: 'order';
      readonly id: number;
      /** How long before its append the event happened; negative: its source's clock runs ahead. */
      readonly ageMs: number;
      readonly amount: number;
      readonly store: string;
      readonly status: string;
      readonly historical: boolean;
    }
  /** The last event, or one before it, once more. */
  | { readonly kind: 'copy'; readonly back: number }
  | { readonly kind: 'heartbeat'; readonly instance: string; readonly behindMs: number }
  | { readonly kind: 'unreadable' }
);
/** A record as the aggregator reads it, beside what the oracle reads. */
export type Entry = { readonly record: SourceRecord; readonly logged: LoggedRecord };
/** The partitions of a topic of orders, in memory. */
export type OrderTopic = readonly (readonly Entry[])[];

export const TOPIC = 't';
/** Within an hour, so that windows begin and end among the records. */
const T0 = 1_700_000_000_000;
const UNKNOWN_SCHEMA_ID = 9;
const orders = envelopes(ORDERS);
export const planOf = orders.plan;
export const orderReader = orders.reader;

export function readerOf({ bytes, valueFrom }: SourceRecord) {
  const schemaId = valueFrom < 0 ? undefined : bytes.readInt32BE(valueFrom + 1);
  return schemaId === 1 ? orders.reader : schemaId === 2 ? heartbeatReader : undefined;
}

export const topicOf = (partitions: readonly (readonly Written[])[]): OrderTopic =>
  partitions.map((list, partition) => {
    let appendMs = T0;
    const events: WrittenEvent[] = [];
    return list.map((written, offset) => {
      const place = { partition, offset, appendMs: (appendMs += written.gapMs) };
      const event =
        written.kind === 'order'
          ? orderOf(written, appendMs)
          : written.kind === 'copy'
            ? events.at(-1 - written.back)
            : undefined;
      if (!event) return otherEntry(written, place);
      events.push(event);
      return eventEntry(event, place);
    });
  });

type Place = { readonly partition: number; readonly offset: number; readonly appendMs: number };

const orderOf = (written: Extract<Written, { kind: 'order' }>, appendMs: number): WrittenEvent => {
  const { id, ageMs, amount, store, status, historical } = written;
  return anOrder(`${id}`, appendMs - ageMs, { amount, store, status, historical });
};

/** A heartbeat, or a record that nobody can read. */
function otherEntry(written: Written, place: Place): Entry {
  if (written.kind !== 'heartbeat')
    return {
      record: rawRecord(recordPlace(place), frame(UNKNOWN_SCHEMA_ID, Buffer.of(0))),
      logged: { ...place, content: { kind: 'unreadable' } },
    };
  const { instance, behindMs } = written;
  const oldestMs = place.appendMs - behindMs;
  return {
    record: heartbeatRecord(recordPlace(place), { instance, oldestMs }),
    logged: { ...place, content: { kind: 'heartbeat', instance, oldestAccepted: oldestMs } },
  };
}

/** An event at its place; for logs whose order a test makes itself. */
export const eventEntry = (event: WrittenEvent, place: Place): Entry => ({
  record: orders.record(recordPlace(place), event),
  logged: {
    ...place,
    content: {
      kind: 'event',
      event: { source: '/test', subject: null, historical: false, ingestedAt: null, ...event },
    },
  },
});

const recordPlace = ({ offset, appendMs }: Place) => ({ offset, appendMs });

/** What the oracle reads of the topic, up to an offset in each partition. */
export const loggedUpTo = (topic: OrderTopic, ends: readonly number[]): readonly LoggedRecord[] =>
  topic.flatMap((entries, partition) =>
    entries.slice(0, ends[partition] ?? 0).map(({ logged }) => logged),
  );

export const endsOf = (topic: OrderTopic): readonly number[] =>
  topic.map((entries) => entries.length);

export const offsetsOf = (topic: OrderTopic): SourceOffsets =>
  memorySourceOffsets(
    new Map([[TOPIC, topic.map((entries) => entries.map(({ record }) => record.appendMs))]]),
  );

// ---- arbitrary topics

type Pace = {
  readonly gaps: fc.Arbitrary<number>;
  readonly ages: fc.Arbitrary<number>;
  /** One of so many orders is historical. */
  readonly ordinary: number;
};
/** Gaps longer than the horizon, late events, and some from the future. */
const UNSTEADY: Pace = {
  gaps: fc.oneof(
    { weight: 6, arbitrary: fc.nat(1_000) },
    { weight: 5, arbitrary: fc.nat(40 * MINUTE_MS) },
    { weight: 1, arbitrary: fc.nat(30 * HOUR_MS) },
    { weight: 1, arbitrary: fc.integer({ min: 6 * DAY_MS, max: 9 * DAY_MS }) },
  ),
  ages: fc.oneof(
    { weight: 5, arbitrary: fc.nat(MINUTE_MS) },
    { weight: 4, arbitrary: fc.nat(3 * HOUR_MS) },
    { weight: 1, arbitrary: fc.integer({ min: -10 * MINUTE_MS, max: 0 }) },
    { weight: 1, arbitrary: fc.nat(20 * DAY_MS) },
  ),
  ordinary: 8,
};
/** Many windows close and become final, and are written into after that. */
const STEADY: Pace = {
  gaps: fc.integer({ min: 5 * MINUTE_MS, max: 25 * MINUTE_MS }),
  ages: fc.oneof(fc.nat(MINUTE_MS), fc.nat(2 * HOUR_MS), fc.nat(5 * HOUR_MS)),
  ordinary: 3,
};

/** Identities that come again and others: copies, conflicts, history. */
const written = ({ gaps, ages, ordinary }: Pace): fc.Arbitrary<Written> =>
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        kind: fc.constant('order' as const),
        gapMs: gaps,
        id: fc.oneof({ weight: 1, arbitrary: fc.nat(6) }, { weight: 3, arbitrary: fc.nat(400) }),
        ageMs: ages,
        amount: fc.integer({ min: -3, max: 3 }),
        store: fc.constantFrom('S1', 'S2', 'S3'),
        status: fc.constantFrom('booked', 'booked', 'booked', 'cancelled'),
        historical: fc.nat(ordinary - 1).map((n) => n === 0),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('copy' as const), gapMs: gaps, back: fc.nat(4) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('heartbeat' as const),
        gapMs: gaps,
        instance: fc.constantFrom('a', 'b'),
        behindMs: fc.nat(5_000),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('unreadable' as const), gapMs: gaps }) },
  );

/** @param most records of a partition */
export const orderTopics = (most = 24): fc.Arbitrary<OrderTopic> =>
  topics(UNSTEADY, { minLength: most / 3, maxLength: most });
export const steadyTopics = (most = 30): fc.Arbitrary<OrderTopic> =>
  topics(STEADY, { minLength: most / 2, maxLength: most });

const topics = (pace: Pace, length: fc.ArrayConstraints): fc.Arbitrary<OrderTopic> => {
  const partition = fc.array(written(pace), { ...length, size: 'max' });
  return fc.tuple(partition, partition).map(topicOf);
};
