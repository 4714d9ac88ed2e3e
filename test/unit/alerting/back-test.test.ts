import { expect, test } from 'vitest';
import { backTestSeries, historyFromMs } from '../../../services/alerting/core/proof/back-test.ts';
import { backTestAnswer } from '../../../services/alerting/core/proof/back-test-answer.ts';
import { chartAnswer, POINTS_MAX } from '../../../services/alerting/core/proof/back-test-chart.ts';
import type { Check } from '../../../services/alerting/core/alert/episode.ts';
import { runBackTest } from '../../../services/alerting/back-tester.ts';
import type { HistoryCell } from '../../../services/alerting/core/values/recall.ts';
import type { RulePlan } from '../../../services/alerting/core/plan/plan.ts';
import { ruleTester } from '../../../services/alerting/rule-tests.ts';
import { formatDecimal } from '../../../services/kernel/decimal.ts';
import type { AlertRuleDefinition } from '../../../services/kernel/definitions.ts';
import type { TargetDefinition } from '../../../services/kernel/target.ts';
import { aRule, HOUR, outcomeOf, plansOf, salesCatalog, T0 } from '../../support/alerting.ts';
import { catalogOf } from '../../support/platform.ts';

const planOf = (over: Partial<AlertRuleDefinition> = {}): RulePlan => {
  const [plan] = plansOf(catalogOf(salesCatalog({ rules: [aRule(over)] })));
  if (!plan) throw new Error('there is a rule');
  return plan;
};

/** Hours from T0 on with these values; null: an hour without events. */
const hours = (values: readonly (number | null)[], from = 0): readonly HistoryCell[] =>
  values.flatMap((value, i) => {
    if (value === null) return [];
    const start = T0 + (from + i) * HOUR;
    return [
      {
        series: '[]',
        start,
        end: start + HOUR,
        accumulators: { contributions: 1, sum: value * 100 },
        value: formatDecimal(value * 100, 2),
        state: 'final' as const,
        revision: 0,
      },
    ];
  });

const run = (plan: RulePlan, values: readonly (number | null)[], from = 0) =>
  outcomeOf(
    backTestSeries(
      plan,
      { fromMs: T0, toMs: T0 + values.length * HOUR },
      { series: '[]', cells: hours(values, from) },
    ),
  );

test('says when the rule would have fired, how long, and whom it would have told', () => {
  const { episodes, verdicts } = run(planOf(), [2000, 500, 400, 1500, 2000]);
  expect(episodes).toEqual([
    {
      series: '[]',
      startedAtMs: T0 + 2 * HOUR,
      firedAtMs: T0 + 2 * HOUR,
      endedAtMs: T0 + 4 * HOUR,
      outcome: 'recovered',
      breached: '500.00',
      worst: '400.00',
      recovered: '1500.00',
      route: expect.objectContaining({ accountable: 'team:sales', via: 'metric' }),
      messages: [
        { receiver: 'ops-hook', kind: 'firing' },
        { receiver: 'ops-hook', kind: 'resolved' },
      ],
    },
  ]);
  expect(verdicts).toEqual({ breach: 2, clear: 3, in_band: 0, inconclusive: 0, absent: 0 });
});

test('a breach that did not last long enough is a near miss', () => {
  const plan = planOf({ for: { breaches: 2, of: 2 } });
  const { episodes, nearMisses } = run(plan, [2000, 500, 2000, 500, 500, 2000]);
  expect(episodes.map(({ startedAtMs }) => (startedAtMs - T0) / HOUR)).toEqual([4]);
  expect(nearMisses).toEqual([{ series: '[]', fromMs: T0 + 2 * HOUR, toMs: T0 + 3 * HOUR }]);
});

test('hours without events are what they are live: 0 for a sum', () => {
  const { episodes } = run(planOf(), [2000, null, 2000]);
  expect(episodes.map(({ breached }) => breached)).toEqual(['0.00']);
});

test('what burns is said again by the time of the log', () => {
  const plan = planOf({ notify: { repeatMs: [HOUR / 2], max: 3 } });
  const { episodes } = run(plan, [2000, 500, 500, 500, 2000]);
  expect(episodes[0]?.messages.map(({ kind }) => kind)).toEqual([
    'firing',
    'repeated',
    'repeated',
    'repeated',
    'resolved',
  ]);
});

