import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { formatDecimal } from '../../../services/kernel/decimal.ts';
import type { AlertRuleDefinition } from '../../../services/kernel/definitions.ts';
import type { MetricUpdate } from '../../../services/kernel/update.ts';
import { NO_LINKS } from '../../../services/alerting/core/alert/message.ts';
import { recordOf } from '../../../services/alerting/core/alert/record.ts';
import { apply } from '../../../services/alerting/core/partition/partition.ts';
import { PartitionState } from '../../../services/alerting/core/partition/partition-state.ts';
import type { StoredPartition } from '../../../services/alerting/core/partition/partition-state.ts';
import { slotPlace } from '../../../services/alerting/core/partition/slot-fields.ts';
import { replan } from '../../../services/alerting/core/partition/replan.ts';
import { restore } from '../../../services/alerting/core/partition/restore.ts';
import { Track } from '../../../services/alerting/core/partition/track.ts';
import { takeUpBuiltIns } from '../../../services/alerting/core/partition/watch-itself.ts';
import { builtInsOf } from '../../../services/alerting/core/plan/built-ins.ts';
import { aRule, HOUR, plansOf, salesCatalog, T0 } from '../../support/alerting.ts';
import { aMetric, anEventType } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';
import { storedAfter } from '../../support/stored-partition.ts';

const MINUTE = 60_000;
const EVENTS = 'com.example.sales.order-booked';

type Happening =
  | { kind: 'value'; back: number; series: number; amount: number }
  | { kind: 'tick'; minutes: number; hasEvents: boolean }
  | { kind: 'edit'; rule: number; change: Change }
  | { kind: 'commit' };
type Change = 'severity' | 'threshold' | 'window' | 'gone';

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('value' as const),
      back: fc.constantFrom(0, 0, 0, 1),
      series: fc.integer({ min: 0, max: 1 }),
      // Mostly well by all rules: what is quiet is what this is about.
      amount: fc.oneof(
        { weight: 6, arbitrary: fc.integer({ min: 0, max: 20 }) },
        { weight: 1, arbitrary: fc.integer({ min: -900, max: 900 }) },
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('tick' as const),
      minutes: fc.constantFrom(1, 5, 5, 20, 60),
      hasEvents: fc.constantFrom(true, true, false),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      rule: fc.integer({ min: 0, max: 4 }),
      change: fc.constantFrom<Change>('severity', 'threshold', 'window', 'gone'),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'commit' as const }) },
);
const histories = fc.array(happening, { minLength: 1, maxLength: 80, size: 'max' });

const RULES: readonly Partial<AlertRuleDefinition>[] = [
  { evaluate: 'onUpdate', when: 'value > 2000' },
  { evaluate: 'onUpdate', when: 'value > 300', keepFiringMs: HOUR },
  { evaluate: 'onClose', when: 'value < 0' },
  { evaluate: 'onUpdate', when: 'value > 900', window: { kind: 'to-date', period: 'day' } },
  {
    evaluate: 'onUpdate',
    when: 'value > 500',
    for: { breaches: 2, of: 3 },
    window: { kind: 'sliding', sizeMs: 3 * HOUR, everyMs: HOUR },
  },
];
/** Edits of windows go through these: to shorter ones, and to longer ones, which begin before what was seen. */
const WINDOWS: readonly Pick<AlertRuleDefinition, 'window'>[] | readonly object[] = [
  {},
  { window: { kind: 'grain', grain: 'hour' } },
  { window: { kind: 'tumbling', sizeMs: 6 * HOUR } },
];
type Edits = ReadonlyMap<number, readonly Change[]>;

/** A change of severity keeps the version: it judges as before. */
function ruleAfter(over: Partial<AlertRuleDefinition>, i: number, changes: readonly Change[]) {
  const version = `r${changes.filter((change) => change !== 'severity').length}`;
  return aRule({
    id: `rule-${i}`,
    by: ['store'],
    noData: 'keepLast',
    severity: changes.filter((change) => change === 'severity').length % 2 ? 'critical' : 'info',
    ...over,
    ...(changes.includes('threshold') ? { when: 'value > 600' } : {}),
    ...WINDOWS[changes.filter((change) => change === 'window').length % WINDOWS.length],
    version,
  });
}

