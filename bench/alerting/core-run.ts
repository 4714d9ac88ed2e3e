import type { MetricUpdate, ValueUpdate } from '../../services/kernel/update.ts';
import { rulesOf } from '../../services/alerting/adapters/rules.ts';
import { NO_LINKS } from '../../services/alerting/core/alert/message.ts';
import { apply } from '../../services/alerting/core/partition/partition.ts';
import { PartitionState } from '../../services/alerting/core/partition/partition-state.ts';
import { replan } from '../../services/alerting/core/partition/replan.ts';
import { takeUpBuiltIns } from '../../services/alerting/core/partition/watch-itself.ts';
import { builtInsOf } from '../../services/alerting/core/plan/built-ins.ts';
import { formatDecimal } from '../../services/kernel/decimal.ts';
import { HOUR_MS, SECOND_MS } from '../../services/kernel/time.ts';
import { answerProfiling } from '../support/profile.ts';
import { receiveTask, tellParent, toldToStop } from '../support/child.ts';
import { PARTITIONS } from '../support/world.ts';
import { ALL_BREACH_FROM, alertingCatalog, METRIC_VERSION, metricId, seriesOf } from './catalog.ts';

/** One metric with so many series, and so many rules that look at each of them whenever it changes. */
export type CoreTask = {
  readonly series: number;
  readonly rules: number;
  /** Evaluations that each figure is of, at least. */
  readonly evaluations: number;
};
/** Microseconds of CPU per rule and series; writing what changed as the store keeps it is part of the first three. */
export type CoreRun = Omit<CoreTask, 'evaluations'> & {
  /** A value changed: each rule looks at the window that it is news of. */
  readonly update: number;
  /** The watermark passed the window's end. */
  readonly close: number;
  /** The window breaches: an episode opens, with the message to its owner. */
  readonly breach: number;
  /** A second of the log went by, in which nothing is due. */
  readonly second: number;
  /** Alerts that should have fired and did not, or fired without cause, or not exactly once. */
  readonly wrong: number;
};

/** A commit gathers about as much. */
const RECORDS_PER_COMMIT = 200;
const HOOKS = { webhookUrl: 'http://hook', otherUrl: 'http://other' };
const T0 = 1_700_000_400_000 - (1_700_000_400_000 % HOUR_MS);
const WARM_UP_SHARE = 0.5;
const SECONDS = 20;

const microsOf = (work: () => number): number => {
  const before = process.cpuUsage();
  const evaluations = work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / evaluations;
};

export function measureCore({ series, rules, evaluations }: CoreTask): CoreRun {
  const catalog = alertingCatalog({ metrics: 1, rulesPerMetric: rules, ...HOOKS });
  const state = new PartitionState(1, { cursor: 0, activeFrom: 0, logMs: 0, awakeMs: 0 });
  takeUpBuiltIns(state, builtInsOf(catalog));
  replan(state, rulesOf(catalog).plans);
  const keys = Array.from({ length: series }, (_, i) => seriesOf(i));
  const cursors = Array.from({ length: PARTITIONS }, (_, partition) => ({
    topic: 'events.com.example.bench.order',
    partition,
    offset: 1_000_000,
  }));
  let appendMs = T0;
  let round = 0;
  let pending = 0;
  const fired = new Map<string, number>();

  const feed = (update: MetricUpdate): void => {
    const record = { offset: state.cursor, appendMs, update };
    for (const { alert, transition } of apply(state, record, NO_LINKS))
      if (transition.kind === 'firing') fired.set(alert.id, (fired.get(alert.id) ?? 0) + 1);
    if (++pending >= RECORDS_PER_COMMIT) commit();
  };
  const commit = (): void => {
    state.takeChanges();
    pending = 0;
  };
  const valueOf = (key: string, hour: number, cents: number): ValueUpdate => ({
    kind: 'value',
    metric: metricId(0),
    version: METRIC_VERSION,
    series: key,
    grain: 'hour',
    start: T0 + hour * HOUR_MS,
    end: T0 + (hour + 1) * HOUR_MS,
    accumulators: { contributions: ++round, sum: cents },
    value: formatDecimal(cents, 2),
    state: 'open',
    revision: 0,
    backfilled: false,
    watermark: T0 + hour * HOUR_MS,
    cursors,
    at: appendMs,
  });
  const updates = (hour: number, wanted: number, cents: number): number => {
    let done = 0;
    while (done < wanted)
      for (const key of keys) {
        feed(valueOf(key, hour, cents));
        done += rules;
      }
    commit();
    return done;
  };
  const tick = (hour: number): number => {
    appendMs = T0 + hour * HOUR_MS;
    const place = { metric: metricId(0), version: METRIC_VERSION, cursors, at: appendMs };
    feed({ kind: 'tick', ...place, watermark: T0 + hour * HOUR_MS });
    commit();
    return series * rules;
  };
  const seconds = (): number => {
    for (let i = 0; i < SECONDS; i++) {
      appendMs += SECOND_MS;
      feed({ kind: 'clock', watermark: appendMs, at: appendMs, commands: 0 });
    }
    commit();
    return SECONDS * series * rules;
  };
  /** Whole hours: cells come, then the watermark passes them. */
  const closings = (from: number, wanted: number): { micros: number; next: number } => {
    let [hour, done, micros] = [from, 0, 0];
    while (done < wanted) {
      updates(hour, 1, 100);
      micros += microsOf(() => tick(hour + 1)) * series * rules;
      done += series * rules;
      hour++;
    }
    return { micros: micros / done, next: hour };
  };

  const hasBegun = 0;
  tick(hasBegun);
  updates(hasBegun, evaluations * WARM_UP_SHARE, 100);
  const update = microsOf(() => updates(hasBegun, evaluations, 100));
  const warm = closings(hasBegun, evaluations * WARM_UP_SHARE);
  const { micros: close, next } = closings(warm.next, evaluations);
  seconds();
  const second = microsOf(seconds);
  const before = fired.size;
  const breach = microsOf(() => updates(next, 1, 100 * ALL_BREACH_FROM));
  const right = [...fired.values()].filter((times) => times === 1).length;
  const wrong = before + fired.size - right + Math.abs(series * rules - fired.size);
  return { series, rules, update, close, breach, second, wrong };
}

async function run(task: CoreTask): Promise<void> {
  answerProfiling();
  tellParent({ kind: 'done', ...measureCore(task) });
  await toldToStop();
  process.disconnect?.();
}

if (import.meta.main) await run(await receiveTask<CoreTask>());
