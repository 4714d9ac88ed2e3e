import { compareDecimals, parseDecimal } from '../../../kernel/decimal.ts';
import { labelsOf } from '../../../kernel/series.ts';
import { policyOf } from './condition.ts';
import { episodeId, stepMsOf } from './episode.ts';
import type { AlertState, Began, Check, Episode } from './episode.ts';
import { beginEscalation } from './escalation.ts';
import { basisOf } from './history.ts';
import type { Context } from './message.ts';
import { NO_EPISODE_OVERLAY } from '../overlay/overlay.ts';
import type { RulePlan } from '../plan/plan.ts';

/** The alert with an open episode; one that is open already goes on. */
export function opened(state: AlertState, check: Check, context: Context): AlertState {
  const { plan, input } = context;
  const startedAtMs = state.machine.activeAtMs ?? check.atMs;
  const isFiring = state.machine.condition === 'firing';
  const { historyFromMs } = state;
  const startMs = stepMsOf(check);
  const opening = { startMs, historyFromMs, activeAtMs: startedAtMs };
  const episode: Episode = state.episode ?? {
    id: episodeId(state.id, { windowMs: startMs, offset: input.offset }),
    startedAtMs,
    firedAtMs: null,
    endedAtMs: null,
    outcome: null,
    historyFromMs,
    basisFromMs: startMs,
    lastWindowMs: startMs,
    breached: null,
    worst: null,
    recovered: null,
    route: null,
    messages: [],
    deliveries: {},
    rounds: 0,
    repeats: 0,
    toldAtMs: null,
    toldAs: null,
    isOld: check.window.endMs <= state.bornMs,
    overlay: NO_EPISODE_OVERLAY,
    escalation: null,
  };
  const route = plan.routeOf(labelsOf(state.series), check.atMs, context.logMs);
  // Of a silence there may be no next window.
  const sinceMs = episode.isOld && isFiring ? null : context.logMs;
  const burning = isFiring && episode.firedAtMs === null;
  const { begunBy, ...begun } = episode;
  const { pendedBy: _, ...alert } = state;
  const by = begunBy ?? (state.episode ? undefined : beganBy(state, check));
  return {
    ...alert,
    last: state.episode ? state.last : toldFrom(state, check),
    episode: {
      ...begun,
      ...(by && !isFiring ? { begunBy: by } : {}),
      route,
      ...(burning
        ? {
            firedAtMs: check.atMs,
            firedBy: check,
            firedUnder: beganBy(state, check).under,
            ...(state.machine.for ? { for: state.machine.for } : {}),
            breached: check.value,
            worst: check.value,
            basisFromMs: basisOf(state.slots, opening, policyOf(state.machine, plan.rule)),
          }
        : {}),
      escalation: episode.escalation ?? beginEscalation(route.escalation, sinceMs),
    },
  };
}

/**
 * The last look, which may be told from now on, where an older window opens the episode. Its own says the same at the cursors
 * of this check, else it would have been looked at since; those that it had are not kept while all is well (core/partition/look-fields.ts).
 */
export const toldFrom = ({ last }: Pick<AlertState, 'last'>, { cursors }: Check): Check | null =>
  last && { ...last, cursors };

export const beganBy = ({ ruleVersion, metricVersion }: AlertState, check: Check): Began => {
  return { check, under: { ruleVersion, metricVersion } };
};

/** Notes the worst value of a burning episode: the one farthest on the side of the breach. */
export function noted(episode: Episode | null, check: Check, plan: RulePlan): Episode | null {
  if (!episode || episode.firedAtMs === null || check.value === null || !plan.threshold)
    return episode;
  const value = parseDecimal(check.value);
  const worst = episode.worst === null ? undefined : parseDecimal(episode.worst);
  if (!value || (worst && !isWorse(compareDecimals(value, worst), plan.threshold.breachIs)))
    return episode;
  return { ...episode, worst: check.value };
}

const isWorse = (order: number, breachIs: 'below' | 'above'): boolean =>
  breachIs === 'below' ? order < 0 : order > 0;