const catalogWith = (edits: Edits) =>
  catalogOf(
    salesCatalog({
      eventTypes: [anEventType({ idleTimeoutMs: 15 * MINUTE, owner: 'team:sales' })],
      metrics: [
        aMetric({
          timezone: 'UTC',
          dimensions: { store: 'data.store' },
          breakdowns: [['store']],
          // A window is forgotten in the middle of another.
          latenessMs: 90 * MINUTE,
        }),
      ],
      rules: RULES.flatMap((over, i) => {
        const changes = edits.get(i) ?? [];
        return changes.at(-1) === 'gone' ? [] : [ruleAfter(over, i, changes)];
      }),
    }),
  );

const value = (back: number, series: number, amount: number): Happening => ({
  kind: 'value',
  back,
  series,
  amount,
});
const tick = (minutes: number): Happening => ({ kind: 'tick', minutes, hasEvents: true });
const edit = (rule: number, change: Change): Happening => ({ kind: 'edit', rule, change });
const COMMIT: Happening = { kind: 'commit' };

/** Some of ten thousand that did not hold once: too rare to be met each time. */
const FOUND: readonly (readonly Happening[])[] = [
  // A rule comes back while its end is owed, and is of another severity.
  [value(0, 0, -1), tick(60), edit(2, 'gone'), edit(2, 'severity'), COMMIT, value(0, 0, 0)],
  // The first that sees what others will see too remembers something else.
  [
    tick(20),
    edit(0, 'gone'),
    tick(20),
    value(0, 1, 301),
    tick(20),
    value(1, 1, -1),
    edit(2, 'threshold'),
    COMMIT,
    value(0, 0, 0),
  ],
  // An episode that an older window opens, whose slot was known, and was not.
  [
    value(1, 1, 7),
    value(1, 1, 11),
    edit(1, 'window'),
    value(0, 1, 0),
    COMMIT,
    value(1, 1, 283),
    COMMIT,
  ],
  [value(0, 0, 0), edit(0, 'threshold'), value(0, 0, 0), COMMIT, value(1, 0, 601), value(0, 1, 0)],
];
const RUNS = { numRuns: 200, examples: FOUND.map((history): [Happening[]] => [[...history]]) };

/** What the partition says. @param check called at each commit, with what is stored then  @param restarts goes on from that */
function run(
  history: readonly Happening[],
  check: (state: PartitionState, kept: StoredPartition) => void,
  restarts = false,
): readonly string[] {
  let state = new PartitionState(0, { cursor: 0, activeFrom: 0, logMs: 0, awakeMs: 0 });
  const edits = new Map<number, readonly Change[]>();
  const cells = new Map<string, { contributions: number; sum: number }>();
  const emitted: string[] = [];
  let kept: StoredPartition | undefined;
  let [nowMs, events] = [T0, 1];
  const plan = (): void => {
    const catalog = catalogWith(edits);
    const rules = replan(state, plansOf(catalog)).emitted;
    for (const one of [...rules, ...takeUpBuiltIns(state, builtInsOf(catalog))])
      emitted.push(JSON.stringify(recordOf(one, 0)));
  };
  const feed = (update: MetricUpdate): void => {
    const record = { offset: state.cursor, appendMs: nowMs, update };
    for (const one of apply(state, record, NO_LINKS))
      emitted.push(JSON.stringify(recordOf(one, 0)));
  };
  const of = () => ({
    metric: 'net-sales',
    version: 'v1',
    watermark: nowMs,
    cursors: [{ topic: 'events.x', partition: 0, offset: state.cursor }],
    at: nowMs,
  });
  const tick = (): void =>
    feed({
      kind: 'tick',
      ...of(),
      sources: [{ eventType: EVENTS, watermark: nowMs, events }],
    });
  /** Silence counts while ticks come. */
  const quietTick = (): void => {
    nowMs += MINUTE / 2;
    tick();
  };
  const value = (back: number, store: number, amount: number): void => {
    const start = nowMs - (nowMs % HOUR) - back * HOUR;
    const series = JSON.stringify(['store', `S${store}`]);
    const cell = cells.get(`${series}${start}`) ?? { contributions: 0, sum: 0 };
    cell.contributions++;
    cell.sum += amount * 100;
    cells.set(`${series}${start}`, cell);
    feed({
      kind: 'value',
      ...of(),
      series,
      grain: 'hour',
      start,
      end: start + HOUR,
      accumulators: { ...cell },
      value: formatDecimal(cell.sum, 2),
      state: start + HOUR <= nowMs ? 'revised' : 'open',
      revision: cell.contributions,
      backfilled: false,
    });
  };
  plan();
  tick();
  for (const one of [...history, { kind: 'commit' } as const])
    if (one.kind === 'value') value(one.back, one.series, one.amount);
    else if (one.kind === 'tick') {
      if (one.hasEvents) {
        nowMs += one.minutes * MINUTE;
        events++;
        tick();
      } else for (let i = 0; i < one.minutes * 2; i++) quietTick();
    } else if (one.kind === 'edit') {
      edits.set(one.rule, [...(edits.get(one.rule) ?? []), one.change]);
      plan();
    } else {
      kept = storedAfter(state, kept);
      check(state, kept);
      if (!restarts) continue;
      state = restore(0, kept);
      plan();
    }
  return emitted;
}

