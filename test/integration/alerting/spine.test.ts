import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { start as startAggregator } from '../../../services/aggregator/main.ts';
import { start as startAlerting } from '../../../services/alerting/main.ts';
import { start as startIngest } from '../../../services/ingest/main.ts';
import { aReceiver, aRule, salesCatalog } from '../../support/alerting.ts';
import { aMetric, anEventType } from '../../support/metrics.ts';
import type { RunningService } from '../../../services/platform/platform.ts';
import { openTestPlatform } from '../../support/platform.ts';
import { openReceiver, SECRET } from '../../support/webhook-receiver.ts';

const WAIT = { timeout: 60_000, interval: 20 };

test('an event that breaks a rule reaches the owner of its metric by webhook', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-spine-'));
  writeFileSync(join(folder, 'secret'), SECRET);
  await using receiver = await openReceiver();
  await using platform = await openTestPlatform(
    salesCatalog({
      eventTypes: [anEventType({ outOfOrdernessMs: 0 })],
      metrics: [aMetric({ timezone: 'UTC' })],
      rules: [
        aRule({
          evaluate: 'onUpdate',
          when: 'value > 1000',
          window: { kind: 'grain', grain: 'day' },
        }),
      ],
      receivers: [aReceiver({ url: receiver.url, secret: { file: join(folder, 'secret') } })],
    }),
    {
      TIDEMARK_WEBHOOK_ALLOW: '127.0.0.0/8',
      TIDEMARK_SECRETS_DIR: folder,
      TIDEMARK_PARTITIONS: '2',
    },
  );
  const services: RunningService[] = [];
  for (const start of [startIngest, startAggregator, startAlerting])
    services.push(await platform.run(start));
  const url = await platform.listen();
  await expect.poll(() => services.flatMap((service) => service.missing()), WAIT).toEqual([]);
  const order = async (id: string, amount: string): Promise<number> => {
    const response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify({
        specversion: '1.0',
        id,
        source: '/shop',
        type: 'com.example.sales.order-booked',
        time: new Date().toISOString(),
        data: { store_id: 'S1', amount },
      }),
    });
    return response.status;
  };
  await expect.poll(() => order('small', '900.00'), WAIT).toBe(202);
  await expect
    .poll(
      async () =>
        (await platform.telemetry.registry.metrics()).includes('tidemark_alert_updates_total 0'),
      WAIT,
    )
    .toBe(false);
  expect(await order('big', '900.50')).toBe(202);
  await expect
    .poll(() => receiver.accepted().map(({ type }) => type), WAIT)
    .toEqual(['alert.firing']);
  const [message] = receiver.accepted();
  expect(message?.data).toMatchObject({
    value: '1800.50',
    threshold: '1000',
    metric: { id: 'net-sales' },
  });
  rmSync(folder, { recursive: true });
});

test('a receiver that said 410 is told nothing after Redis was lost, until somebody enables it', async () => {
  await using receiver = await openReceiver();
  const variable = 'SECRET_SPINE_HOOK';
  process.env[variable] = SECRET;
  await using platform = await openTestPlatform(
    salesCatalog({ receivers: [aReceiver({ url: receiver.url, secret: { env: variable } })] }),
    { TIDEMARK_WEBHOOK_ALLOW: '127.0.0.0/8', TIDEMARK_SECRETS_ENV: variable },
  );
  await platform.run(startAlerting);
  const url = await platform.listen();
  const post = async (what: string): Promise<Record<string, unknown>> => {
    const response = await fetch(`${url}/v1/receivers/ops-hook/${what}`, { method: 'POST' });
    return (await response.json()) as Record<string, unknown>;
  };
  receiver.answer(410);
  expect(await post('test')).toMatchObject({ outcome: 'gone' });
  receiver.answer(204);
  await platform.redis.del(`${platform.prefix}alerting:disabled-receivers`);
  expect(await post('test')).toMatchObject({ outcome: 'gone' });
  expect(receiver.received).toHaveLength(1);
  expect(await post('enable')).toMatchObject({ wasDisabled: true });
  expect(await post('test')).toMatchObject({ outcome: 'delivered' });
  delete process.env[variable];
});
