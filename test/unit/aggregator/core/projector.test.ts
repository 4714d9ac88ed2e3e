import { beforeEach, describe, expect, test } from 'vitest';
import { emptyNotes } from '../../../../services/aggregator/core/notes.ts';
import type { Notes } from '../../../../services/aggregator/core/notes.ts';
import { closeSpans, folding } from '../../../../services/aggregator/core/fold.ts';
import { partitionJudge } from '../../../../services/aggregator/core/judge.ts';
import { ProjectionState } from '../../../../services/aggregator/core/projection-state.ts';
import type { FlushRequest } from '../../../../services/aggregator/core/flush.ts';
import type { SimpleMetric } from '../../../../services/kernel/definitions.ts';
import type { SourceRecord } from '../../../../services/aggregator/core/source-record.ts';
import type { WrittenEvent } from '../../../support/event-log.ts';
import { envelopes, heartbeatReader, heartbeatRecord } from '../../../support/envelopes.ts';
import { aMetric, anEventType } from '../../../support/metrics.ts';
import { anOrder } from '../../../support/order-events.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The start of an hour and a minute. */
const T = 1_700_000_000_000 - (1_700_000_000_000 % HOUR);
const type = anEventType({ outOfOrdernessMs: 0, maxFutureMs: 10 * DAY });
const { record, reader, plan } = envelopes(type);
const PLACE = { topic: 't', partition: 0 };
const metric = (over: Partial<SimpleMetric> = {}): SimpleMetric =>
  aMetric({
    grains: ['minute', 'hour'],
    latenessMs: HOUR,
    retentionMs: { minute: 2 * HOUR, hour: 10 * HOUR, day: 0 },
    ...over,
  });
const opened = (over: Partial<SimpleMetric> = {}, next = 0): ProjectionState =>
  new ProjectionState(plan(metric(over)), {
    generation: 'g',
    partitions: [{ ...PLACE, next, watermarkMs: 0, appendMs: 0, historicalMs: 0 }],
    series: new Map(),
  });

let judge: ReturnType<typeof partitionJudge>;
let notes: Notes;
let offset: number;
beforeEach(() => {
  judge = partitionJudge(type, 0);
  notes = emptyNotes();
  offset = 0;
});
/** @param holeFrom where the hole before the record begins; default: there is none */
const put = (
  projections: readonly ProjectionState[],
  event: WrittenEvent,
  appendMs = T,
  holeFrom = offset,
): SourceRecord => {
  const one = { ...record({ offset: offset++, appendMs }, event), holeFrom };
  folding({ projections, notes }, PLACE)(one, judge.judge(one, reader));
  return one;
};
const heartbeat = (projections: readonly ProjectionState[], atMs: number): void => {
  const one = heartbeatRecord(
    { offset: offset++, appendMs: atMs },
    { instance: 'i', oldestMs: atMs },
  );
  folding({ projections, notes }, PLACE)(one, judge.judge(one, heartbeatReader));
};
const counters = (request: FlushRequest | undefined): Record<string, number> =>
  Object.fromEntries(request?.spans[0]?.counters ?? []);

