import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { start } from '../../../services/alerting/main.ts';
import { formatDecimal } from '../../../services/kernel/decimal.ts';
import { notificationsKey } from '../../../services/kernel/notification.ts';
import type { MetricUpdate } from '../../../services/kernel/update.ts';
import { HOUR, salesCatalog, T0 } from '../../support/alerting.ts';
import { lacks } from '../../support/optional.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { startAlertmanager } from '../../support/receivers/alertmanager.ts';
import type { RealAlertmanager } from '../../support/receivers/alertmanager.ts';
import { openMailServer } from '../../support/receivers/smtp.ts';
import type { MailServer } from '../../support/receivers/smtp.ts';
import { openUpdateWriter } from '../../support/update-writer.ts';

const WAIT = { timeout: 30_000, interval: 50 };

const tick = (hour: number): MetricUpdate => ({
  kind: 'tick',
  metric: 'net-sales',
  version: 'v1',
  watermark: T0 + hour * HOUR,
  cursors: [],
  at: Date.now(),
});
const hour = (number: number, value: number): readonly MetricUpdate[] => {
  const start = T0 + number * HOUR;
  const update: MetricUpdate = {
    kind: 'value',
    metric: 'net-sales',
    version: 'v1',
    series: '[]',
    grain: 'hour',
    start,
    end: start + HOUR,
    accumulators: { contributions: 10, sum: value * 100 },
    value: formatDecimal(value * 100, 2),
    state: 'open',
    revision: 0,
    backfilled: false,
    watermark: start,
    cursors: [],
    at: Date.now(),
  };
  return [update, tick(number + 1)];
};

/** Alerting as it runs, and a team that is told by mail, in the console and by an Alertmanager. */
describe.skipIf(lacks('alertmanager'))('one breach and its end', () => {
  let alertmanager: RealAlertmanager;
  let mail: MailServer;
  let platform: TestPlatform;
  let writer: Awaited<ReturnType<typeof openUpdateWriter>>;

  beforeAll(async () => {
    alertmanager = await startAlertmanager();
    mail = await openMailServer();
    const receivers = ['mail', 'am', 'browser'];
    const definitions = salesCatalog({
      teams: [{ id: 'sales', name: { en: 'Sales' }, members: [], timezone: 'UTC', receivers }],
      receivers: [
        { id: 'mail', type: 'email', to: ['sales@example.com'] },
        { id: 'am', type: 'alertmanager', url: alertmanager.url },
        { id: 'browser', type: 'browser' },
      ],
      settings: {
        smtp: {
          host: '127.0.0.1',
          port: mail.port,
          security: 'none',
          from: 'tidemark@example.com',
        },
      },
    });
    platform = await openTestPlatform(definitions, {
      TIDEMARK_WEBHOOK_ALLOW: '127.0.0.0/8',
      TIDEMARK_PARTITIONS: '2',
    });
    writer = await openUpdateWriter(platform);
    const service = await platform.run(start);
    await vi.waitFor(() => expect(service.missing()).toEqual([]), WAIT);
  });
  afterAll(async () => {
    await writer.close();
    await platform.close();
    await mail[Symbol.asyncDispose]();
    await alertmanager[Symbol.asyncDispose]();
  });

  const statuses = () => alertmanager.sent.map((body) => (body as { status: string }).status);
  const kept = async (): Promise<readonly { kind: string }[]> => {
    const entries = await platform.redis.xrange(notificationsKey(platform.prefix), '-', '+');
    return entries.map(([, fields]) => JSON.parse(fields[1] ?? '') as { kind: string });
  };

  test('are told by each of them, once, and deliveries say so', async () => {
    await writer.write(tick(0), ...hour(0, 500));
    await expect.poll(() => mail.received.length, WAIT).toBe(1);
    await expect.poll(statuses, WAIT).toEqual(['firing']);
    expect(mail.received[0]?.mail.subject).toContain('500.00');
    expect(await alertmanager.alerts()).toMatchObject([
      { labels: { alertname: 'net-sales-low' }, status: { state: 'active' } },
    ]);
    await writer.write(...hour(1, 2000));
    await expect.poll(() => mail.received.length, WAIT).toBe(2);
    await expect.poll(statuses, WAIT).toEqual(['firing', 'resolved']);
    await expect
      .poll(async () => (await kept()).map(({ kind }) => kind), WAIT)
      .toEqual(['firing', 'resolved']);
    const url = await platform.listen();
    const { alerts } = (await (await fetch(`${url}/v1/alerts`)).json()) as {
      alerts: readonly { id: string }[];
    };
    await expect
      .poll(async () => {
        const answer = await fetch(`${url}/v1/alerts/${alerts[0]?.id}`);
        const { deliveries } = (await answer.json()) as {
          deliveries: readonly { receiver: string; kind: string; status: string }[];
        };
        return deliveries
          .map(({ receiver, kind, status }) => `${receiver} ${kind} ${status}`)
          .sort();
      }, WAIT)
      .toEqual(
        ['am', 'browser', 'mail'].flatMap((receiver) =>
          ['firing', 'resolved'].map((kind) => `${receiver} ${kind} delivered`),
        ),
      );
  });
});
