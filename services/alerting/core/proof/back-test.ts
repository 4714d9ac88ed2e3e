import type { EpisodeOutcome } from '../../../kernel/alert.ts';
import { MINUTE_MS } from '../../../kernel/time.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { MetricUpdate, ValueUpdate } from '../../../kernel/update.ts';
import type { Verdict } from '../alert/condition.ts';
import { stepMsOf } from '../alert/episode.ts';
import type { Check, Episode, MessageKind } from '../alert/episode.ts';
import { noteDelivery, owedOf } from '../alert/lifecycle.ts';
import { NO_LINKS } from '../alert/message.ts';
import { apply } from '../partition/partition.ts';
import type { Emitted } from '../partition/partition.ts';
import { PartitionState } from '../partition/partition-state.ts';
import type { Track } from '../partition/track.ts';
import { cellMemoryMs, pastMemoryMs } from '../plan/plan.ts';
import type { Route, RulePlan } from '../plan/plan.ts';
import { recall } from '../values/recall.ts';
import type { HistoryCell } from '../values/recall.ts';

/** An episode that the rule would have had. */
export type TestedEpisode = Pick<
  Episode,
  'startedAtMs' | 'firedAtMs' | 'endedAtMs' | 'breached' | 'worst' | 'recovered'
> & {
  readonly series: string;
  readonly outcome: EpisodeOutcome | null;
  readonly route: Route | null;
  readonly messages: readonly { readonly receiver: string; readonly kind: MessageKind }[];
};
/** A breach that did not last: nobody would have heard of it. */
export type NearMiss = {
  readonly series: string;
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
};
export type TestedSeries = {
  readonly episodes: readonly TestedEpisode[];
  readonly nearMisses: readonly NearMiss[];
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Start of the first window of the range that could be judged; null where there is none. */
  readonly judgedFromMs: EpochMs | null;
};

/** Where reading must begin, so that everything that a window of the range is judged by is there. */
export const historyFromMs = (plan: RulePlan, fromMs: EpochMs): EpochMs =>
  warmFromMs(plan, fromMs) - pastMemoryMs(plan);
const warmFromMs = (plan: RulePlan, fromMs: EpochMs): EpochMs => fromMs - cellMemoryMs(plan);

/**
 * What the rule would have done to one series, had it been switched on at `fromMs` and every event of a window come
 * before it closed. The core that judges live runs over the windows as they are known now, one after the other; each
 * message counts as delivered at once. Law: over a stretch without late data its episodes are those that really were
 * (test/integration/alerting/back-test.test.ts).
 * @param range `toMs` not after the metric's watermark   @param cells of the series from `historyFromMs` on, closed
 * @param of.onCheck told every window of the range as it was judged
 * @yields the end of each window of the range once it was judged: whoever runs it may do something else meanwhile
 */
export function* backTestSeries(
  plan: RulePlan,
  range: { readonly fromMs: EpochMs; readonly toMs: EpochMs },
  of: {
    readonly series: string;
    readonly cells: readonly HistoryCell[];
    readonly onCheck?: (check: Check) => void;
  },
): Generator<EpochMs, TestedSeries> {
  const warmMs = warmFromMs(plan, range.fromMs);
  const cells = of.cells.toSorted((a, b) => a.end - b.end);
  const warmUp = [...updatesOf(plan, cells, { fromMs: warmMs, toMs: range.fromMs })];
  const start = { cursor: 0, activeFrom: warmUp.length + 1, logMs: 0, awakeMs: 0 };
  const state = new PartitionState(0, start);
  state.usePlans([plan]);
  const { metric, grain } = plan;
  const bounds = { fromMs: warmMs - pastMemoryMs(plan), toMs: warmMs };
  const missing = { memory: plan.memory, metric, grain, ...bounds, plans: [plan] };
  if (plan.lookBacks.length > 0)
    recall(
      state,
      missing,
      cells.filter(({ end }) => end <= warmMs),
    );
  const seen = note(of.onCheck);
  const feed = (update: MetricUpdate): void => {
    const record = { offset: state.cursor, appendMs: update.at, update };
    seen.emitted(apply(state, record, NO_LINKS));
    for (const track of state.tracks.values()) settle(state, track);
  };
  feed(tickAt(plan, warmMs));
  for (const update of warmUp) feed(update);
  let clockMs = range.fromMs;
  for (const update of updatesOf(plan, cells, range)) {
    clockMs = remindUntil(plan, { state, feed, clockMs, toMs: update.at });
    feed(update);
    if (update.kind !== 'tick') continue;
    for (const { alert } of state.tracks.values()) seen.judged(alert.last);
    yield update.at;
  }
  return seen.result(of.series);
}

