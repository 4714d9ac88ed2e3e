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

const WAIT = { timeout: 60_000, interval: 50 };
const ORDER = 'com.example.sales.order-booked';

test('ingest’s heartbeats do not speak for a source: it is told as silent, and well again with its next event', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-silent-'));
  writeFileSync(join(folder, 'secret'), SECRET);
  await using receiver = await openReceiver();
  await using platform = await openTestPlatform(
    salesCatalog({
      eventTypes: [anEventType({ outOfOrdernessMs: 0, idleTimeoutMs: 4_000, owner: 'team:sales' })],
      metrics: [aMetric({ timezone: 'UTC', grains: ['minute', 'hour', 'day'] })],
      // A minute without sales would be a breach at once.
      rules: [aRule({ window: { kind: 'grain', grain: 'minute' }, when: 'value < 1000' })],
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
  const order = async (id: string): Promise<number> => {
    const response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify({
        specversion: '1.0',
        id,
        source: '/shop',
        type: ORDER,
        time: new Date().toISOString(),
        data: { store_id: 'S1', amount: '900000.00' },
      }),
    });
    return response.status;
  };
  const told = () =>
    receiver.accepted().flatMap(({ type, data }) => {
      const { rule } = (data as unknown as { alert: { rule: string } }).alert;
      return rule === 'source-silent' ? [type] : [];
    });
  await expect.poll(() => order('one'), WAIT).toBe(202);
  await expect.poll(told, WAIT).toEqual(['alert.firing']);
  expect(receiver.accepted()[0]?.data).toMatchObject({
    labels: { source: ORDER },
    condition: 'silence >= 4',
    owner: { accountable: 'team:sales' },
  });
  expect(await order('two')).toBe(202);
  await expect.poll(told, WAIT).toEqual(['alert.firing', 'alert.resolved']);
  rmSync(folder, { recursive: true });
});
