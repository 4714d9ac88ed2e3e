import { describe, expect, test } from 'vitest';
import { judgeAge } from '../../../services/console/core/quality.ts';
import { createConsoleReads } from '../../../services/console/service.ts';
import { createKpi } from '../../../services/console/kpi.ts';
import type { MetricDefinition } from '../../../services/kernel/definitions.ts';
import type { QualityRule } from '../../../services/kernel/metric-words.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../services/kernel/time.ts';
import { catalogTools } from '../../../services/platform/catalog/tools.ts';
import { memoryProjectionReader } from '../../support/memory-projection-reader.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';
import { projectionFiller } from '../../support/projection-filler.ts';

const START = Date.parse('2026-03-01T00:00:00Z');
const at = (hour: number, minutes = 0): number => START + hour * HOUR_MS + minutes * MINUTE_MS;
const iso = (timeMs: number): string => new Date(timeMs).toISOString();

const sales = (quality: readonly QualityRule[], over: object = {}): MetricDefinition =>
  aMetric({
    id: 'sales',
    timezone: 'UTC',
    unit: { code: 'CNY', scale: 2 },
    valueScale: 2,
    grains: ['minute', 'hour'],
    retentionMs: { minute: DAY_MS, hour: 90 * DAY_MS, day: 90 * DAY_MS },
    eventsFromMs: START,
    quality,
    ...over,
  });

/** Hours with 2.50, 0.75, nothing and 9.00; then the watermark, and the clock. */
async function aConsole(
  metric: MetricDefinition,
  { watermarkMs = at(4), nowMs = at(4, 1) }: { watermarkMs?: number; nowMs?: number } = {},
) {
  const store = memoryProjectionStore();
  const reads = createConsoleReads({
    reader: memoryProjectionReader(store),
    logBounds: () => Promise.resolve([]),
    catalog: () => catalogOf({ metrics: [metric] }),
    now: () => nowMs,
    prefix: '',
    language: catalogTools,
  });
  if (metric.kind === 'simple') {
    const filler = await projectionFiller(store, metric);
    await filler.count([
      { timeMs: at(0), value: 250, labels: {} },
      { timeMs: at(1), value: 75, labels: {} },
      { timeMs: at(3, 59), value: 900, labels: {} },
    ]);
    await filler.passTo(watermarkMs);
  }
  const found = async () => {
    const shown = await reads.show('sales');
    return shown.ok ? shown.value.quality : [];
  };
  const kpi = createKpi({
    reads,
    catalog: () => catalogOf({ metrics: [metric] }),
    now: () => nowMs,
  });
  return { found, kpi: () => kpi('prometheus') };
}

describe('a condition', () => {
  test('holds by its newest window, and tells of those that broke it', async () => {
    const rule = { id: 'range', expect: 'value >= 1.00 && value < 10', reason: 'Tills.' };
    const { found } = await aConsole(sales([rule]));
    expect(await found()).toEqual([
      {
        ...rule,
        grain: 'hour',
        state: 'holds',
        windows: { judged: 4, broken: 2 },
        broken: [
          { start: iso(at(2)), end: iso(at(3)), value: '0.00', count: 0, completeness: 1 },
          { start: iso(at(1)), end: iso(at(2)), value: '0.75', count: 1, completeness: 1 },
        ],
      },
    ]);
  });

  test('is broken when its newest window is', async () => {
    const { found } = await aConsole(sales([{ id: 'volume', expect: 'count >= 2' }]));
    expect(await found()).toMatchObject([
      {
        state: 'broken',
        windows: { judged: 4, broken: 4 },
        broken: [{ value: '9.00' }, {}, {}, {}],
      },
    ]);
  });

  test('is judged of the newest thirty windows of its grain', async () => {
    const { found } = await aConsole(sales([{ id: 'v', expect: 'count > 0', grain: 'minute' }]));
    const [one] = await found();
    expect(one).toMatchObject({
      grain: 'minute',
      state: 'holds',
      windows: { judged: 30, broken: 29 },
    });
    expect(one?.broken.at(-1)?.start).toBe(iso(at(3, 30)));
  });

  test('is judged of the longest grain by default, in whatever order they are said', async () => {
    const rule = { id: 'v', expect: 'count > 0' };
    const { found } = await aConsole(sales([rule], { grains: ['hour', 'minute'] }));
    expect(await found()).toMatchObject([{ grain: 'hour', windows: { judged: 4, broken: 1 } }]);
  });

  test('is not judged of what is past retention: there is no value, and nothing is wrong', async () => {
    const retentionMs = { minute: 10 * MINUTE_MS, hour: 90 * DAY_MS, day: 90 * DAY_MS };
    const rule = { id: 'v', expect: 'value != null', grain: 'minute' } as const;
    const { found } = await aConsole(sales([rule], { retentionMs }));
    expect(await found()).toMatchObject([{ state: 'holds', windows: { judged: 9, broken: 0 } }]);
  });

  test('of a share is undecided where there is no value, unless it asks for one', async () => {
    const empty = (expect: string) => [{ id: 'q', expect }];
    const over = { aggregation: 'avg' };
    const last = { watermarkMs: at(3), nowMs: at(3, 1) };
    const some = await aConsole(sales(empty('value > 1.00'), over), last);
    expect(await some.found()).toMatchObject(
      [{ state: 'unknown', windows: { judged: 2, broken: 1 }, why: /decides nothing/u }].map(
        (one) => ({ ...one, why: expect.stringMatching(one.why) as string }),
      ),
    );
    const must = await aConsole(sales(empty('value != null'), over), last);
    expect(await must.found()).toMatchObject([
      { state: 'broken', windows: { judged: 3, broken: 1 }, broken: [{ value: null }] },
    ]);
  });
});