test('what was red when the rule is switched on fires once, by the newest window', () => {
  const cells = hours([500, 500, 500, 2000], -2);
  const range = { fromMs: T0, toMs: T0 + 2 * HOUR };
  const { episodes } = outcomeOf(backTestSeries(planOf(), range, { series: '[]', cells }));
  expect(episodes).toHaveLength(1);
  expect(episodes[0]).toMatchObject({ breached: '500.00', endedAtMs: T0 + 2 * HOUR });
});

test('conditions look back to what lies before the range', () => {
  const plan = planOf({ when: 'value < samePeriodLastWeek' });
  const week = 168;
  const cells = [...hours([1000, 1000], -week), ...hours([1500, 999])];
  const range = { fromMs: T0, toMs: T0 + 2 * HOUR };
  expect(historyFromMs(plan, T0)).toBeLessThanOrEqual(T0 - week * HOUR);
  const { episodes } = outcomeOf(backTestSeries(plan, range, { series: '[]', cells }));
  expect(episodes.map(({ breached }) => breached)).toEqual(['999.00']);
});

const ports = (cells: readonly HistoryCell[], watermarkMs: number) => ({
  breathe: async () => undefined,
  history: {
    head: async () => ({ watermarkMs, series: ['[]', '["store","S1"]'] }),
    cells: async () => cells,
  },
});

test('ends where the metric has come to, and says what is expected a month', async () => {
  const plan = planOf();
  const asked = { plan, fromMs: T0, toMs: T0 + 100 * HOUR };
  const shares: number[] = [];
  const tested = await runBackTest(ports(hours([2000, 500, 1500]), T0 + 3 * HOUR), asked, (share) =>
    shares.push(share),
  );
  expect(shares).toEqual([1]);
  const answer = backTestAnswer(plan, tested);
  expect(answer).toMatchObject({
    rule: 'net-sales-low',
    series: 1,
    windows: 3,
    episodes: 1,
    perMonth: 243.5,
    firingSeconds: 3600,
    nearMisses: 0,
    to: new Date(T0 + 3 * HOUR).toISOString(),
    wouldHaveTold: [
      { receiver: 'ops-hook', kind: 'firing', messages: 1 },
      { receiver: 'ops-hook', kind: 'resolved', messages: 1 },
    ],
  });
});

test('a month is reckoned from where history begins, not from where it was asked for', async () => {
  const plan = planOf();
  const asked = { plan, fromMs: T0 - 720 * HOUR, toMs: T0 + 100 * HOUR };
  const cells = hours([2000, 500, 1500]);
  const young = await runBackTest(ports(cells, T0 + 3 * HOUR), asked, () => undefined);
  expect(backTestAnswer(plan, young)).toMatchObject({
    episodes: 1,
    coveredFrom: new Date(T0).toISOString(),
    perMonth: 243.5,
  });
  const none = await runBackTest(ports([], T0 + 3 * HOUR), asked, () => undefined);
  expect(backTestAnswer(plan, none)).toMatchObject({ coveredFrom: null, perMonth: 0 });
});

test('a test that would take too long is refused before it begins', async () => {
  const plan = planOf({ window: { kind: 'sliding', sizeMs: 24 * HOUR, everyMs: HOUR } });
  const asked = { plan, fromMs: T0, toMs: T0 + 1e6 * HOUR };
  await expect(
    runBackTest(ports([], T0 + 1e6 * HOUR), asked, () => undefined),
  ).rejects.toMatchObject({ code: 'span_too_long' });
});

test('without history there is no test', async () => {
  const none = { head: async () => undefined, cells: async () => undefined };
  const asked = { plan: planOf(), fromMs: T0, toMs: T0 + HOUR };
  await expect(
    runBackTest({ history: none, breathe: async () => undefined }, asked, () => undefined),
  ).rejects.toMatchObject({ code: 'rebuilding' });
});

