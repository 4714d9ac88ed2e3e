import { expect, test } from 'vitest';
import { flushRequest } from '../../../../services/aggregator/core/flush.ts';
import {
  deltaOf,
  emptyGathering,
  windowApart,
} from '../../../../services/aggregator/core/gathering.ts';
import { seriesOf } from '../../../../services/aggregator/core/series-column.ts';
import { zoneCalendar } from '../../../../services/kernel/window.ts';
import { aMetric } from '../../../support/metrics.ts';

const HOUR = 3_600_000;

test('two numbers that stand for one series are one series and one cell of a flush', () => {
  const metric = aMetric({ grains: ['hour'] });
  const gathering = emptyGathering();
  const window = windowApart(gathering, 'hour', { startMs: 0, endMs: HOUR });
  for (const [store, sum] of [
    ['S1', 3],
    ['S2', 50],
    ['S1', 4],
  ] as const) {
    const delta = deltaOf(gathering, window, seriesOf(['store'], [store]));
    delta.contributions++;
    delta.sum = sum;
  }
  const { series, windows } = flushRequest(
    gathering,
    { metric, calendar: zoneCalendar('UTC'), grains: ['hour'] },
    { generation: 'g', known: new Map() },
  );
  expect(series.map(({ key }) => key)).toEqual(['["store","S1"]', '["store","S2"]']);
  const cells = windows[0]?.cells.map(({ series: index, delta }) => [
    index,
    delta.contributions,
    delta.sum,
  ]);
  expect(cells).toEqual([
    [0, 2, 7],
    [1, 1, 50],
  ]);
});
