import { beforeEach, expect, test } from 'vitest';
import { partitionJudge } from '../../../../services/aggregator/core/judge.ts';
import type { PartitionJudge } from '../../../../services/aggregator/core/judge.ts';
import {
  envelopes,
  heartbeatReader,
  heartbeatRecord,
  rawRecord,
} from '../../../support/envelopes.ts';
import { anEventType } from '../../../support/metrics.ts';
import { anOrder } from '../../../support/order-events.ts';

const T = 1_700_000_000_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const type = anEventType();
const { record, reader } = envelopes(type);
let judge: PartitionJudge;
let offset: number;

const at = (appendMs: number) => ({ offset: offset++, appendMs });
const kindOf = (appendMs: number, event: Parameters<typeof record>[1]): string =>
  judge.judge(record(at(appendMs), event), reader).verdict.kind;

beforeEach(() => {
  judge = partitionJudge(type, 0);
  offset = 0;
});

test('F-012 F-013 F-014 a copy within the horizon is a duplicate, one with another payload a conflict', () => {
  expect(kindOf(T, anOrder('a', T))).toBe('event');
  expect(kindOf(T + DAY, anOrder('a', T))).toBe('duplicate');
  expect(kindOf(T + DAY, anOrder('a', T, { amount: 7 }))).toBe('conflict');
  expect(kindOf(T + 3 * DAY, anOrder('a', T))).toBe('event');
});

test('time, subject and data belong to the payload; the accept time and the historical mark do not', () => {
  kindOf(T, anOrder('a', T, { ingestedAt: 1 }));
  expect(kindOf(T, anOrder('a', T, { ingestedAt: 2, historical: true }))).toBe('duplicate');
  expect(kindOf(T, anOrder('a', T + 1))).toBe('conflict');
  kindOf(T, anOrder('b', T, { subject: 's' }));
  expect(kindOf(T, anOrder('b', T, { subject: 't' }))).toBe('conflict');
});

test('the same id of another source is another event', () => {
  kindOf(T, anOrder('a', T));
  expect(kindOf(T, anOrder('a', T, { source: '/other' }))).toBe('event');
  expect(kindOf(T, anOrder('ab', T, { source: '/c' }))).toBe('event');
  expect(kindOf(T, anOrder('a', T, { source: 'b/c' }))).toBe('event');
});

test('historical events are told apart for thirty days', () => {
  kindOf(T, anOrder('a', T - 900 * DAY, { historical: true }));
  expect(kindOf(T + 29 * DAY, anOrder('a', T - 900 * DAY, { historical: true }))).toBe('duplicate');
  expect(kindOf(T + 60 * DAY, anOrder('a', T - 900 * DAY, { historical: true }))).toBe('event');
});

test('duplicates, history and dead letters move no watermark', () => {
  kindOf(T, anOrder('a', T));
  const before = judge.watermarkMs();
  kindOf(T + HOUR, anOrder('a', T));
  kindOf(T + HOUR, anOrder('b', T + HOUR, { historical: true }));
  kindOf(T + HOUR, anOrder('c', T + 2 * HOUR));
  expect(judge.watermarkMs()).toBe(before);
});

test('F-058 an event too far ahead of its append time is dead-lettered and not remembered', () => {
  const verdict = judge.judge(record(at(T), anOrder('a', T + HOUR)), reader).verdict;
  expect(verdict).toMatchObject({ kind: 'dead_lettered', code: 'event_time_in_future' });
  expect(kindOf(T + HOUR, anOrder('a', T + HOUR))).toBe('event');
});

test('an event without a time takes the append time where its type says so, else it is dead-lettered', () => {
  expect(judge.judge(record(at(T), anOrder('a', 0, { time: null })), reader).verdict).toMatchObject(
    {
      code: 'event_time_missing',
    },
  );
  const byAppend = partitionJudge(anEventType({ timeFrom: 'append' }), 0);
  const judged = byAppend.judge(record(at(T), anOrder('a', 0, { time: null })), reader);
  expect(judged).toMatchObject({ verdict: { kind: 'event' }, eventMs: T });
});

test.each([
  ['no value', null],
  ['no frame', Buffer.from('poison')],
])('a record with %s is dead-lettered', (_, value) => {
  const verdict = judge.judge(rawRecord(at(T), value), undefined).verdict;
  expect(verdict).toMatchObject({ kind: 'dead_lettered', code: 'schema_unknown' });
});

test('every cut of an envelope is dead-lettered, and so is one byte too many', () => {
  const { bytes: value } = record(at(T), anOrder('abc', T, { subject: 'sub' }));
  for (let length = 5; length < value.length; length++)
    expect(judge.judge(rawRecord(at(T), value.subarray(0, length)), reader).verdict).toMatchObject({
      kind: 'dead_lettered',
      code: 'schema_invalid',
    });
  const longer = Buffer.concat([value, Buffer.from([0])]);
  expect(judge.judge(rawRecord(at(T), longer), reader).verdict).toMatchObject({
    code: 'schema_invalid',
  });
});

test('an event without id or source is dead-lettered', () => {
  for (const event of [anOrder('', T), anOrder('a', T, { source: '' })])
    expect(judge.judge(record(at(T), event), reader).verdict).toMatchObject({ code: 'id_missing' });
});

test('what is read again is judged as before, watermarks included, and teaches nothing new', () => {
  const records = [
    record(at(T), anOrder('a', T)),
    record(at(T + 1), anOrder('a', T)),
    record(at(T + 2), anOrder('a', T, { amount: 1 })),
    record(at(T + HOUR), anOrder('b', T + HOUR)),
  ];
  const see = () =>
    records.map((one) => {
      const { verdict, watermarkMs } = judge.judge(one, reader);
      return [verdict.kind, watermarkMs];
    });
  const first = see();
  expect(first.map(([kind]) => kind)).toEqual(['event', 'duplicate', 'conflict', 'event']);
  expect(see()).toEqual(first);
  expect(judge.identities()).toBe(2);
});

test('what was forgotten cannot be asked again', () => {
  const first = record(at(T), anOrder('a', T));
  judge.judge(first, reader);
  judge.forgetBelow(1);
  expect(() => judge.judge(first, reader)).toThrow('judged and forgotten');
});

test('heartbeats are no events, and move the watermark', () => {
  const beat = heartbeatRecord(at(T), { instance: 'i', oldestMs: T });
  expect(judge.judge(beat, heartbeatReader).verdict.kind).toBe('heartbeat');
  expect(judge.watermarkMs()).toBe(T - type.outOfOrdernessMs);
});

test('what is read to fill the index moves no watermark: its first copy may lie before the stretch', () => {
  const conflict = record(at(T + HOUR), anOrder('a', T + HOUR));
  const counted = record(at(T + 2 * HOUR), anOrder('b', T));
  const takenOver = partitionJudge(type, counted.offset);
  expect(takenOver.judge(conflict, reader).verdict.kind).toBe('event');
  const { watermarkMs } = takenOver.judge(counted, reader);
  expect(watermarkMs).toBe(T - type.outOfOrdernessMs);
});

test('instances heard of while the index is filled hold the watermark afterwards', () => {
  const takenOver = partitionJudge(type, 1);
  const beats = (offset: number, instance: string, oldestMs: number) =>
    takenOver.judge(
      heartbeatRecord({ offset, appendMs: T + offset }, { instance, oldestMs }),
      heartbeatReader,
    );
  beats(0, 'slow', T - HOUR);
  expect(beats(1, 'quick', T).watermarkMs).toBe(T - HOUR - type.outOfOrdernessMs);
});
