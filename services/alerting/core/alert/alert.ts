import type { EpisodeOutcome, TransitionKind } from '../../../kernel/alert.ts';
import type { Severity } from '../../../kernel/definitions.ts';
import { assertNever } from '../../../kernel/result.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import { policyOf, step } from './condition.ts';
import type { Machine, MoveReason, Policy } from './condition.ts';
import { stepMsOf } from './episode.ts';
import type { AlertState, Check, Episode, MessageKind, Slot } from './episode.ts';
import { restarted } from './escalation.ts';
import { absencesAt, breachesUpTo, refold, slotAt, slotOf, withSlot } from './history.ts';
import { isKnown, laidDown } from './kept-episodes.ts';
import { endedEpisode } from './message.ts';
import type { Context } from './message.ts';
import { notify } from './notify.ts';
import { isPartial, isPast, stands } from './open-window.ts';
import type { Telling } from './notify.ts';
import { beganBy, noted, opened } from './opened.ts';
import { pastBreach } from './past-breach.ts';
import { memoryMs } from '../plan/plan.ts';
import type { RulePlan } from '../plan/plan.ts';
import { also, recorded } from './recorded.ts';
import type { Reduced } from './recorded.ts';
import { isGraver, severityIn } from './severity.ts';
import { unacknowledged } from '../overlay/obey.ts';

/** An alert stays as it is. */
const unchanged = (state: AlertState): Reduced => ({ state, transitions: NONE });
const NONE: Reduced['transitions'] = [];

/**
 * An alert after one check of one window. Pure: the same state, check and context give the same state, transitions and
 * messages, ids included.
 * - A window that is judged for the first time, or is still open, moves the condition (core/condition.ts).
 * - A closed window whose verdict late data changed either takes its episode back (one correction to all who were told),
 *   or moves the condition where it is the newest window, or is recorded, and told within the rule's lateness.
 */
export function reduce(state: AlertState, check: Check, context: Context): Reduced {
  const known = remember(state, check, context.plan);
  const before = slotAt(state.slots, stepMsOf(check));
  if (!before?.isClosed)
    return isPast(known, check, context.plan) && !isNewBreach(before, check)
      ? unchanged(known)
      : advance(known, check, context);
  if (before.verdict === check.verdict)
    return unchanged(withEpisode(known, noted(known.episode, check, context.plan)));
  return revise(known, { before, check }, context);
}

const withEpisode = (state: AlertState, episode: Episode | null): AlertState =>
  episode === state.episode ? state : { ...state, episode };

const isNewBreach = (before: Slot | undefined, check: Check): boolean =>
  check.verdict === 'breach' && before?.verdict !== 'breach';

/** The alert knowing this window, without acting on it: for windows of before its rule, or before a loss. */
export const remember = (state: AlertState, check: Check, plan: RulePlan): AlertState => ({
  ...state,
  severity: severityIn(plan.rule, state.machine),
  slots: withSlot(state.slots, slotOf(check), {
    forgetBeforeMs: check.watermarkMs - memoryMs(plan),
    policy: plan.rule,
  }),
  last: isPassed(state, check) || stands(state, check, plan) ? state.last : check,
});

const isPassed = ({ last }: AlertState, check: Check): boolean =>
  last !== null && stepMsOf(last) > stepMsOf(check);

/** Moves the condition by a check that the alert knows already. */
export function advance(state: AlertState, check: Check, context: Context): Reduced {
  const rule = policyOf(state.machine, context.plan.rule);
  const { verdict, atMs } = check;
  const breaches = breachesOf(state, check, rule);
  const absent = absencesAt(state.slots, { startMs: stepMsOf(check), verdict }, rule);
  const isPart = isPartial(state, check, context.plan);
  const seenAs = { verdict, atMs, breaches, ...absent, isPartial: isPart };
  const { machine, reason } = step(state.machine, seenAs, rule);
  const seen = noted(state.episode, check, context.plan);
  const episode = seen && !isPart ? awakened(seen, check, context.logMs) : seen;
  // Most looks find that all is well, as before.
  const isSame = machine === state.machine && episode === state.episode;
  const severity = severityIn(context.plan.rule, machine);
  const next = isSame ? state : { ...state, machine, episode, severity };
  return reason === undefined ? unchanged(next) : moved(next, { check, reason }, context);
}