describe('what a metric makes of an event', () => {
  test('it is counted into the cell of every grain and breakdown', () => {
    const projection = opened({
      dimensions: { store: 'data.store_id' },
      breakdowns: [[], ['store']],
    });
    put([projection], anOrder('a', T + 61_000, { amount: 250 }));
    const request = projection.take();
    expect(request?.series.map(({ key }) => key)).toEqual(['[]', '["store","S1"]']);
    expect(
      request?.windows.map(({ grain, startMs, cells }) => [grain, startMs, cells.length]),
    ).toEqual([
      ['minute', T + 60_000, 2],
      ['hour', T, 2],
    ]);
    expect(request?.windows[0]?.cells[0]?.delta).toMatchObject({ contributions: 1, sum: 250 });
  });

  test('where and a null value filter it', () => {
    const projection = opened({ where: 'data.status == "booked"' });
    put([projection], anOrder('a', T, { status: 'cancelled' }));
    expect(counters(projection.take())).toEqual({ filtered: 1 });
  });

  test('of latest it is the value of its entity; without one it is filtered', () => {
    const projection = opened({ aggregation: 'latest', entity: 'subject' });
    put([projection], anOrder('a', T + 5, { subject: 'sku-1', amount: 250 }));
    put([projection], anOrder('b', T + 4, { subject: 'sku-1', amount: 90 }));
    put([projection], anOrder('c', T + 3, { subject: 'sku-2', amount: 7 }));
    put([projection], anOrder('d', T + 9, { subject: null, amount: 1_000 }));
    const request = projection.take();
    expect(counters(request)).toEqual({ counted: 3, filtered: 1 });
    expect(request?.windows[1]?.cells[0]?.delta).toMatchObject({
      contributions: 3,
      sum: undefined,
      entities: new Map([
        ['sku-1', { timeMs: T + 5, partition: 0, offset: 0, value: 250 }],
        ['sku-2', { timeMs: T + 3, partition: 0, offset: 2, value: 7 }],
      ]),
    });
  });

  test('F-076 a sign or a currency that a metric does not want is filtered and accounted; without a condition it counts as it is', () => {
    const positive = opened({ where: 'data.amount >= 0' });
    const inYuan = opened({ id: 'yuan', where: 'data.status == "CNY"' });
    const all = opened({ id: 'all' });
    for (const [id, amount, status] of [
      ['sale', 250, 'CNY'],
      ['return', -100, 'CNY'],
      ['abroad', 70, 'EUR'],
    ] as const)
      put([positive, inYuan, all], anOrder(id, T, { amount, status }));
    const [ofPositive, ofYuan, ofAll] = [positive, inYuan, all].map((one) => one.take());
    const sum = (request: FlushRequest | undefined) => request?.windows[0]?.cells[0]?.delta.sum;
    expect([counters(ofPositive), sum(ofPositive)]).toEqual([{ counted: 2, filtered: 1 }, 320]);
    expect([counters(ofYuan), sum(ofYuan)]).toEqual([{ counted: 2, filtered: 1 }, 150]);
    expect([counters(ofAll), sum(ofAll)]).toEqual([{ counted: 3 }, 220]);
  });

  test('before eventsFrom it is filtered', () => {
    const projection = opened({ eventsFromMs: T });
    put([projection], anOrder('a', T - 1, { historical: true }));
    put([projection], anOrder('b', T, { historical: true }));
    expect(counters(projection.take())).toEqual({ filtered: 1, counted: 1 });
  });

  test('F-062 it is late exactly when the watermark before it reached the end of its finest window and lateness', () => {
    const onTime = opened();
    heartbeat([onTime], T + 60_000 + HOUR - 1);
    put([onTime], anOrder('a', T));
    expect(counters(onTime.take())).toEqual({ heartbeat: 1, counted: 1 });
    heartbeat([onTime], T + 60_000 + HOUR);
    put([onTime], anOrder('b', T));
    expect(counters(onTime.take())).toEqual({ heartbeat: 1, late: 1 });
    expect(notes.lateEvents).toMatchObject([{ id: 'b', metrics: ['net-sales@v1'] }]);
  });

  test('history is never late, and restates what was final', () => {
    const projection = opened();
    heartbeat([projection], T + 60_000 + HOUR);
    put([projection], anOrder('a', T, { historical: true }));
    const request = projection.take();
    expect(request?.windows.map(({ grain, cells }) => [grain, cells[0]?.delta.restated])).toEqual([
      ['minute', true],
      ['hour', false],
    ]);
    expect(request?.windows.map(({ cells }) => cells[0]?.delta.historical)).toEqual([1, 1]);
    expect(notes.lateEvents).toEqual([]);
  });

  test('a cell past retention takes nothing, a coarser one that is kept does', () => {
    const projection = opened();
    heartbeat([projection], T + 60_000 + 2 * HOUR);
    put([projection], anOrder('a', T, { historical: true }));
    expect(projection.take()?.windows.map(({ grain }) => grain)).toEqual(['hour']);
    heartbeat([projection], T + 20 * HOUR);
    put([projection], anOrder('b', T, { historical: true }));
    const request = projection.take();
    expect(request?.windows).toEqual([]);
    expect(counters(request)).toEqual({ heartbeat: 1, expired: 1 });
  });

  test('retention never ends before lateness', () => {
    const projection = opened({ retentionMs: { minute: 0, hour: 0, day: 0 } });
    heartbeat([projection], T + HOUR);
    put([projection], anOrder('a', T));
    expect(projection.take()?.windows.map(({ grain }) => grain)).toEqual(['minute', 'hour']);
  });
});

