import { expect, test, vi } from 'vitest';
import { start as startAggregator } from '../../../services/aggregator/main.ts';
import type { PipelineAnswer, ValuesAnswer } from '../../../services/console/core/answers.ts';
import { start as startConsole } from '../../../services/console/main.ts';
import { start as startIngest } from '../../../services/ingest/main.ts';
import type { DerivedMetric } from '../../../services/kernel/definitions.ts';
import { DAY_MS } from '../../../services/kernel/time.ts';
import type { RunningService } from '../../../services/platform/platform.ts';
import { aMetric, anEventType } from '../../support/metrics.ts';
import { openTestPlatform } from '../../support/platform.ts';

const type = anEventType({ outOfOrdernessMs: 1_000 });
const common = {
  dimensions: { store: 'data.store_id' },
  breakdowns: [[], ['store']],
  retentionMs: { minute: 20_000 * DAY_MS, hour: 20_000 * DAY_MS, day: 20_000 * DAY_MS },
};
const sales = aMetric({ ...common, id: 'sales', value: 'data.amount' });
const orders = aMetric({
  ...common,
  id: 'orders',
  version: 'v1',
  aggregation: 'count',
  valueScale: 0,
  unit: { code: '1', scale: 0 },
});
const average: DerivedMetric = {
  kind: 'derived',
  id: 'average-order',
  version: 'd1',
  name: { en: 'Average order' },
  owner: 'team:sales',
  tags: [],
  unit: { code: 'CNY', scale: 3 },
  direction: 'up',
  formula: 'sales / orders',
  inputs: ['sales', 'orders'],
  timezone: sales.timezone,
  breakdowns: [[], ['store']],
  grains: ['minute', 'hour', 'day'],
};

test('what is sent to ingest is what the console answers, streams and accounts for', async () => {
  await using platform = await openTestPlatform({
    eventTypes: [type],
    metrics: [sales, orders, average],
  });
  const services: RunningService[] = [];
  for (const start of [startIngest, startAggregator, startConsole])
    services.push(await platform.run(start));
  const url = await platform.listen();
  await vi.waitFor(() => expect(services.flatMap((one) => one.missing())).toEqual([]), {
    timeout: 30_000,
  });
  const stream = new AbortController();
  const streamed: string[] = [];
  const watching = (async () => {
    const response = await fetch(`${url}/v1/stream?metric=sales&metric=average-order`, {
      signal: stream.signal,
    });
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? [])
      streamed.push(decoder.decode(chunk, { stream: true }));
  })().catch(() => undefined);

  const amounts = ['10.01', '20.02', '0.05', '-3.00', '7.77'];
  const time = new Date().toISOString();
  const batch = amounts.map((amount, i) => ({
    specversion: '1.0',
    id: `o${i}`,
    source: '/test',
    type: type.id,
    time,
    data: { store_id: `S${i % 2}`, amount },
  }));
  const response = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify([...batch, batch[0]]),
  });
  expect(response.status).toBe(202);

  const current = async (id: string, query = '') =>
    (await (
      await fetch(`${url}/v1/metrics/${id}/current?window=day${query}`)
    ).json()) as ValuesAnswer;
  await vi.waitFor(
    async () => expect((await current('orders')).series[0]?.points[0]?.value).toBe('5'),
    { timeout: 30_000 },
  );
  expect((await current('sales')).series[0]?.points[0]).toMatchObject({ value: '34.85', count: 5 });
  expect((await current('average-order', '&by=store')).series).toMatchObject([
    { labels: { store: 'S0' }, points: [{ value: '5.943' }] },
    { labels: { store: 'S1' }, points: [{ value: '8.510' }] },
  ]);
  await vi.waitFor(
    async () => {
      const pipeline = (await (await fetch(`${url}/v1/pipeline`)).json()) as PipelineAnswer;
      const [account] = pipeline.eventTypes[0]?.metrics ?? [];
      expect(account).toMatchObject({ counted: 5, duplicate: 1, difference: 0 });
      expect(account?.records).toBe(6 + (account?.inFlight ?? 0));
      expect(account?.heartbeats).toBeGreaterThan(0);
    },
    { timeout: 30_000 },
  );
  await vi.waitFor(
    () => {
      const text = streamed.join('');
      expect(text).toContain('"value":"34.85"');
      expect(text).toContain('"metric":"average-order"');
      expect(text).toContain('event: pipeline');
    },
    { timeout: 30_000 },
  );
  expect(await (await fetch(`${url}/metrics/kpi`)).text()).toMatch(
    /tidemark_metric_value\{metric="sales",window="day"\} 34\.85/,
  );
  stream.abort();
  await watching;
});
