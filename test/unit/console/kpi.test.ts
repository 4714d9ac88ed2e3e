import { expect, test } from 'vitest';
import { createKpi } from '../../../services/console/kpi.ts';
import type { ConsoleReads } from '../../../services/console/service.ts';
import { err, ok } from '../../../services/kernel/result.ts';
import type { TargetDefinition } from '../../../services/kernel/target.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';

const sales = aMetric({
  id: 'sales',
  timezone: 'UTC',
  dimensions: { store: 'data.store', sku: 'data.sku' },
  breakdowns: [[], ['store'], ['sku']],
  grains: ['day'],
});
const months = (by: readonly string[]): TargetDefinition => ({
  id: `months-${by.join()}`,
  metric: 'sales',
  by,
  window: { kind: 'period', period: 'month' },
  entries: [{ where: {}, value: '90000.00' }],
});

/**
 * @param isRefused what has too many cells, such as `month by sku`
 * @returns what was asked for, in order, and whether something is told as cut
 */
async function aScrape(
  targets: readonly TargetDefinition[],
  isRefused: (question: string) => boolean,
) {
  const asked: string[] = [];
  const reads: Partial<ConsoleReads> = {
    watermark: () => Promise.resolve(0),
    quality: () => Promise.resolve([]),
    ask({ id: metric, version, unit, timezone }, { grain, choice }) {
      const question = `${grain} by ${choice.dimensions.join()}`;
      asked.push(question);
      const told = { metric, version, unit, timezone, grain, watermark: null };
      return Promise.resolve(
        isRefused(question)
          ? err({ code: 'invalid_parameter', detail: 'too many cells' })
          : ok({ ...told, series: [], warnings: [] }),
      );
    },
  };
  const kpi = createKpi({
    reads: reads as ConsoleReads,
    catalog: () => catalogOf({ metrics: [sales], targets }),
    now: () => Date.UTC(2026, 4, 15),
  });
  const isCut = (await kpi('prometheus')).includes('tidemark_metric_truncated{metric="sales"} 1');
  return { asked, isCut };
}

test('windows that only targets are for are read in the breakdowns of those alone', async () => {
  const targets = [months([]), months(['store'])];
  const { asked, isCut } = await aScrape(targets, (question) => question === 'month by sku');
  const days = ['day by ', 'day by store', 'day by sku'];
  expect(asked).toEqual([...days, 'month by ', 'month by store']);
  expect(isCut).toBe(false);
});

test('what is refused is told as cut', async () => {
  const targets = [months([]), months(['sku'])];
  expect(await aScrape(targets, (question) => question === 'month by sku')).toMatchObject({
    isCut: true,
  });
  expect(await aScrape(targets, () => false)).toMatchObject({ isCut: false });
});
