import { h } from 'preact';
import { beforeEach, expect, test, vi } from 'vitest';
import type {
  MetricSummary,
  ValuesAnswer,
} from '../../../../../../services/console/core/answers.ts';
import type {
  AlertSummary,
  AlertsAnswer,
} from '../../../../../../services/console/web/data/alerts.ts';
import type { Resource } from '../../../../../../services/console/web/data/resource.ts';
import { Health } from '../../../../../../services/console/web/pages/home/health.ts';
import { Since } from '../../../../../../services/console/web/pages/home/since.ts';
import { openDrawing } from '../../../../../support/drawing.ts';

const at = new Date().toISOString();
const ready = <T>(data: T) => ({
  resource: { kind: 'ready', data, atMs: 0 } as Resource<T>,
  reload: () => {},
});
const ended = (country: string): AlertSummary =>
  ({
    id: country,
    rule: 'quiet',
    name: null,
    metric: 'orders',
    labels: { country },
    outcome: 'recovered',
    endedAt: at,
  }) as unknown as AlertSummary;

beforeEach(() => {
  vi.stubGlobal('navigator', { languages: ['en-GB'] });
  vi.stubGlobal('sessionStorage', { getItem: () => null });
  vi.stubGlobal('fetch', async (path: string) =>
    Response.json(
      path === '/v1/pipeline'
        ? { at, eventTypes: [], projections: [], warnings: [] }
        : { corrections: [] },
    ),
  );
});

test('alerts of one rule that ended are told apart by what they were of', async () => {
  const page = openDrawing();
  const metric = { id: 'orders', dimensionNames: { country: { en: 'Country' } } };
  await page.draw(
    h(Since, {
      summaries: ready(new Map([['orders', metric as unknown as MetricSummary]])),
      currents: ready(new Map<string, ValuesAnswer>()),
      alerts: ready({ alerts: [ended('France'), ended('Spain')], health: [] }),
    }),
  );
  expect(page.text()).toMatch(/quietCountry: France · .*quietCountry: Spain · /);
});

test('what was not answered is not said to be nothing', async () => {
  const failed = <T>() => ({
    resource: { kind: 'failed', error: new Error('Redis is away') } as Resource<T>,
    reload: () => {},
  });
  const loading = { resource: { kind: 'loading' } as const, reload: () => {} };
  const page = openDrawing();
  for (const currents of [failed<ReadonlyMap<string, ValuesAnswer>>(), loading]) {
    await page.draw(
      h(Since, {
        summaries: ready(new Map<string, MetricSummary>()),
        currents,
        alerts: failed<{ alerts: readonly AlertSummary[]; health: [] }>(),
      }),
    );
    expect(page.text()).toMatch(/Alerts that ended.*Redis is away/);
    expect(page.text()).not.toMatch(/None in 24 hours|No value can be compared/);
  }
});

test('all is well only while no alert fires; of a warning the data are sound', async () => {
  const verdictOf = async (alerts: readonly object[]): Promise<string> => {
    const page = openDrawing();
    const told = { alerts, health: [] } as unknown as AlertsAnswer;
    await page.draw(h(Health, { told: ready(told).resource }));
    await vi.waitFor(() => expect(page.text()).toContain('accounted for'));
    return page.text();
  };
  const warning = { rule: 'low', state: 'firing', severity: 'warning', mutedBy: null };
  expect(await verdictOf([])).toMatch(/^All is well/);
  expect(await verdictOf([warning])).toMatch(/^The data are sound/);
});