/** Only rules that ask for M of N are told how many. */
const breachesOf = ({ slots, historyFromMs }: AlertState, check: Check, policy: Policy): number =>
  policy.for && 'of' in policy.for
    ? breachesUpTo(slots, { startMs: stepMsOf(check), historyFromMs }, policy)
    : 0;

/** What was red before its rule was escalates from the next window on that shows it. */
function awakened(episode: Episode, check: Check, logMs: EpochMs): Episode {
  const { escalation, lastWindowMs } = episode;
  if (escalation?.sinceMs !== null || stepMsOf(check) <= lastWindowMs) return episode;
  return { ...episode, escalation: { ...escalation, sinceMs: logMs } };
}

function moved(
  state: AlertState,
  move: { check: Check; reason: MoveReason },
  context: Context,
): Reduced {
  const { check, reason } = move;
  const { condition } = state.machine;
  switch (condition) {
    case 'firing':
      if (isRise(state))
        return moved(
          { ...state, episode: unacknowledged(state.episode, context.logMs) },
          move,
          context,
        );
      if (state.episode && reason === 'breach_again' && state.episode.firedAtMs !== null)
        return onceMore(state, move, context);
      return begun(opened(state, check, context), move, context);
    case 'nodata':
      return told(opened(state, check, context), { kind: 'nodata', reason, check }, context);
    case 'recovering':
      return recorded(
        { ...state, episode: state.episode && { ...state.episode, recovered: check.value } },
        { kind: 'recovering', reason, check },
        context.logMs,
      );
    case 'ok':
    case 'pending': {
      const kind = condition === 'ok' ? 'cleared' : 'pending';
      if (!state.episode) {
        const pends = condition === 'pending' ? { pendedBy: beganBy(state, check) } : {};
        return recorded({ ...state, ...pends }, { kind, reason, check }, context.logMs);
      }
      const outcome: EpisodeOutcome =
        reason === 'recovered' || reason === 'missing_series' ? reason : 'data_returned';
      return ended(state, { outcome, kind: 'resolved', check }, context);
    }
    default:
      return assertNever(condition);
  }
}

/** Somebody saw to what was less grave: a lack of data that turns out to be a breach. */
const isRise = (state: AlertState): state is AlertState & { readonly episode: Episode } =>
  state.episode?.overlay.ack != null && isGraverThanTold(state.severity, state.episode);

/** Graver than its people were ever told of it: a gap of lesser gravity between two breaches makes nothing new of the second. */
const isGraverThanTold = (severity: Severity, { severities, toldSeverity }: Episode): boolean =>
  toldSeverity !== undefined &&
  [toldSeverity, ...(severities ?? [])].every((told) => isGraver(severity, told));

/** The first firing of an episode; what was red before its rule was says so. */
function begun(
  state: AlertState,
  { check, reason }: { check: Check; reason: MoveReason },
  context: Context,
): Reduced {
  const why = state.episode?.isOld && reason === 'breach' ? 'already_breached' : reason;
  return told(state, { kind: 'firing', reason: why, check }, context);
}

/**
 * Back to firing within an episode: its people know, unless they were told meanwhile that there is no data, or it has
 * become graver. Of what is graver the escalation begins anew.
 */
function onceMore(
  state: AlertState,
  { check, reason }: { check: Check; reason: MoveReason },
  context: Context,
): Reduced {
  // By what was decided, never by what was delivered: that comes when it comes, and is no part of the log.
  const firing = { kind: 'firing', reason, check } as const;
  const { episode, severity } = state;
  if (episode && isGraverThanTold(severity, episode)) {
    const escalation = restarted(episode.escalation, context.logMs);
    return told({ ...state, episode: { ...episode, escalation } }, firing, context);
  }
  const wasSilent = episode?.toldAs === 'nodata';
  return wasSilent ? told(state, firing, context) : recorded(state, firing, context.logMs);
}