describe('a window that the watermark has not passed', () => {
  const whole = { id: 'whole', expect: 'completeness >= 1', withinMs: 10 * MINUTE_MS };
  const behind = { watermarkMs: at(3, 30) };
  test('is not judged before it is due', async () => {
    const { found } = await aConsole(sales([whole]), { ...behind, nowMs: at(4, 9) });
    expect(await found()).toMatchObject([{ state: 'holds', windows: { judged: 3, broken: 0 } }]);
  });
  test('is judged as it stands once it is', async () => {
    const { found } = await aConsole(sales([whole]), { ...behind, nowMs: at(4, 10) });
    expect(await found()).toMatchObject([
      {
        state: 'broken',
        windows: { judged: 4, broken: 1 },
        broken: [{ start: iso(at(3)), completeness: 0.5 }],
      },
    ]);
  });
  test('leaves nothing to judge where none is due', async () => {
    const { found } = await aConsole(sales([whole]), { watermarkMs: at(0, 20), nowMs: at(0, 20) });
    expect(await found()).toMatchObject([{ state: 'unknown', why: 'no window is due yet' }]);
  });
});

describe('an age', () => {
  test.each([
    [10, 'holds'],
    [10.1, 'broken'],
  ])('of %f minutes at most ten %s', async (minutes, state) => {
    const rule = { id: 'fresh', maxAgeMs: 10 * MINUTE_MS };
    const { found } = await aConsole(sales([rule]), { nowMs: at(4, minutes) });
    expect(await found()).toEqual([
      {
        id: 'fresh',
        expect: 'age <= PT10M',
        grain: null,
        state,
        windows: { judged: 0, broken: 0 },
        broken: [],
        ageSeconds: minutes * 60,
      },
    ]);
  });
});

test('an age while the metric is recomputed is unknown: its watermark lies far back then', () => {
  const now = { nowMs: at(4), watermarkMs: at(0), sinceMs: () => 0, isRebuilding: true };
  const found = judgeAge({ id: 'fresh', maxAgeMs: MINUTE_MS }, now);
  expect(found).toMatchObject({ state: 'unknown', why: expect.stringContaining('recomputed') });
  expect(
    judgeAge({ id: 'fresh', maxAgeMs: MINUTE_MS }, { ...now, isRebuilding: false }).state,
  ).toBe('broken');
});

test('what nobody can judge is unknown and says why', async () => {
  const rule = { id: 'q', expect: 'value > previous' };
  const { found } = await aConsole(sales([rule]));
  expect(await found()).toMatchObject([
    {
      state: 'unknown',
      why: expect.stringContaining('it reads previous, which only an AlertRule'),
    },
  ]);
  const byStore = sales([{ id: 'q', expect: 'value > 0' }], {
    dimensions: { store: 'data.store' },
    breakdowns: [['store']],
  });
  const { found: ofStores } = await aConsole({ ...byStore, id: 'sales' });
  expect(await ofStores()).toMatchObject([
    { state: 'unknown', why: expect.stringContaining('judged on the total') },
  ]);
});

test('without a projection nothing is broken', async () => {
  const rules = [
    { id: 'v', expect: 'count > 0' },
    { id: 'fresh', maxAgeMs: MINUTE_MS },
  ];
  const metric = sales(rules);
  const reads = createConsoleReads({
    reader: memoryProjectionReader(memoryProjectionStore()),
    logBounds: () => Promise.resolve([]),
    catalog: () => catalogOf({ metrics: [metric] }),
    now: () => at(4),
    prefix: '',
    language: catalogTools,
  });
  const shown = await reads.show('sales');
  expect(shown).toMatchObject({
    value: { quality: [{ state: 'unknown' }, { state: 'unknown', ageSeconds: null }] },
  });
});

test('Prometheus sees what is decided, and nothing of what is not', async () => {
  const rules = [
    { id: 'range', expect: 'value >= 1.00' },
    { id: 'trend', expect: 'value > previous' },
    { id: 'fresh', maxAgeMs: MINUTE_MS },
  ];
  const { kpi } = await aConsole(sales(rules), { nowMs: at(4, 5) });
  const lines = (await kpi())
    .split('\n')
    .filter((line) => line.startsWith('tidemark_metric_quality'));
  expect(lines).toEqual([
    'tidemark_metric_quality_holds{metric="sales",rule="range"} 1',
    'tidemark_metric_quality_holds{metric="sales",rule="fresh"} 0',
    'tidemark_metric_quality_ratio{metric="sales",rule="range"} 0.5',
  ]);
});
