import { h } from 'preact';
import { beforeEach, expect, test, vi } from 'vitest';
import type { AlertAnswer } from '../../../../../services/console/web/data/alerts.ts';
import type { Known } from '../../../../../services/console/web/data/metric-names.ts';
import { Timeline } from '../../../../../services/console/web/pages/alert-timeline.ts';
import { openDrawing } from '../../../../support/drawing.ts';

const at = '2026-11-30T08:00:00Z';

beforeEach(() => {
  vi.stubGlobal('navigator', { languages: ['en-GB'] });
  vi.stubGlobal('sessionStorage', { getItem: () => null });
  vi.stubGlobal('fetch', async () => Response.json({ items: [] }));
});

test('the time line says where another episode of the same alert begins', async () => {
  const entry = (transition: string, state: string) => ({
    transition,
    state,
    at,
    reason: '',
    value: null,
  });
  const timeline = [
    entry('firing', 'firing'),
    entry('resolved', 'ok'),
    entry('delivered', 'ok'),
    entry('pending', 'pending'),
    entry('firing', 'firing'),
  ];
  const page = openDrawing();
  await page.draw(
    h(Timeline, { alert: { timeline } as unknown as AlertAnswer, metric: undefined }),
  );
  expect(page.text().match(/new episode/g)).toHaveLength(1);
  expect(page.text()).toMatch(/Firing.*not yet firing new episode.*delivered.*Resolved.*Firing $/);
});

test('a verdict that changed says of which window', async () => {
  const window = { start: '2026-11-30T07:58:00Z', end: '2026-11-30T07:59:00Z' };
  const entry = { transition: 'revised', state: 'firing', at, reason: '', value: null, window };
  const page = openDrawing();
  const alert = { timeline: [entry] } as unknown as AlertAnswer;
  const metric = { timezone: 'UTC' } as Known;
  await page.draw(h(Timeline, { alert, metric }));
  expect(page.text()).toMatch(/verdict changed · .*07:58.07:59/);
});
