import { h } from 'preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AlertAnswer } from '../../../../../services/console/web/data/alerts.ts';
import type { RuleTest } from '../../../../../services/console/web/data/rule-test.ts';
import { language } from '../../../../../services/console/web/i18n/language.ts';
import { Drivers } from '../../../../../services/console/web/pages/alert-causes.ts';
import { Deliveries } from '../../../../../services/console/web/pages/alert-deliveries.ts';
import { Comments, Overlay } from '../../../../../services/console/web/pages/alert-overlay.ts';
import { Timeline } from '../../../../../services/console/web/pages/alert-timeline.ts';
import { RuleEpisodes } from '../../../../../services/console/web/pages/rule-episodes.ts';
import { openDrawing } from '../../../../support/drawing.ts';

const driver = {
  alert: 'a1',
  rule: 'orders-low',
  metric: 'orders',
  labels: { country: 'France' },
  operator: '+',
  share: 1.25,
  value: '3',
  previous: '12',
  accountable: 'person:james',
};
const ANSWERS: Readonly<Record<string, object>> = {
  '/v1/metrics': {
    metrics: [
      {
        id: 'orders',
        name: { en: 'Orders', zh: '订单数' },
        unit: { code: 'order', scale: 0 },
        dimensionNames: { country: { en: 'Country', zh: '国家' } },
      },
    ],
  },
  '/v1/catalog/documents': {
    items: [
      { kind: 'Person', id: 'james', name: { en: 'James Carter', zh: '詹姆斯·卡特' } },
      { kind: 'Receiver', id: 'hook', name: { en: 'Shop floor', zh: '门店群' } },
    ],
  },
};

beforeEach(() => {
  vi.stubGlobal('navigator', { languages: ['en-GB'] });
  vi.stubGlobal('sessionStorage', { getItem: () => null });
  vi.stubGlobal('fetch', async (path: string) =>
    Response.json(ANSWERS[path.replace(/\?.*/, '')] ?? {}),
  );
});
afterEach(() => {
  language.value = 'en';
});

test.each([
  ['en', /Orders · Country: France · James Carter125%/],
  ['zh', /订单数 · 国家: France · 詹姆斯·卡特/],
] as const)(
  'what explains an alert has names in the reader’s language: %s',
  async (spoken, text) => {
    const page = openDrawing();
    language.value = spoken;
    await page.draw(h(Drivers, { alert: { drivers: [driver] } as unknown as AlertAnswer }));
    await vi.waitFor(() => expect(page.text()).toMatch(text));
  },
);

test('who acted on an alert, and why it is silent, is told by names', async () => {
  const page = openDrawing();
  const at = '2026-11-30T08:00:00Z';
  const said = { by: 'person:james', at, comment: 'on my way', until: at };
  const alert = {
    acknowledged: said,
    mutedBy: 'inhibited by gone',
    snoozedUntil: null,
    assignee: 'person:james',
    closed: null,
    escalation: { step: 0, of: 1, nextAt: at, nextTo: 'person:james' },
    comments: [{ by: 'person:james', at, text: 'seen' }],
    timeline: [
      { transition: 'acknowledged', reason: 'person:james', at, state: 'firing', value: null },
    ],
  } as unknown as AlertAnswer;
  const of = { alert, metric: undefined };
  await page.draw(h('div', null, h(Overlay, of), h(Comments, of), h(Timeline, of)));
  await vi.waitFor(() => expect(page.text().match(/James Carter/g)).toHaveLength(5));
  expect(page.text()).toMatch(/a graver alert: gone.*Acknowledged · James Carter/);
  expect(page.text()).not.toContain('person:');
});

test.each([
  ['en', /FiringShop floor James Carter.*Firingops-hook/],
  ['zh', /Firing门店群 詹姆斯·卡特.*Firingops-hook/],
] as const)(
  'messages say by name by what they went and to whom, and by id where there is none: %s',
  async (spoken, text) => {
    const delivery = { kind: 'firing', status: 'delivered', decidedAt: '2026-11-30T08:00:00Z' };
    const deliveries = [
      { ...delivery, id: 'm1', receiver: 'ops-hook', to: null },
      { ...delivery, id: 'm2', receiver: 'hook', to: 'person:james' },
    ];
    const page = openDrawing();
    language.value = spoken;
    const alert = { deliveries } as unknown as AlertAnswer;
    await page.draw(h(Deliveries, { alert, metric: undefined }));
    await vi.waitFor(() => expect(page.text()).toMatch(text));
  },
);

test('episodes of a tested rule name who would have been told', async () => {
  const page = openDrawing();
  const episode = {
    labels: { country: 'France' },
    startedAt: '2026-11-30T08:00:00Z',
    firedAt: null,
    endedAt: null,
    firingSeconds: 60,
    value: '3',
    worst: '3',
    owner: { accountable: 'person:james' },
  };
  const result = { metric: 'orders', episodeList: [episode] } as unknown as RuleTest;
  await page.draw(h(RuleEpisodes, { result }));
  await vi.waitFor(() => expect(page.text()).toMatch(/Country: France.*James Carter$/));
});
