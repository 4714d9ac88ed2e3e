import { expect, test, vi } from 'vitest';
import { start as startAggregator } from '../../../services/aggregator/main.ts';
import type { MetricAnswer, ValuesAnswer } from '../../../services/console/core/answers.ts';
import type { EntriesAnswer } from '../../../services/console/core/entries/booked-entry.ts';
import { start as startConsole } from '../../../services/console/main.ts';
import { start as startIngest } from '../../../services/ingest/main.ts';
import { buildCatalog } from '../../../services/kernel/catalog/build.ts';
import { catalogTools } from '../../../services/platform/catalog/tools.ts';
import type { RunningService } from '../../../services/platform/platform.ts';
import { aDocuments } from '../../support/catalog-documents.ts';
import { manualDocument } from '../../support/manual-documents.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { Definitions } from '../../support/platform.ts';

const { catalog, faults } = buildCatalog(
  [
    ...aDocuments(),
    manualDocument('heads', {
      dimensions: { team: ['a', 'b'] },
      total: 'sum',
      timezone: 'Europe/London',
    }),
    {
      apiVersion: 'tidemark/v1',
      kind: 'Metric',
      metadata: { id: 'double-heads', name: 'Double', owner: 'person:anna' },
      spec: { type: 'derived', formula: 'heads * 2', unit: { code: 'head', scale: 0 } },
    },
  ],
  catalogTools,
);
const definitions: Definitions = {
  eventTypes: [...catalog.eventTypes.values()],
  metrics: [...catalog.metrics.values()],
  people: [...catalog.people.values()],
};

async function setUp() {
  expect(faults).toEqual([]);
  const platform = await openTestPlatform(definitions);
  const services: RunningService[] = [];
  for (const start of [startIngest, startAggregator, startConsole])
    services.push(await platform.run(start));
  const url = await platform.listen();
  await vi.waitFor(() => expect(services.flatMap((one) => one.missing())).toEqual([]), {
    timeout: 30_000,
  });
  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${url}${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const enter = async (body: object) => {
    const response = await fetch(`${url}/v1/metrics/heads/entries`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as object };
  };
  /** The only point of each series of a day, by team; `` is the total. */
  const dayOf = async (metric: string, day: string, by: string) => {
    const next = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
    const answer = await get<ValuesAnswer>(
      `/v1/metrics/${metric}/values?grain=day&from=${day}&to=${next}${by === '' ? '' : `&by=${by}`}`,
    );
    return {
      manual: answer.manual,
      points: Object.fromEntries(
        answer.series.map(({ labels, points }) => [labels['team'] ?? '', points[0]]),
      ),
    };
  };
  // What is entered before a watermark is known revises and restates nothing.
  await vi.waitFor(
    async () => expect((await get<MetricAnswer>('/v1/metrics/heads')).watermark).not.toBeNull(),
    { timeout: 30_000, interval: 200 },
  );
  return { platform, url, get, enter, dayOf };
}

const daysAgo = (days: number): string =>
  new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

test('what is entered is the value; a correction revises it; what rests on it says so', async () => {
  const { platform, url, get, enter, dayOf } = await setUp();
  await using _ = platform;
  const day = daysAgo(2);
  expect(await enter({ window: day, labels: { team: 'a' }, value: '3' })).toMatchObject({
    status: 201,
    body: { value: '3', by: 'person:local', historical: false },
  });
  expect(await enter({ window: day, labels: { team: 'b' }, value: '4' })).toMatchObject({
    status: 201,
  });
  await vi.waitFor(
    async () => {
      const { points } = await dayOf('heads', day, 'team');
      expect(points).toMatchObject({ a: { value: '3', count: 1 }, b: { value: '4', count: 1 } });
    },
    { timeout: 30_000, interval: 200 },
  );

  await enter({ window: day, labels: { team: 'a' }, value: '5', note: 'one was on leave' });
  await vi.waitFor(
    async () => {
      const { points } = await dayOf('heads', day, 'team');
      // The day was over already: what comes within lateness revises it.
      expect(points['a']).toMatchObject({ value: '5', count: 2, state: 'revised' });
      const total = await dayOf('heads', day, '');
      expect(total.points['']).toMatchObject({ value: '9' });
      const derived = await dayOf('double-heads', day, '');
      expect(derived).toMatchObject({ manual: ['heads'], points: { '': { value: '18' } } });
    },
    { timeout: 30_000, interval: 200 },
  );

  expect((await get<MetricAnswer>('/v1/metrics/heads')).manual).toEqual(['heads']);
  expect((await get<MetricAnswer>('/v1/metrics/double-heads')).manual).toEqual(['heads']);
  expect((await get<MetricAnswer>('/v1/metrics/orders')).manual).toBeUndefined();
  const exposed = await (await fetch(`${url}/metrics/kpi`)).text();
  for (const [metric, manual] of [
    ['heads', true],
    ['double-heads', true],
    ['orders', false],
  ])
    expect(exposed).toMatch(
      new RegExp(`tidemark_metric_info\\{metric="${metric}"[^}]*manual="${manual}"`),
    );

  await vi.waitFor(
    async () => {
      const { entries } = await get<EntriesAnswer>('/v1/metrics/heads/entries');
      expect(
        entries.map(({ labels, value, note, by }) => [labels['team'], value, note, by]),
      ).toEqual([
        ['a', '5', 'one was on leave', 'person:local'],
        ['b', '4', null, 'person:local'],
        ['a', '3', null, 'person:local'],
      ]);
    },
    { timeout: 30_000, interval: 200 },
  );
}, 90_000);

test('a window that is final is restated, and refusals say where the fault is', async () => {
  const { platform, enter, dayOf } = await setUp();
  await using _ = platform;
  const day = daysAgo(60);
  const entry = { window: day, labels: { team: 'a' }, value: '3' };
  expect(await enter(entry)).toMatchObject({ status: 201, body: { historical: true } });
  await vi.waitFor(
    async () => {
      const { points } = await dayOf('heads', day, 'team');
      expect(points['a']).toMatchObject({ value: '3', state: 'restated' });
    },
    { timeout: 30_000, interval: 200 },
  );
  expect(await enter({ ...entry, value: 'three' })).toMatchObject({
    status: 400,
    body: { code: 'invalid_parameter', pointer: '/value' },
  });
}, 90_000);

test('a book that Redis lost is read from the log again', async () => {
  const { platform, get, enter } = await setUp();
  await using _ = platform;
  const entry = { window: daysAgo(1), labels: { team: 'a' } };
  const values = async () =>
    (await get<EntriesAnswer>('/v1/metrics/heads/entries')).entries.map(({ value }) => value);
  await enter({ ...entry, value: '1' });
  await vi.waitFor(async () => expect(await values()).toEqual(['1']), {
    timeout: 30_000,
    interval: 200,
  });
  const tag = `${platform.prefix}{entries}`;
  await platform.redis.del(`${tag}:positions`, `${tag}:of:heads`);
  await enter({ ...entry, value: '2' });
  await vi.waitFor(async () => expect(await values()).toEqual(['2', '1']), {
    timeout: 30_000,
    interval: 200,
  });
}, 90_000);