test('every window of the series that fired most is drawn, in as many points as a picture has', async () => {
  const plan = planOf();
  const asked = { plan, fromMs: T0, toMs: T0 + 4 * HOUR, draw: 'the worst' as const };
  const cells = hours([2000, 500, null, 1500]);
  const tested = await runBackTest(ports(cells, T0 + 4 * HOUR), asked, () => undefined);
  const { chart } = backTestAnswer(plan, tested);
  expect(chart).toMatchObject({ labels: {}, threshold: '1000', breachIs: 'below' });
  expect(chart?.points.map(({ low, high, breaches }) => [low, high, breaches])).toEqual([
    ['2000.00', '2000.00', 0],
    ['500.00', '500.00', 1],
    ['0.00', '0.00', 1],
    ['1500.00', '1500.00', 0],
  ]);
  expect(chart?.points[1]).toMatchObject({
    start: new Date(T0 + HOUR).toISOString(),
    end: new Date(T0 + 2 * HOUR).toISOString(),
    windows: 1,
  });
});

test('a long series is told of as it goes, beside other work, and judged once although it is drawn', async () => {
  const windows = 1_000;
  const toMs = T0 + windows * HOUR;
  const asked = { plan: planOf(), fromMs: T0, toMs, draw: 'the worst' as const };
  const shares: number[] = [];
  const reads: (readonly string[])[] = [];
  let breaths = 0;
  const { history } = ports(hours([2000, 500]), toMs);
  const counted = {
    breathe: async () => void breaths++,
    history: {
      ...history,
      cells: async (_metric: unknown, of: { readonly series: readonly string[] }) => {
        reads.push(of.series);
        return history.cells();
      },
    },
  };
  const { drawn } = await runBackTest(counted, asked, (share) => shares.push(share));
  expect(drawn?.checks).toHaveLength(windows);
  expect(shares).toEqual([0.2, 0.4, 0.6, 0.8, 1, 1]);
  expect(breaths).toBe(shares.length);
  expect(reads).toEqual([['[]']]);
});

test('a series is drawn by its labels, and none where nothing has them', async () => {
  const plan = planOf();
  const drawn = async (draw: Readonly<Record<string, string>>) => {
    const asked = { plan, fromMs: T0, toMs: T0 + 2 * HOUR, draw };
    const cells = hours([2000, 500]);
    const tested = await runBackTest(ports(cells, T0 + 2 * HOUR), asked, () => undefined);
    return backTestAnswer(plan, tested).chart;
  };
  expect(await drawn({})).toMatchObject({ labels: {} });
  expect(await drawn({ store: 'S9' })).toBeUndefined();
});

test('the target of each window is drawn, also of a rule that does not compare with it', async () => {
  const { history } = ports(hours([2000, 500]), T0 + 2 * HOUR);
  const drawn = async (targets: readonly TargetDefinition[]) => {
    const catalog = catalogOf({ ...salesCatalog({ rules: [aRule()] }), targets });
    const tester = ruleTester({ catalog: () => catalog, history, now: () => T0 + 2 * HOUR });
    const plan = tester.plan({ rule: aRule().id });
    if (!plan.ok) throw new Error(plan.error.detail);
    const asked = { plan: plan.value, fromMs: T0, toMs: T0 + 2 * HOUR, draw: {} };
    const { chart } = await tester.test(asked, () => undefined);
    return chart?.points.map(({ target }) => target);
  };
  const target: TargetDefinition = {
    id: 'plan',
    metric: planOf().metric.id,
    by: [],
    window: { kind: 'grain', grain: 'hour' },
    entries: [{ where: {}, value: '1200.00' }],
  };
  expect(await drawn([target])).toEqual(['1200.00', '1200.00']);
  expect(await drawn([{ ...target, window: { kind: 'grain', grain: 'day' } }])).toEqual([
    undefined,
    undefined,
  ]);
  expect(await drawn([])).toEqual([undefined, undefined]);
});

test('neighbours are one point with the lowest and the highest of them', () => {
  const checks: Check[] = [];
  const values = Array.from({ length: 2 * POINTS_MAX + 1 }, (_, i) => 1000 + i);
  const plan = planOf();
  outcomeOf(
    backTestSeries(
      plan,
      { fromMs: T0, toMs: T0 + values.length * HOUR },
      { series: '[]', cells: hours(values), onCheck: (check) => checks.push(check) },
    ),
  );
  const { points } = chartAnswer(plan, { series: '[]', checks });
  expect(points).toHaveLength(Math.ceil(values.length / 3));
  expect(points[0]).toMatchObject({ windows: 3, low: '1000.00', high: '1002.00' });
  expect(points.reduce((sum, { windows }) => sum + windows, 0)).toBe(values.length);
});
