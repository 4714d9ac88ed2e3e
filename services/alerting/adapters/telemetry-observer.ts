import { CONDITIONS } from '../../kernel/alert.ts';
import type { Logger } from '../../platform/logger.ts';
import { LATENCY_BUCKETS } from '../../platform/telemetry.ts';
import type { Telemetry } from '../../platform/telemetry.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { AlertState } from '../core/alert/episode.ts';
import type { degradedRules, Evaluations } from '../core/partition/evaluations.ts';
import { inconclusiveOf } from '../core/partition/inconclusive.ts';
import { overdueEscalations } from '../core/alert/escalation.ts';
import type { AlertingObserver } from '../ports.ts';

export type AlertingTelemetry = AlertingObserver & {
  /** Sets the gauges: called when telemetry is read. */
  readonly watch: (of: {
    readonly alerts: () => Iterable<AlertState>;
    readonly waiting: () => number;
    readonly now: () => EpochMs;
  }) => void;
  readonly countRules: (of: { readonly unhealthy: number; readonly paused: number }) => void;
  /** As `watch`, of the rules and their sources. */
  readonly watchRules: (of: RulesWatched) => void;
};
export type RulesWatched = {
  readonly evaluations: () => ReadonlyMap<string, Evaluations>;
  readonly degraded: () => ReturnType<typeof degradedRules>;
  readonly silentSources: () => ReadonlySet<string>;
};

export function telemetryObserver(telemetry: Telemetry, logger: Logger): AlertingTelemetry {
  const records = telemetry.counter('alert_updates_total', 'Updates that a rule read.');
  const transitions = telemetry.counter('alert_transitions_total', 'Transitions of alerts.');
  const deliveries = telemetry.counter(
    'deliveries_total',
    'Attempts at delivering a message, by what came of them.',
    ['receiver', 'outcome'],
  );
  const latency = telemetry.histogram(
    'breach_to_notification_seconds',
    'From the publication of the value that shows a breach to the delivery of its message.',
    { buckets: LATENCY_BUCKETS },
  );
  const reloads = telemetry.counter(
    'alert_reloads_total',
    'Times that a partition of alerts was loaded from what is stored.',
  );
  const unhealthy = telemetry.gauge(
    'alert_rules_unhealthy',
    'Rules that cannot be judged; /v1/alerts says why.',
  );
  const paused = telemetry.gauge(
    'alert_rules_paused',
    'Rules whose definition says paused: nothing is judged by them.',
  );
  return {
    evaluated(count, moved) {
      records.inc(count);
      transitions.inc(moved);
    },
    attempted({ receiver, outcome, firingLatencyMs }) {
      deliveries.inc({ receiver, outcome });
      if (firingLatencyMs !== undefined) latency.observe(Math.max(0, firingLatencyMs) / 1000);
    },
    reloaded(partition, reason) {
      reloads.inc();
      if (reason instanceof Error)
        logger.warn({ partition, err: reason }, 'alerts are loaded anew');
      else logger.debug({ partition, reason }, 'alerts are loaded');
    },
    crashed: (error) => logger.warn({ err: error }, 'alerting lost Kafka and tries again'),
    countRules(of) {
      unhealthy.set(of.unhealthy);
      paused.set(of.paused);
    },
    watchRules: (of) => watchRules(telemetry, of),
    watch({ alerts, waiting, now }) {
      const open = telemetry.gauge('alerts', 'Alerts of this process by condition.', ['state']);
      Object.assign(open, {
        collect() {
          const counts = new Map<string, number>(CONDITIONS.map((condition) => [condition, 0]));
          for (const { machine } of alerts())
            counts.set(machine.condition, (counts.get(machine.condition) ?? 0) + 1);
          for (const [state, count] of counts) open.set({ state }, count);
        },
      });
      const inconclusive = telemetry.gauge(
        'rule_series_inconclusive',
        'Series of the rule whose last window says nothing: too few events, a silent source, history that was filled in.',
        ['rule'],
      );
      Object.assign(inconclusive, {
        collect() {
          inconclusive.reset();
          for (const [rule, count] of inconclusiveOf(alerts())) inconclusive.set({ rule }, count);
        },
      });
      const overdue = telemetry.gauge(
        'escalation_overdue',
        'Alerts that burn unacknowledged and whose escalation is more than a minute late or had a step that reached nobody.',
      );
      Object.assign(overdue, {
        collect: () => overdue.set(overdueEscalations(alerts(), now()).length),
      });
      const owed = telemetry.gauge('deliveries_waiting', 'Messages that are not settled yet.');
      Object.assign(owed, { collect: () => owed.set(waiting()) });
    },
  };
}

function watchRules(telemetry: Telemetry, of: RulesWatched): void {
  const expected = telemetry.gauge(
    'rule_evaluations_expected',
    'Series of the rule whose windows are to be judged by now.',
    ['rule'],
  );
  const done = telemetry.gauge(
    'rule_evaluations_done',
    'Of these, series whose windows are judged. Fewer than expected: the data is too old, or evaluation stands still.',
    ['rule'],
  );
  // Both are read at one time: a difference between them is one that there is.
  Object.assign(expected, {
    collect() {
      expected.reset();
      done.reset();
      for (const [rule, one] of of.evaluations()) {
        expected.set({ rule }, one.expected);
        done.set({ rule }, one.done);
      }
    },
  });
  const degraded = telemetry.gauge(
    'rule_degraded',
    '1 for each rule that is judged only in part, and why; /v1/alerts says more.',
    ['rule', 'reason'],
  );
  Object.assign(degraded, {
    collect() {
      degraded.reset();
      for (const { rule, reason } of of.degraded()) degraded.set({ rule, reason }, 1);
    },
  });
  const silent = telemetry.gauge(
    'source_silent',
    '1 for each event type that has been without an event for its idle time-out.',
    ['event_type'],
  );
  Object.assign(silent, {
    collect() {
      silent.reset();
      for (const eventType of of.silentSources()) silent.set({ event_type: eventType }, 1);
    },
  });
}