/** The log as it would have been: cells as they close, and a tick for every window, with or without cells. */
function* updatesOf(
  plan: RulePlan,
  cells: readonly HistoryCell[],
  { fromMs, toMs }: { fromMs: EpochMs; toMs: EpochMs },
): Iterable<MetricUpdate> {
  const { calendar, rule } = plan;
  let next = cells.findIndex(({ end }) => end > fromMs);
  if (next === -1) next = cells.length;
  let step = calendar.stepAt(rule.window, fromMs);
  for (; step.endMs <= toMs; step = calendar.stepAt(rule.window, step.endMs)) {
    for (; next < cells.length && (cells[next] as HistoryCell).end <= step.endMs; next++)
      yield valueOf(plan, cells[next] as HistoryCell, step.endMs);
    yield tickAt(plan, step.endMs);
  }
}

const valueOf = ({ metric, grain }: RulePlan, cell: HistoryCell, atMs: EpochMs): ValueUpdate => ({
  kind: 'value',
  metric: metric.id,
  version: metric.version,
  grain,
  ...cell,
  backfilled: false,
  watermark: atMs,
  cursors: [],
  at: atMs,
});

const tickAt = ({ metric }: RulePlan, atMs: EpochMs): MetricUpdate => ({
  kind: 'tick',
  metric: metric.id,
  version: metric.version,
  watermark: atMs,
  cursors: [],
  at: atMs,
});

/** While it fires, time goes on for what is said again. @returns up to where it went */
function remindUntil(
  plan: RulePlan,
  at: {
    state: PartitionState;
    feed: (update: MetricUpdate) => void;
    clockMs: EpochMs;
    toMs: EpochMs;
  },
): EpochMs {
  const { repeatMs } = plan.rule.notify;
  if (repeatMs === undefined) return at.toMs;
  const everyMs = Math.max(Math.min(...repeatMs), MINUTE_MS);
  const isFiring = (): boolean =>
    [...at.state.tracks.values()].some(({ alert }) => alert.machine.condition === 'firing');
  for (let ms = at.clockMs + everyMs; ms <= at.toMs && isFiring(); ms += everyMs)
    at.feed({ kind: 'clock', watermark: ms, at: ms, commands: 0 });
  return at.toMs;
}

/** Everything that is owed counts as delivered. */
function settle(state: PartitionState, track: Track): void {
  const atMs = state.logMs;
  for (const { message } of owedOf(track.alert)) {
    const times = { firstAttemptMs: atMs, nextAttemptMs: atMs };
    const delivery = { status: 'delivered', attempts: 1, ...times, detail: '' } as const;
    const noted = noteDelivery(track.alert, { messageId: message.id, delivery, logMs: atMs });
    state.setAlert(track, noted.state);
  }
}

/** Collects what came of it. */
function note(onCheck?: (check: Check) => void) {
  const episodes = new Map<string, Episode>();
  const messages = new Map<string, { episode: string; receiver: string; kind: MessageKind }>();
  const nearMisses: { fromMs: EpochMs; toMs: EpochMs }[] = [];
  const verdicts = { breach: 0, clear: 0, in_band: 0, inconclusive: 0, absent: 0 };
  let pendingMs: EpochMs | null = null;
  let judgedFromMs: EpochMs | null = null;
  let last: unknown;
  return {
    emitted(news: readonly Emitted[]): void {
      for (const { alert, transition, atMs } of news) {
        for (const one of [...alert.ended, ...(alert.episode ? [alert.episode] : [])]) {
          episodes.set(one.id, one);
          for (const { id, receiver, kind } of one.messages)
            messages.set(id, { episode: one.id, receiver, kind });
        }
        if (transition.kind === 'pending') pendingMs = alert.machine.activeAtMs ?? atMs;
        if (transition.reason === 'near_miss')
          nearMisses.push({ fromMs: pendingMs ?? atMs, toMs: alert.last?.atMs ?? atMs });
      }
    },
    judged(check: Check | null): void {
      if (check === null || check === last) return;
      last = check;
      verdicts[check.verdict]++;
      if (check.verdict !== 'inconclusive') judgedFromMs ??= stepMsOf(check);
      onCheck?.(check);
    },
    result: (series: string): TestedSeries => ({
      episodes: [...episodes.values()].map((one) => ({
        series,
        startedAtMs: one.startedAtMs,
        firedAtMs: one.firedAtMs,
        endedAtMs: one.endedAtMs,
        outcome: one.outcome,
        breached: one.breached,
        worst: one.worst,
        recovered: one.recovered,
        route: one.route,
        messages: [...messages.values()]
          .filter(({ episode }) => episode === one.id)
          .map(({ receiver, kind }) => ({ receiver, kind })),
      })),
      nearMisses: nearMisses.map((one) => ({ series, ...one })),
      verdicts,
      judgedFromMs,
    }),
  };
}
