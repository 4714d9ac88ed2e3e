import { h } from 'preact';
import { beforeEach, expect, test, vi } from 'vitest';
import type { AlertAnswer } from '../../../../../services/console/web/data/alerts.ts';
import type { Known } from '../../../../../services/console/web/data/metric-names.ts';
import { Evidence } from '../../../../../services/console/web/pages/alert-evidence.ts';
import { Figures } from '../../../../../services/console/web/pages/alert-figures.ts';
import { AlertState } from '../../../../../services/console/web/parts/alert-state.ts';
import { openDrawing } from '../../../../support/drawing.ts';

const metric = { timezone: 'UTC', unit: { code: 'GBP', scale: 2 } } as Known;
const windowAt = (start: string, end: string) => {
  return {
    start: `2026-11-30T${start}:00Z`,
    end: `2026-11-30T${end}:00Z`,
    state: 'closed',
    revision: 0,
  };
};
const evidence = {
  window: windowAt('17:55', '17:56'),
  value: '153.00',
  previous: null,
  threshold: '100',
  watermark: '2026-11-30T17:56:00Z',
  cursors: [{ topic: 'events.x', partition: 0, offset: 7 }],
  completeness: 1,
  count: 3,
  metricVersion: 'v1',
  ruleVersion: 'r1',
};
/** It fired at 17:55, and was looked at since. */
const anAlert = (over: Partial<AlertAnswer>): AlertAnswer =>
  ({
    id: '5a10c0',
    value: '0.00',
    previous: '0.00',
    threshold: '100',
    worst: '153.00',
    recovered: null,
    window: windowAt('17:59', '18:00'),
    evidence,
    ...over,
  }) as AlertAnswer;

beforeEach(() => {
  vi.stubGlobal('navigator', { languages: ['en-GB'] });
  vi.stubGlobal('sessionStorage', { getItem: () => null });
});

test('what is over shows the numbers by which it fired, what burns the newest', async () => {
  const page = openDrawing();
  await page.draw(h(Figures, { alert: anAlert({ state: 'ok', recovered: '0.00' }), metric }));
  expect(page.text()).toMatch(
    /^Value£153\.00Threshold£100\.00Worst£153\.00Recovered at£0\.00.*17:55–17:56/,
  );
  await page.draw(h(Figures, { alert: anAlert({ state: 'firing' }), metric }));
  expect(page.text()).toMatch(/^Value£0\.00Threshold£100.*17:59–18:00/);
});

test('a number that was withdrawn does not stand as the value: what it was, and what is known now', async () => {
  const page = openDrawing();
  const alert = anAlert({ state: 'ok', outcome: 'retracted', recovered: '12.00' });
  await page.draw(h(Figures, { alert, metric }));
  expect(page.text()).toMatch(/^Revised to£12\.00Was£153\.00Threshold£100\.00/);
  expect(page.text()).not.toMatch(/Recovered|Worst|Closed/);
  await page.draw(h(AlertState, { alert }));
  expect(page.text()).toBe('Retracted');
  await page.draw(h(AlertState, { alert: { state: 'ok', outcome: 'recovered' } }));
  expect(page.text()).toBe('Resolved');
});

test('evidence names its window, and is counted again when the reader asks', async () => {
  const page = openDrawing();
  await page.draw(h(Evidence, { alert: anAlert({ state: 'firing' }), metric }));
  expect(page.text()).toMatch(/Window.*17:55–17:56Value£153\.00/);
  const asked = vi.fn<typeof fetch>(async () =>
    Response.json({
      atAlert: { value: '153.00' },
      recounted: { value: '152.00', isEqual: false },
      recountFault: null,
      now: { value: '160.00' },
      events: [{ source: '/shop', id: 'big', value: '150.00', position: 'events.x/0/6' }],
    }),
  );
  vi.stubGlobal('fetch', asked);
  await page.click('Recount');
  await vi.waitFor(() =>
    expect(page.text()).toMatch(
      /Not as in the logAt the alert£153\.00From the log£152\.00Now£160\.00.*big · 150\.00$/,
    ),
  );
  expect(asked.mock.calls[0]?.[0]).toBe('/v1/alerts/5a10c0/explain');
});

test('a log that can no longer be counted is said, in its own words', async () => {
  const page = openDrawing();
  await page.draw(h(Evidence, { alert: anAlert({ state: 'ok' }), metric }));
  const recountFault = { code: 'log_truncated', detail: 'the log begins later' };
  const answer = { atAlert: { value: '1' }, recounted: null, recountFault, now: null, events: [] };
  vi.stubGlobal('fetch', async () => Response.json(answer));
  await page.click('Recount');
  await vi.waitFor(() => expect(page.text()).toMatch(/the log begins later$/));
});