describe('cursors and what is said once', () => {
  test('a projection that is ahead skips, and nothing is said twice of what is read again for another', () => {
    const ahead = opened({}, 2);
    const behind = opened({ id: 'new' });
    put([ahead, behind], anOrder('a', T));
    put([ahead, behind], anOrder('a', T, { amount: 9 }));
    expect(notes.deadLetters).toEqual([]);
    expect(ahead.take()).toBeUndefined();
    expect(behind.take()?.spans).toMatchObject([{ from: 0, to: 2 }]);
    put([ahead, behind], anOrder('a', T, { amount: 8 }));
    expect(notes.deadLetters).toMatchObject([{ code: 'conflict', record: { offset: 2 } }]);
    expect([...notes.tallies.values()]).toEqual([{ topic: 't', outcome: 'conflict', events: 1 }]);
  });

  test('offsets without a record are accounted as holes, in the middle and at the end', () => {
    const projection = opened();
    put([projection], anOrder('a', T));
    offset = 5;
    const last = put([projection], anOrder('b', T), T, 1);
    closeSpans([projection], { ...PLACE, fetchedOffset: 0, nextOffset: 9, endOffset: 9 }, last);
    const request = projection.take();
    expect(counters(request)).toEqual({ counted: 2, hole: 7 });
    expect(request?.spans).toMatchObject([{ from: 0, to: 9, caughtUp: true }]);
  });

  test('a batch of holes alone is accounted as such, from where its fetch began', () => {
    const projection = opened({}, 4);
    closeSpans([projection], { ...PLACE, fetchedOffset: 2, nextOffset: 9, endOffset: 9 });
    expect(counters(projection.take())).toEqual({ hole: 5 });
  });

  test('a projection that stands within a hole accounts for the rest of it', () => {
    const projection = opened({}, 3);
    offset = 5;
    put([projection], anOrder('b', T), T, 1);
    expect(counters(projection.take())).toEqual({ counted: 1, hole: 2 });
  });

  test('records that never came to be folded are no holes: they are missing from the equation', () => {
    const projection = opened();
    put([projection], anOrder('a', T));
    offset = 2;
    put([projection], anOrder('c', T));
    offset = 4;
    const last = put([projection], anOrder('e', T), T, 4);
    offset = 6;
    const unfolded = { ...last, offset: 5 };
    closeSpans([projection], { ...PLACE, fetchedOffset: 0, nextOffset: 7, endOffset: 7 }, unfolded);
    const request = projection.take();
    // Of 7 offsets 3 were folded, 1 is a hole behind the last record; 1, 3 and 5 were lost on the way.
    expect(request?.spans).toMatchObject([{ from: 0, to: 7 }]);
    expect(counters(request)).toEqual({ counted: 3, hole: 1 });
  });

  test('a batch that brings nothing new makes no flush', () => {
    const projection = opened({}, 5);
    closeSpans([projection], { ...PLACE, fetchedOffset: 5, nextOffset: 5, endOffset: 9 });
    expect(projection.take()).toBeUndefined();
  });

  test('the next gathering begins where the last one ended, with its watermark', () => {
    const projection = opened();
    put([projection], anOrder('a', T + HOUR), T + HOUR);
    projection.take();
    put([projection], anOrder('b', T + HOUR), T + HOUR);
    expect(projection.take()?.spans).toMatchObject([{ from: 1, to: 2, watermarkMs: T + HOUR }]);
  });

  test('the weight of a gathering counts cells and distinct members', () => {
    const projection = opened({ aggregation: 'distinct', value: 'data.store_id', valueScale: 0 });
    put([projection], anOrder('a', T));
    put([projection], anOrder('b', T));
    put([projection], anOrder('c', T, { store: 'S2' }));
    expect(projection.gathering.weight).toBe(2 + 2 * 2);
  });
});
