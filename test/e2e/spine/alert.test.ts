import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHome } from '../../support/home.ts';
import { invoiceLine, postEvent } from '../../support/invoice-lines.ts';
import { startStack } from '../../support/stack.ts';
import type { Stack } from '../../support/stack.ts';
import { SECRET, openReceiver } from '../../support/webhook-receiver.ts';
import type { WebhookReceiver } from '../../support/webhook-receiver.ts';

const NAME = 'e2e-alert';
const SOON = { timeout: 60_000, interval: 50 };

const DEFINITIONS = (hook: string): string => `apiVersion: tidemark/v1
kind: Metric
metadata: { id: till-sales, name: { en: Till sales, zh: 收银额 }, owner: team:till }
spec:
  type: simple
  event: com.example.retail.invoice-line
  where: data.stock_code == "TEST"
  value: data.quantity * data.unit_price
  aggregation: sum
  unit: { code: GBP, scale: 2 }
  direction: down
  dimensions: { country: data.country }
  breakdowns: [[], [country]]
  timezone: Europe/London
  lateness: P1D
---
apiVersion: tidemark/v1
kind: AlertRule
metadata: { id: till-too-full, name: { en: The till is too full, zh: 收银过多 } }
spec: { metric: till-sales, by: [country], window: day, evaluate: onUpdate, when: value > 100, clear: value <= 90, noData: ok, severity: critical, runbook: "https://example.com/runbook" }
---
apiVersion: tidemark/v1
kind: Responsibility
metadata: { id: till-owners }
spec:
  - { metric: till-sales, accountable: team:till }
  - { metric: till-sales, where: { country: Testland }, from: 2026-01-01, accountable: person:tess }
---
apiVersion: tidemark/v1
kind: Receiver
metadata: { id: tess-hook }
spec: { type: webhook, url: "${hook}", format: standard, secret: { env: SECRET_TESS_HOOK } }
---
apiVersion: tidemark/v1
kind: Person
metadata: { id: tess, name: { en: Tess, zh: 苔丝 } }
spec: { locale: en-GB, timezone: Europe/London, receivers: [tess-hook] }
---
apiVersion: tidemark/v1
kind: Team
metadata: { id: till, name: { en: Till, zh: 收银组 } }
spec: { members: [person:tess], timezone: Europe/London, receivers: [] }
`;

const home = createHome(`${NAME}-home`);
const environment = {
  TIDEMARK_CATALOG: home.catalog,
  TIDEMARK_WEBHOOK_ALLOW: '127.0.0.0/8',
  SECRET_TESS_HOOK: SECRET,
};

let receiver: WebhookReceiver;
let stack: Stack;
beforeAll(async () => {
  receiver = await openReceiver();
  home.write('till.yaml', DEFINITIONS(receiver.url));
  stack = await startStack({ name: NAME, environment });
});
afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await receiver?.close();
});

const kinds = (): string[] => receiver.accepted().map(({ type }) => type);

test('a breach reaches its owner signed, with value, threshold, window, owner and evidence', async () => {
  expect((await postEvent(stack.url, invoiceLine({ id: 'A1', amount: '60.5' }))).status).toBe(202);
  expect((await postEvent(stack.url, invoiceLine({ id: 'A2', amount: '60' }))).status).toBe(202);
  await expect.poll(kinds, SOON).toEqual(['alert.firing']);
  const [message] = receiver.accepted();
  expect(message?.data).toMatchObject({
    alert: { rule: 'till-too-full', severity: 'critical', state: 'firing' },
    metric: { id: 'till-sales', unit: 'GBP' },
    labels: { country: 'Testland' },
    window: { state: 'open' },
    condition: 'value > 100',
    value: '120.50',
    threshold: '100',
    owner: { accountable: 'person:tess', via: 'till-owners' },
    links: { runbook: 'https://example.com/runbook' },
  });
  const data = message?.data as unknown as
    | { evidence: { cursors: { topic: string; offset: number }[]; watermark: string } }
    | undefined;
  expect(data?.evidence.cursors.length).toBeGreaterThan(0);
  expect(data?.evidence.cursors[0]?.topic).toBe('events.com.example.retail.invoice-line');
});

test('the console shows the same alert with its delivery', async () => {
  const list = (await (await fetch(`${stack.url}/v1/alerts?state=firing`)).json()) as {
    alerts: { id: string; rule: string }[];
  };
  const alert = list.alerts.find(({ rule }) => rule === 'till-too-full');
  expect(alert).toMatchObject({
    name: { zh: '收银过多' },
    condition: 'value > 100',
    owner: { accountable: 'person:tess', accountableName: { zh: '苔丝' } },
  });
  await expect
    .poll(
      async () => JSON.stringify(await (await fetch(`${stack.url}/v1/alerts/${alert?.id}`)).json()),
      SOON,
    )
    .toMatch(/tess-hook.*delivered|delivered.*tess-hook/);
});

test('after kill -9 of everything nobody is told twice, and the resolve still comes', async () => {
  const before = receiver.accepted().length;
  await stack.kill();
  stack = await startStack({ name: NAME, keepsData: true, environment });
  expect(receiver.accepted().slice(before)).toEqual([]);
  expect((await postEvent(stack.url, invoiceLine({ id: 'A3', amount: '-50' }))).status).toBe(202);
  await expect.poll(kinds, SOON).toEqual(['alert.firing', 'alert.resolved']);
  const [firing, resolved] = receiver.accepted();
  expect(resolved?.data.alert.episode).toBe(firing?.data.alert.episode);
  expect(resolved?.data).toMatchObject({ value: '70.50', recovered: '70.50', worst: '120.50' });
});
