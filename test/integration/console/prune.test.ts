import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';
import { start as startAggregator } from '../../../services/aggregator/main.ts';
import type { PruneAnswer } from '../../../services/console/catalog-prune.ts';
import { start as startConsole } from '../../../services/console/main.ts';
import { start as startIngest } from '../../../services/ingest/main.ts';
import { buildCatalog } from '../../../services/kernel/catalog/build.ts';
import type { Json } from '../../../services/kernel/json.ts';
import { DAY_MS, MINUTE_MS } from '../../../services/kernel/time.ts';
import { catalogTools } from '../../../services/platform/catalog/tools.ts';
import type { RunningService } from '../../../services/platform/platform.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { aLargeCatalogue, MINUTES, ordersOf } from '../../support/large-catalogue.ts';

const SEED = 20_261_129;

describe('a catalogue of 120 metrics of which 35 could go', () => {
  const large = aLargeCatalogue(SEED);
  let platform: TestPlatform;
  let url: string;

  beforeAll(async () => {
    const { catalog, faults } = buildCatalog(large.documents, catalogTools);
    expect(faults).toEqual([]);
    expect(catalog.metrics.size).toBe(120);
    platform = await openTestPlatform({
      eventTypes: [...catalog.eventTypes.values()],
      metrics: [...catalog.metrics.values()],
      rules: [...catalog.rules.values()],
      people: [...catalog.people.values()],
      subscriptions: [...(catalog.subscriptions?.values() ?? [])],
    });
    const services: RunningService[] = [];
    for (const start of [startIngest, startAggregator, startConsole])
      services.push(await platform.run(start));
    url = await platform.listen();
    await vi.waitFor(() => expect(services.flatMap((one) => one.missing())).toEqual([]), 60_000);
    await send(url, ordersOf(SEED, Date.now() - (MINUTES + 2) * MINUTE_MS));
    await counted();
    await letTimePass();
    for (const id of large.read) expect((await fetch(`${url}/v1/metrics/${id}`)).status).toBe(200);
  }, 180_000);
  afterAll(() => platform.close());

  /** Every metric has come to the end of the log. */
  async function counted(): Promise<void> {
    await vi.waitFor(
      async () => {
        const response = await fetch(`${url}/v1/pipeline`);
        const body = (await response.json()) as Pipeline;
        const accounts = body.eventTypes.flatMap((type) => type.metrics);
        expect(accounts.length).toBeGreaterThan(100);
        for (const one of accounts) {
          expect(one).toMatchObject({ difference: 0, late: 0, duplicate: 0 });
          expect(one.counted + one.filtered).toBe(ordersOf(SEED, 0).length);
        }
      },
      { timeout: 90_000, interval: 500 },
    );
  }

  /** As if all had been published 90 days ago, and some were read 40 days ago for the last time. */
  async function letTimePass(): Promise<void> {
    await vi.waitFor(async () =>
      expect(await platform.redis.hlen(`${platform.prefix}catalog:seen`)).toBe(120),
    );
    const ago = (days: number): number => Date.now() - days * DAY_MS;
    for (const id of large.ids)
      if (!large.young.includes(id))
        await platform.redis.hset(`${platform.prefix}catalog:seen`, id, ago(90));
    for (const id of large.abandoned)
      await platform.redis.hset(`${platform.prefix}catalog:read`, id, ago(40));
  }

  async function prune(query = ''): Promise<{ status: number; body: PruneAnswer }> {
    const response = await fetch(`${url}/v1/catalog/prune${query}`);
    return { status: response.status, body: (await response.json()) as PruneAnswer };
  }
  const named = ({ findings }: PruneAnswer): readonly string[] =>
    [...new Set(findings.map(({ metric }) => metric))].sort();

  test('prune names exactly these, each with its reason', async () => {
    const { status, body } = await prune();
    expect(status).toBe(200);
    expect(named(body)).toEqual([...large.redundant.keys(), ...large.dead].sort());
    expect(named(body)).toHaveLength(35);
    expect(body).toMatchObject({ metrics: 120, unreadFor: 'P30D', warnings: [] });
    for (const { metric, code, evidence, reason, action } of body.findings) {
      expect([reason, action]).toEqual([
        expect.stringMatching(/\d/),
        expect.stringContaining(metric),
      ]);
      if (code === 'near_duplicate') {
        expect([metric, evidence['of'], evidence['differs']]).toEqual([
          metric,
          large.redundant.get(metric)?.of,
          large.redundant.get(metric)?.differs,
        ]);
        expect(Number(evidence['correlation'])).toBeGreaterThan(0.95);
        expect(evidence['windows']).toBeGreaterThanOrEqual(30);
      } else expect([code, large.dead]).toEqual(['unused', expect.arrayContaining([metric])]);
    }
  });

  test('looking at all of them on an overview page is no reading', async () => {
    const [dead = ''] = large.dead;
    const headers = { 'tidemark-view': 'overview' };
    await fetch(`${url}/v1/metrics/${dead}/values?grain=hour`, { headers });
    await fetch(`${url}/metrics/kpi`);
    expect(named((await prune()).body)).toContain(dead);
  });

  test('nothing is unused when nobody need have read it for so long', async () => {
    const { body } = await prune('?unreadFor=P100D');
    expect(named(body)).toEqual([...large.redundant.keys()].sort());
  });

  test('the command line prints the same, and asking it is no reading', async () => {
    const printed = await new Promise<{ stdout: string; stderr: string }>((resolve) => {
      execFile(
        process.execPath,
        [join(repositoryDir, 'services/cli/main.ts'), 'catalog', 'prune', '--output', 'json'],
        {
          env: {
            ...process.env,
            TIDEMARK_PORT: new URL(url).port,
            TIDEMARK_DATA_DIR: '/nonexistent',
          },
        },
        (_error, stdout, stderr) => resolve({ stdout, stderr }),
      );
    });
    expect(printed.stderr).toContain('35 of 120 metrics could go');
    expect(named(JSON.parse(printed.stdout) as PruneAnswer)).toHaveLength(35);
  });

  test.each(['unreadFor=soon', 'since=P30D'])('%s is refused', async (query) =>
    expect(await prune(`?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'invalid_parameter' },
    }),
  );

  test('once somebody reads what is dead, it is not named any more', async () => {
    const [byApi = '', byPrometheus = ''] = large.dead;
    await fetch(`${url}/v1/metrics/${byApi}/values?grain=hour`);
    const query = `sum(${byPrometheus.replaceAll('-', '_')})`;
    await fetch(`${url}/prometheus/api/v1/query?query=${encodeURIComponent(query)}`);
    const { body } = await prune();
    expect(named(body)).toHaveLength(33);
    for (const read of [byApi, byPrometheus]) expect(named(body)).not.toContain(read);
  });
});

type Pipeline = {
  readonly eventTypes: readonly {
    readonly metrics: readonly { readonly counted: number; readonly filtered: number }[];
  }[];
};

async function send(url: string, events: readonly Json[]): Promise<void> {
  for (let from = 0; from < events.length; from += 1_000) {
    const response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify(events.slice(from, from + 1_000)),
    });
    expect(response.status).toBe(202);
  }
}
