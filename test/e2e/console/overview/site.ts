import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { repositoryDir } from '../../../../infra/bootstrap/prepare.mjs';
import { SOON } from '../../../support/browser.ts';
import { stackDirectory, startStack } from '../../../support/stack.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

/** Who looks: somebody of a team with metrics of its own, and somebody whom the catalogue does not know. */
export const TOKENS = { maria: 'the-token-of-maria', guest: 'the-token-of-a-guest' } as const;

export type Sale = {
  readonly quantity: number;
  readonly price: string;
  readonly agoMs?: number;
  readonly cancels?: boolean;
  readonly historical?: boolean;
};

/**
 * An installation of the demo's catalogue with a tree of metrics and with dates in who answers. £500.00 were earned with
 * one order yesterday, which came as history, and £200.00 with two today.
 */
export type OverviewSite = {
  readonly url: string;
  readonly sell: (sale: Sale) => Promise<void>;
  /** As the API gives it; undefined while it is not known. */
  readonly earnedToday: () => Promise<string | undefined>;
  readonly stop: () => Promise<unknown>;
};

/** One day for the catalogue and for who asks, whenever midnight comes. */
let startedMs = Date.now();
/** A date so many days from the one on which the site began. */
export const dateIn = (days: number): string =>
  new Date(startedMs + days * DAY_MS).toISOString().slice(0, 10);

const london = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', timeStyle: 'short' });
/** What is sold today is asked for as today's: a site that would see the midnight of its metrics begins after it. */
const untilDayHasRoom = (): Promise<void> =>
  vi.waitFor(() => expect(london.format() < '23:58').toBe(true), {
    timeout: 3 * MINUTE_MS,
    interval: 1_000,
  });

