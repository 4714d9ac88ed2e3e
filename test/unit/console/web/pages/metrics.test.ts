import { h } from 'preact';
import { beforeEach, expect, test, vi } from 'vitest';
import { MetricsPage } from '../../../../../services/console/web/pages/metrics.ts';
import { openDrawing } from '../../../../support/drawing.ts';

const METRIC = {
  version: 'v1',
  projection: 'live',
  unit: { code: 'order', scale: 0 },
  direction: 'up',
  owner: 'team:sales',
  ownerName: null,
  tags: [],
  timezone: 'UTC',
  breakdowns: [[]],
  watermark: null,
};
const SHOP = { domain: 'shop', domainName: { en: 'Trade', zh: '零售' } };
const METRICS = [
  { ...METRIC, ...SHOP, id: 'sales', name: { en: 'Net sales' }, grains: ['day'] },
  { ...METRIC, id: 'orders', name: { en: 'Orders' }, grains: ['minute', 'hour', 'day'] },
  { ...METRIC, id: 'staff', name: { en: 'Staff' }, grains: ['day'] },
];

beforeEach(() => {
  vi.stubGlobal('navigator', { languages: ['en-GB'] });
  vi.stubGlobal('sessionStorage', { getItem: () => null });
  vi.stubGlobal('localStorage', { getItem: () => null });
  vi.stubGlobal('fetch', async (path: string) =>
    Response.json(
      path.startsWith('/v1/metrics?') || path === '/v1/metrics'
        ? { metrics: METRICS }
        : { version: 'v1', watermark: null, series: [] },
    ),
  );
});

test('a number of another window than the heading says has its own window beside it', async () => {
  const page = openDrawing();
  await page.draw(h(MetricsPage, {}));
  await vi.waitFor(() => expect(page.text()).toContain('Staff'));
  const [, orders = '', staff = ''] = /(Orders orders.*)(Staff staff.*)$/.exec(page.text()) ?? [];
  expect(staff).toMatch(/–Today.*–Day before24 days/);
  expect(orders).not.toMatch(/Today|24 days/);
});

test('metrics stand under what their domain is called, those without one before all headings', async () => {
  const page = openDrawing();
  await page.draw(h(MetricsPage, {}));
  await vi.waitFor(() =>
    expect(page.text()).toMatch(/Orders orders.*Staff staff.*Trade.*Net sales/),
  );
  expect(page.text()).not.toContain('shop');
});