/** All of every alert; of a quiet one without the cursors of its last look, which nobody will be told. */
const lookedAt = (state: PartitionState) =>
  [...state.tracks.values()]
    .map(({ alert, nextStartMs, resumeAt, isDormant }) => {
      const { last, episode } = alert;
      const isQuiet = episode === null && !isDormant;
      const told = last && isQuiet ? { ...last, cursors: [] } : last;
      return { alert: { ...alert, last: told }, nextStartMs, resumeAt, isDormant };
    })
    .sort((a, b) => (a.alert.id < b.alert.id ? -1 : 1));

/**
 * What records say, by alert: none decides another, so which of them comes first is not kept. But for the documents: they
 * have the last look, of which a quiet alert stores no cursors.
 */
const saidBy = (records: readonly string[]) =>
  Map.groupBy(
    records.map((record) => {
      const { document: _, ...said } = JSON.parse(record) as {
        readonly document: string;
        readonly id: string;
      };
      return said;
    }),
    ({ id }) => id,
  );

afterEach(() => vi.restoreAllMocks());

test('what several rules saw together is stored once, and gives each alert its last look again', () => {
  fc.assert(
    fc.property(histories, (history) => {
      run(history, (state, kept) => {
        const names = [...kept.fields.keys()];
        const looks = names.filter((name) => name.startsWith('l|'));
        const sightsOf = (...lengths: number[]) =>
          new Set(
            looks
              .map((name) => JSON.parse(kept.fields.get(name) ?? '') as unknown[])
              .filter(({ length }) => lengths.includes(length))
              .map((look) => look.at(-1)),
          );
        expect(sightsOf(2, 4)).toEqual(new Set(names.filter((name) => name.startsWith('v|'))));
        const shared = names.filter((name) => name.startsWith('h|'));
        for (const name of shared) expect(sightsOf(2)).toContain(slotPlace(name).of);
        expect(lookedAt(restore(0, kept))).toEqual(lookedAt(state));
      });
    }),
    RUNS,
  );
});

test('an alert that rests is the same whether it was looked at or only glanced at', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const states: unknown[] = [];
      const note = (state: PartitionState): void => void states.push(lookedAt(state));
      const glanced = { emitted: run(history, note), states: states.splice(0) };
      const rest = vi.spyOn(Track.prototype, 'rest', 'get').mockReturnValue(null);
      const looked = { emitted: run(history, note), states };
      rest.mockRestore();
      expect(glanced).toEqual(looked);
    }),
    RUNS,
  );
});

test('an alert goes on from what was stored as if nobody had begun anew', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const states: unknown[] = [];
      const note = (state: PartitionState): void => void states.push(lookedAt(state));
      const through = { emitted: saidBy(run(history, note)), states: states.splice(0) };
      const begun = { emitted: saidBy(run(history, note, true)), states };
      expect(begun).toEqual(through);
    }),
    RUNS,
  );
});