/** Records it, and tells everyone whom it concerns unless the overlay withholds it; that is recorded too. */
export function told(
  state: AlertState,
  what: Pick<Telling, 'reason' | 'check' | 'step'> & { kind: MessageKind & TransitionKind },
  context: Context,
): Reduced {
  const { episode } = state;
  if (!episode) return recorded(state, what, context.logMs);
  const next = notify({ ...what, alert: state, episode }, context);
  const reduced = recorded({ ...state, episode: next }, what, context.logMs);
  const { mutedBy } = next.overlay;
  if (mutedBy === null || episode.overlay.mutedBy !== null) return reduced;
  const silenced = { kind: 'silenced', reason: mutedBy, check: what.check } as const;
  return also(reduced, (after) => recorded(after, silenced, context.logMs));
}

/** Ends the open episode and tells everyone to whom its end is owed. */
function ended(
  state: AlertState,
  end: { outcome: EpisodeOutcome; kind: 'resolved' | 'corrected'; check: Check },
  context: Context,
): Reduced {
  const { episode } = state;
  if (!episode) return unchanged(state);
  const { check, kind, outcome } = end;
  const closed = endedEpisode(episode, {
    outcome,
    atMs: check.atMs,
    // Taken back, it stood on all windows up to now; else on those up to the one that ends it.
    lastWindowMs: Math.max(
      stepMsOf(check),
      outcome === 'retracted' && state.last ? stepMsOf(state.last) : 0,
    ),
    value: check.value,
  });
  const last = notify({ kind, alert: state, episode: closed, check, reason: outcome }, context);
  const next: AlertState = {
    ...state,
    episode: null,
    historyFromMs: outcome === 'retracted' ? state.historyFromMs : nextHistoryMs(check),
  };
  return laidDown(recorded(next, { kind, reason: outcome, check }, context.logMs), last);
}

/** Where the history of the next episode begins: an open window may still breach again, and then counts for it. */
const nextHistoryMs = (check: Check): EpochMs =>
  check.window.state === 'open' ? stepMsOf(check) : check.window.endMs;

/** Late data changed the verdict of a closed window. */
function revise(
  state: AlertState,
  change: { before: Slot; check: Check },
  context: Context,
): Reduced {
  const { before, check } = change;
  const startMs = stepMsOf(check);
  if (before.verdict === 'breach' || before.verdict === 'absent') {
    const retracted = retract(state, check, context);
    if (retracted) return retracted;
  }
  if (state.slots.at(-1)?.startMs === startMs) return advance(state, check, context);
  const past = pastBreach(state, check, context);
  if (past) return past;
  const reason = `${before.verdict}_to_${check.verdict}`;
  return recorded(state, { kind: 'revised', reason, check }, context.logMs);
}

/** Takes back the episode that this window was part of, if with what is known now it would never have fired. */
function retract(state: AlertState, check: Check, context: Context): Reduced | undefined {
  const startMs = stepMsOf(check);
  const { watermarkMs } = check;
  const { plan } = context;
  const { episode, slots } = state;
  if (episode && isKnown(episode, slots) && startMs >= episode.basisFromMs) {
    const range = { fromMs: episode.historyFromMs, toMs: Infinity, watermarkMs };
    const policy = policyOf(state.machine, plan.rule);
    const folded = refold(state.slots, { ...range, plan }, policy);
    if (folded.hasFired) return undefined;
    const machine: Machine = folded.machine;
    const end = { outcome: 'retracted', kind: 'corrected', check } as const;
    return ended({ ...state, machine }, end, context);
  }
  const past = state.ended.find(
    (one) =>
      one.outcome !== 'retracted' &&
      startMs >= one.basisFromMs &&
      startMs <= one.lastWindowMs &&
      isKnown(one, slots),
  );
  if (!past) return undefined;
  const range = { fromMs: past.historyFromMs, toMs: past.lastWindowMs, watermarkMs };
  const policy = past.for ? { ...plan.rule, for: past.for } : plan.rule;
  if (refold(slots, { ...range, plan }, policy).hasFired) return undefined;
  const taken: Episode = { ...past, outcome: 'retracted' };
  const correction = { kind: 'corrected', check, reason: 'retracted' } as const;
  const corrected = notify({ ...correction, alert: state, episode: taken }, context);
  const next = {
    ...state,
    ended: state.ended.map((one) => (one.id === past.id ? corrected : one)),
  };
  return recorded(next, { kind: 'corrected', reason: 'retracted', check }, context.logMs);
}
