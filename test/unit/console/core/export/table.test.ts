import { expect, test } from 'vitest';
import { tableHead } from '../../../../../services/console/core/export/table.ts';
import { aMetric } from '../../../../support/metrics.ts';

test.each([
  [true, ['dimension_window', 'window', 'start']],
  [false, ['window', 'start', 'end']],
])('a dimension called as a column has a prefix, where windows are named: %s', (isNamed, names) => {
  const answer = {
    metric: 'clicks',
    version: 'v1',
    unit: { code: '1', scale: 0 },
    timezone: 'UTC',
    grain: 'quarter',
    watermark: null,
    series: [],
    warnings: [],
  };
  const shape = { dimensions: ['window'], compare: [], isNamed, hasTarget: false };
  const { columns } = tableHead(aMetric({ id: 'clicks' }), answer, shape);
  expect(columns.slice(0, 3).map(({ name }) => name)).toEqual(names);
});
