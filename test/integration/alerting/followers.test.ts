import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { start } from '../../../services/alerting/main.ts';
import { formatDecimal } from '../../../services/kernel/decimal.ts';
import type { MetricUpdate } from '../../../services/kernel/update.ts';
import { aReceiver, aRule, HOUR, salesCatalog, T0 } from '../../support/alerting.ts';
import { aMetric } from '../../support/metrics.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { runTidemark } from '../../support/stack.ts';
import { openUpdateWriter } from '../../support/update-writer.ts';
import { openReceiver, SECRET } from '../../support/webhook-receiver.ts';
import type { WebhookReceiver } from '../../support/webhook-receiver.ts';

const WAIT = { timeout: 30_000, interval: 50 };
let folder: string;
let annas: WebhookReceiver;
let bos: WebhookReceiver;
let platform: TestPlatform;
let writer: Awaited<ReturnType<typeof openUpdateWriter>>;
let url: string;

const tick = (hour: number): MetricUpdate => ({
  kind: 'tick',
  metric: 'net-sales',
  version: 'v1',
  watermark: T0 + hour * HOUR,
  cursors: [],
  at: Date.now(),
});
const hour = (number: number, value: number, store: string): readonly MetricUpdate[] => [
  {
    kind: 'value',
    metric: 'net-sales',
    version: 'v1',
    series: JSON.stringify(['store', store]),
    grain: 'hour',
    start: T0 + number * HOUR,
    end: T0 + (number + 1) * HOUR,
    accumulators: { contributions: 10, sum: value * 100 },
    value: formatDecimal(value * 100, 2),
    state: 'open',
    revision: 0,
    backfilled: false,
    watermark: T0 + number * HOUR,
    cursors: [],
    at: Date.now(),
  },
];
type Told = {
  readonly type: string;
  readonly data: {
    readonly links?: { readonly ack?: string | null; readonly unsubscribe?: string };
    readonly incident?: string;
    readonly alerts?: readonly { readonly data: { readonly labels: { readonly store: string } } }[];
    readonly labels?: { readonly store: string };
  };
};
const toldTo = (receiver: WebhookReceiver) => receiver.accepted() as unknown as readonly Told[];
const person = (id: string, receiver: string) => ({
  id,
  name: { en: id },
  locale: 'en',
  timezone: 'UTC',
  receivers: [receiver],
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-followers-'));
  writeFileSync(join(folder, 'secret'), `${SECRET}\n`);
  annas = await openReceiver();
  bos = await openReceiver();
  const secret = { file: join(folder, 'secret') };
  platform = await openTestPlatform(
    salesCatalog({
      metrics: [
        aMetric({
          timezone: 'UTC',
          owner: 'person:anna',
          dimensions: { store: 'data.store' },
          breakdowns: [['store']],
        }),
      ],
      rules: [aRule({ by: ['store'], severity: 'warning' })],
      people: [person('anna', 'anna-hook'), person('bo', 'bo-hook')],
      receivers: [
        aReceiver({ id: 'anna-hook', url: annas.url, secret }),
        aReceiver({ id: 'bo-hook', url: bos.url, secret }),
      ],
      subscriptions: [
        {
          id: 'bo-follows',
          who: 'person:bo',
          metric: 'net-sales',
          where: { store: 'S0' },
          severity: 'info',
        },
      ],
      settings: { group: { by: 'rule', waitMs: 2_000, intervalMs: 4_000 } },
    }),
    {
      TIDEMARK_WEBHOOK_ALLOW: '127.0.0.0/8',
      TIDEMARK_SECRETS_DIR: folder,
      TIDEMARK_PARTITIONS: '4',
      TIDEMARK_LINK_SECRET: 'a secret of this test only',
    },
  );
  writer = await openUpdateWriter(platform);
  const service = await platform.run(start);
  await expect.poll(() => service.missing(), WAIT).toEqual([]);
  url = await platform.listen();
});
afterEach(async () => {
  await writer.close();
  await platform.close();
  await annas.close();
  await bos.close();
  rmSync(folder, { recursive: true });
});

test('alerts of one incident in four partitions reach their owner in two messages, a follower by himself until he has enough', async () => {
  const stores = Array.from({ length: 20 }, (_, i) => `S${i}`);
  await writer.write(tick(0), ...stores.flatMap((store) => hour(0, 500, store)), tick(1));
  await expect.poll(() => toldTo(annas).length, WAIT).toBe(2);
  const [first, rest] = toldTo(annas);
  expect(first?.type).toBe('alert.firing');
  expect(first?.data.links?.ack).toContain('/v1/ack/');
  expect(rest?.type).toBe('alert.digest');
  expect(rest?.data.incident).toBe('rule net-sales-low');
  const named = [first?.data.labels, ...(rest?.data.alerts ?? []).map(({ data }) => data.labels)];
  expect(named.map((labels) => labels?.store ?? '').toSorted()).toEqual(stores.toSorted());

  await expect.poll(() => toldTo(bos).map(({ type }) => type), WAIT).toEqual(['alert.firing']);
  const { links } = toldTo(bos)[0]?.data ?? {};
  expect(links?.ack).toBeNull();
  const path = new URL(links?.unsubscribe ?? '').pathname;
  expect((await fetch(`${url}${path}`)).status).toBe(200);
  const form = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
  expect((await fetch(`${url}${path}`, { method: 'POST', body: form })).status).toBe(200);

  const preview = async () => {
    const response = await fetch(`${url}/v1/routes/preview`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rule: 'net-sales-low', labels: { store: 'S0' } }),
    });
    const { hearers } = (await response.json()) as { hearers: { receiver: string }[] };
    return hearers.map(({ receiver }) => receiver);
  };
  await expect.poll(preview, WAIT).toEqual(['anna-hook']);
  const route = await runTidemark(
    ['alerts', 'route', 'net-sales', '--where', 'store:S0', '--at', '2026-12-24'],
    { TIDEMARK_HOST: '127.0.0.1', TIDEMARK_PORT: new URL(url).port, NO_COLOR: '1' },
  );
  expect(route).toMatchObject({ code: 0 });
  expect(route.stdout).toMatch(/person:anna\s+anna-hook\s+webhook\s+metric\s+en/);

  await writer.write(...stores.flatMap((store) => hour(1, 5_000, store)), tick(2));
  const ended = () =>
    toldTo(annas)
      .slice(2)
      .reduce((sum, { data }) => sum + (data.alerts?.length ?? 1), 0);
  await expect.poll(ended, WAIT).toBe(20);
  expect(toldTo(annas).length).toBeLessThanOrEqual(4);
  expect(toldTo(bos)).toHaveLength(1);
});
