import { h } from 'preact';
import { beforeEach, expect, test, vi } from 'vitest';
import { SilenceForm } from '../../../../../services/console/web/pages/silence-form.ts';
import { openDrawing } from '../../../../support/drawing.ts';

const alert = (id: string, country: string) => {
  const name = { en: 'Many cancellations' };
  return { id, rule: 'cancels', name, metric: 'cancelled', labels: { country } };
};
const alerts = ['France', 'Spain', 'Italy', 'Malta', 'Japan', 'Chile', 'Peru'].map((country, i) =>
  alert(String(i), country),
);

beforeEach(() => {
  vi.stubGlobal('navigator', { languages: ['en-GB'] });
  vi.stubGlobal('sessionStorage', { getItem: () => null });
});

test('what is typed is answered before a length is chosen: which alerts it covers', async () => {
  const asked = vi.fn(async (path: string, _request?: RequestInit) =>
    Response.json(
      path === '/v1/silences'
        ? {
            silence: {
              matchers: [{ name: 'rule', op: '=~', value: 'cancel*' }],
              matches: { count: alerts.length, alerts },
            },
          }
        : { metrics: [] },
    ),
  );
  vi.stubGlobal('fetch', asked);
  const page = openDrawing();
  const matchers = ['rule=~cancel*'];
  await page.draw(h(SilenceForm, { matchers, isTyped: true, reload: () => undefined }));
  await vi.waitFor(() =>
    expect(page.text()).toMatch(
      /open alerts: 7 rule=~cancel\*Many cancellations country: France.*Japanand 2 more$/,
    ),
  );
  const [, request] = asked.mock.calls.find(([path]) => path === '/v1/silences') ?? [];
  expect(JSON.parse(String(request?.body))).toMatchObject({ matchers, preview: true });
  expect(page.buttons('Silence')).toBe(0);
});
