import { expect, test } from 'vitest';
import type { ProjectionHead } from '../../../services/console/core/projection.ts';
import { createWatermarks } from '../../../services/console/watermarks.ts';
import type { DerivedMetric } from '../../../services/kernel/definitions.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';

const metrics = ['gross', 'refunds', 'unseen'].map((id) => aMetric({ id }));
const net = { ...metrics[0], id: 'net', kind: 'derived', inputs: ['gross', 'refunds'] };
const catalog = catalogOf({ metrics: [...metrics, net as unknown as DerivedMetric] });
const head = (watermarkMs: number) =>
  ({
    partitions: [{ watermarkMs: watermarkMs + 60_000 }, { watermarkMs }],
  }) as unknown as ProjectionHead;
const heads: Readonly<Record<string, ProjectionHead>> = {
  gross: head(600_000),
  refunds: head(300_000),
};

test('a metric has come as far as the source that is furthest behind; what is not counted has none', async () => {
  const asked: string[][] = [];
  const watermarks = createWatermarks({
    catalog: () => catalog,
    reader: {
      heads: async (refs) => {
        asked.push(refs.map(({ metric }) => metric));
        return refs.map(({ metric }) => heads[metric]);
      },
    },
  });
  const found = await watermarks(['net', 'gross', 'unseen', 'gone']);
  expect([...found]).toEqual([
    ['net', 300_000],
    ['gross', 600_000],
  ]);
  expect(asked).toHaveLength(1);
});
