import fc from 'fast-check';
import { expect, test } from 'vitest';
import { folding } from '../../../../services/aggregator/core/fold.ts';
import { indexStart } from '../../../../services/aggregator/core/horizon.ts';
import { partitionJudge } from '../../../../services/aggregator/core/judge.ts';
import type { SourceRecord } from '../../../../services/aggregator/core/source-record.ts';
import { emptyNotes } from '../../../../services/aggregator/core/notes.ts';
import { ProjectionState } from '../../../../services/aggregator/core/projection-state.ts';
import { envelopes } from '../../../support/envelopes.ts';
import { aMetric, anEventType } from '../../../support/metrics.ts';
import { anOrder } from '../../../support/order-events.ts';

const HOUR = 3_600_000;
const T = 1_700_000_000_000;
const type = anEventType({ duplicateHorizonMs: 6 * HOUR });
const { record, reader, plan } = envelopes(type);
const metric = plan(
  aMetric({
    latenessMs: HOUR,
    grains: ['minute', 'hour'],
    dimensions: { store: 'data.store_id' },
    breakdowns: [[], ['store']],
  }),
);
const PLACE = { topic: 't', partition: 0 };

/** A partition's log over some days, with copies, conflicts, late events and history. */
const logs = fc
  .array(
    fc.record({
      id: fc.integer({ min: 0, max: 8 }),
      amount: fc.integer({ min: 1, max: 2 }),
      store: fc.constantFrom('S1', 'S2'),
      ageMs: fc.oneof(fc.nat(60_000), fc.nat(3 * HOUR)),
      gapMs: fc.oneof(fc.nat(1_000), fc.nat(5 * HOUR)),
      historical: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    }),
    { maxLength: 40 },
  )
  .map((steps) => {
    let appendMs = T;
    return steps.map((step, offset): SourceRecord => {
      appendMs += step.gapMs;
      const { amount, store, historical } = step;
      const event = anOrder(`${step.id}`, appendMs - step.ageMs, { amount, store, historical });
      return record({ offset, appendMs }, event);
    });
  });

type Cursor = { next: number; watermarkMs: number; appendMs: number; historicalMs: number };
const START: Cursor = { next: 0, watermarkMs: 0, appendMs: 0, historicalMs: 0 };

/** Counts `[cursor.next, to)` with an index read from one horizon before the cursor. */
function count(log: readonly SourceRecord[], cursor: Cursor, to: number) {
  const fromMs = indexStart(cursor, type.duplicateHorizonMs);
  const judge = partitionJudge(type, cursor.next);
  const projection = new ProjectionState(metric, {
    generation: 'g',
    partitions: [{ ...PLACE, ...cursor }],
    series: new Map(),
  });
  for (const one of log.slice(0, to)) {
    if (fromMs !== undefined && one.appendMs < fromMs && one.offset < cursor.next) continue;
    const judged = judge.judge(one, reader);
    folding({ projections: [projection], notes: emptyNotes() }, PLACE)(one, judged);
  }
  const request = projection.take();
  const span = request?.spans[0];
  const moved = span && {
    next: span.to,
    watermarkMs: span.watermarkMs,
    appendMs: span.appendMs || cursor.appendMs,
    historicalMs: span.historicalMs || cursor.historicalMs,
  };
  return { request, cursor: moved ?? cursor };
}

type Counted = ReturnType<typeof count>['request'];
const totals = (requests: readonly Counted[]): Record<string, number> => {
  const sums: Record<string, number> = {};
  const add = (key: string, by: number): void => {
    sums[key] = (sums[key] ?? 0) + by;
  };
  for (const request of requests) {
    for (const [outcome, by] of request?.spans[0]?.counters ?? []) add(outcome, by);
    for (const { grain, startMs, cells } of request?.windows ?? [])
      for (const { series, delta } of cells)
        add(`${grain}|${startMs}|${request?.series[series]?.key}`, Number(delta.sum));
  }
  return sums;
};

test('a worker that takes over anywhere counts what one worker would have counted', () => {
  fc.assert(
    fc.property(logs, fc.nat(40), fc.nat(40), (log, a, b) => {
      const [first, second] = [Math.min(a, b, log.length), Math.min(Math.max(a, b), log.length)];
      const whole = count(log, START, log.length);
      const one = count(log, START, first);
      const two = count(log, one.cursor, second);
      const three = count(log, two.cursor, log.length);
      expect(totals([one.request, two.request, three.request])).toEqual(totals([whole.request]));
      expect(three.cursor).toEqual(whole.cursor);
    }),
    { numRuns: 500 },
  );
});
