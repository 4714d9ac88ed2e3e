import { expect, test } from 'vitest';
import { deriveHistory } from '../../../services/alerting/core/values/derived-history.ts';
import type { DerivedMetric, SimpleMetric } from '../../../services/kernel/definitions.ts';
import { HOUR } from '../../support/alerting.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';

const fine = aMetric({ id: 'fine', valueScale: 4, unit: { code: 'CNY', scale: 2 } });
const fees = aMetric({ id: 'fees' });
const metric: DerivedMetric = {
  kind: 'derived',
  id: 'net',
  version: 'd',
  name: { en: 'Net' },
  owner: 'team:sales',
  tags: [],
  unit: { code: 'CNY', scale: 3 },
  direction: 'none',
  formula: 'fine - fees',
  inputs: ['fine', 'fees'],
  timezone: fine.timezone,
  breakdowns: [[]],
  grains: ['hour'],
};
const of = { grain: 'hour', fromMs: 0, toMs: HOUR, series: ['[]'] } as const;
/** One hour in which `fine` alone counted, 0.0055 in all. */
const valueWith = async (other: SimpleMetric): Promise<string | null | undefined> => {
  const cell = {
    series: '[]',
    start: 0,
    end: HOUR,
    accumulators: { contributions: 1, sum: 55 },
    value: '0.01',
    state: 'final',
    revision: 0,
  } as const;
  const history = await deriveHistory(metric, catalogOf({ metrics: [fine, other, metric] }), {
    ...of,
    cellsOf: (leaf) => Promise.resolve(leaf.id === 'fine' ? [cell] : []),
  });
  return history?.[0]?.value;
};

test('inputs of a formula are read before they are rounded for people, the empty one as 0', async () => {
  expect(await valueWith(fees)).toBe('0.006');
});

test('before the events of an input count, a formula has no value', async () => {
  expect(await valueWith({ ...fees, eventsFromMs: HOUR })).toBeNull();
});