/** @param name folder of its data: one per test file */
export async function startOverviewSite(name: string): Promise<OverviewSite> {
  await untilDayHasRoom();
  startedMs = Date.now();
  const folder = stackDirectory(`${name}-files`);
  mkdirSync(folder, { recursive: true });
  for (const part of ['catalog', 'schemas'])
    cpSync(join(repositoryDir, part), join(folder, part), { recursive: true });
  writeFileSync(join(folder, 'catalog', 'overview.yaml'), definitions());
  writeFileSync(join(folder, 'tokens.json'), tokens());
  const stack = await startStack({
    name,
    environment: {
      TIDEMARK_CATALOG: join(folder, 'catalog'),
      TIDEMARK_TOKENS_FILE: join(folder, 'tokens.json'),
    },
  });
  const { url } = stack;
  const headers = { authorization: `Bearer ${TOKENS.maria}` };
  let lines = 0;
  const api = async <T>(path: string): Promise<T> =>
    (await (await fetch(`${url}${path}`, { headers })).json()) as T;
  const watermarkAgeMs = async (): Promise<number> => {
    const { watermark } = await api<{ watermark: string | null }>('/v1/metrics/gross-sales');
    return watermark === null ? Infinity : Date.now() - Date.parse(watermark);
  };
  const site: OverviewSite = {
    url,
    async earnedToday() {
      type Answer = { series: { points: { value: string | null }[] }[] };
      const { series } = await api<Answer>('/v1/metrics/earned/current?window=day');
      return series[0]?.points[0]?.value ?? undefined;
    },
    async sell(sale) {
      lines += 1;
      const invoice = `${sale.cancels ? 'C' : ''}7${String(lines).padStart(5, '0')}`;
      const response = await fetch(`${url}/v1/events${sale.historical ? '?historical=true' : ''}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/cloudevents+json' },
        body: JSON.stringify(eventOf(sale, invoice)),
      });
      expect(response.status, await response.clone().text()).toBe(202);
    },
    stop: stack.stop,
  };
  await site.sell({ quantity: 4, price: '30.000' });
  await site.sell({ quantity: 2, price: '50.000' });
  // Nothing cancelled yet is not known to be 0 while the day runs: what was earned would have no value.
  await site.sell({ quantity: -1, price: '20.000', cancels: true });
  await vi.waitFor(async () => {
    expect(await site.earnedToday()).toBe('200.00');
    expect(await watermarkAgeMs()).toBeLessThan(MINUTE_MS);
  }, SOON);
  // Its day is past by now: what comes to it corrects it.
  await site.sell({ quantity: 10, price: '50.000', agoMs: DAY_MS, historical: true });
  return site;
}

const tokens = (): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(TOKENS).map(([person, token]) => [
        createHash('sha256').update(token).digest('hex'),
        { person: `person:${person}`, roles: ['admin'] },
      ]),
    ),
  );

/**
 * What Maria's team earned and what drives it; she is away for two days. She answers for three weeks and James from the
 * middle of them on: their entries overlap for five days, and nobody has one before and after.
 */
const definitions = (): string => `
apiVersion: tidemark/v1
kind: Metric
metadata:
  id: gross-sales
  name: { en: Gross sales, zh: 销售总额 }
  domain: finance
  owner: team:sales
spec:
  type: simple
  event: com.example.retail.invoice-line
  where: '!data.invoice_no.startsWith("C")'
  value: data.quantity * data.unit_price
  aggregation: sum
  unit: { code: GBP, scale: 2 }
  direction: up
  dimensions: { country: data.country }
  breakdowns: [[], [country]]
  timezone: Europe/London
  lateness: P1D
---
apiVersion: tidemark/v1
kind: Metric
metadata: { id: earned, name: { en: Earned, zh: 实收 }, domain: finance, owner: 'team:trade' }
spec: { type: derived, formula: gross_sales - cancelled_sales, unit: { code: GBP, scale: 2 }, direction: up }
---
apiVersion: tidemark/v1
kind: Metric
metadata: { id: basket, name: { en: Earned per order, zh: 每单实收 }, domain: finance, owner: 'person:maria' }
spec:
  type: derived
  formula: earned / orders
  unit: { code: GBP, scale: 2 }
  direction: up
  drivers: [{ metric: customers, operator: influence }]
---
apiVersion: tidemark/v1
kind: Objective
metadata: { id: profitable-growth, name: { en: Profitable growth, zh: 盈利增长 }, owner: 'team:trade' }
spec: { metrics: [basket] }
---
apiVersion: tidemark/v1
kind: Objective
metadata: { id: loyal-customers, name: { en: Loyal customers, zh: 客户忠诚 }, owner: 'team:service' }
spec: { metrics: [cancel-rate] }
---
apiVersion: tidemark/v1
kind: Person
metadata: { id: maria, name: { en: Maria Rossi, zh: 玛丽亚·罗西 } }
spec:
  locale: en-GB
  timezone: Europe/Rome
  receivers: [screen]
  absences: [{ from: ${dateIn(1)}, to: ${dateIn(3)}, deputy: 'person:james' }]
---
apiVersion: tidemark/v1
kind: Receiver
metadata: { id: screen }
spec: { type: browser }
---
apiVersion: tidemark/v1
kind: Team
metadata: { id: trade, name: { en: Trade, zh: 贸易部 } }
spec: { members: ['person:maria'], timezone: Europe/Rome, receivers: [screen] }
---
apiVersion: tidemark/v1
kind: Responsibility
metadata: { id: earned-by-maria, name: { en: Earned by Maria, zh: 玛丽亚负责 } }
spec: [{ metric: earned, from: ${dateIn(-10)}, to: ${dateIn(11)}, accountable: 'person:maria' }]
---
apiVersion: tidemark/v1
kind: Responsibility
metadata: { id: earned-by-james, name: { en: Earned by James, zh: 詹姆斯负责 } }
spec: [{ metric: earned, from: ${dateIn(6)}, to: ${dateIn(20)}, accountable: 'person:james' }]
---
apiVersion: tidemark/v1
kind: AlertRule
metadata: { id: earned-low, name: { en: Little is earned, zh: 实收偏低 } }
spec:
  metric: earned
  by: []
  window: hour
  evaluate: onUpdate
  when: value < 0
  noData: ok
  severity: critical
`;

/** A CloudEvent of the demo's shape. */
const eventOf = (sale: Sale, invoice: string): object => ({
  specversion: '1.0',
  id: `${invoice}-1`,
  source: '/test/overview',
  type: 'com.example.retail.invoice-line',
  subject: invoice,
  time: new Date(Date.now() - (sale.agoMs ?? 0)).toISOString(),
  data: {
    invoice_no: invoice,
    line: 1,
    stock_code: '85123A',
    description: null,
    quantity: sale.quantity,
    unit_price: sale.price,
    customer_id: null,
    country: 'France',
  },
});
