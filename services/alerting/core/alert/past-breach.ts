import { notify } from './notify.ts';
import { OK, step, underPolicy } from './condition.ts';
import type { Machine } from './condition.ts';
import { stepMsOf } from './episode.ts';
import type { AlertState, Check, Episode, Slot } from './episode.ts';
import { absencesAt, basisOf, breachesUpTo } from './history.ts';
import { laidDown } from './kept-episodes.ts';
import { isPartialSlot } from './open-window.ts';
import { endedEpisode } from './message.ts';
import type { Context } from './message.ts';
import { opened, toldFrom } from './opened.ts';
import { also, recorded } from './recorded.ts';
import type { Reduced } from './recorded.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { RulePlan } from '../plan/plan.ts';

const REASON = 'past_window';

/**
 * Late data has shown that a closed window, not the newest one, breaches. Within the rule's lateness it is told, once, where
 * with what is known now the rule would have fired: as an episode that has ended already, or that burns on where its
 * windows reach up to now. While something burns its people know, and what was told as an episode is known too.
 * @returns undefined: to be recorded, no more
 */
export function pastBreach(state: AlertState, check: Check, context: Context): Reduced | undefined {
  const { rule } = context.plan;
  const isInTime = check.window.endMs + (rule.latenessMs ?? 0) > check.watermarkMs;
  if (!isInTime || state.episode || underPolicy(check.verdict, rule) !== 'breach') return undefined;
  const stretch = untoldStretch(state, stepMsOf(check));
  const run = stretch && runWith(state.slots, { ...stretch, check }, context.plan);
  if (!run) return undefined;
  const episode = episodeOf(state, { run, check }, context);
  if (run.end) return overAlready(state, { episode, end: run.end, check }, context);
  if (stretch.toMs !== Infinity) return undefined;
  const burning: AlertState = { ...state, machine: run.machine, last: toldFrom(state, check) };
  const firing = { kind: 'firing', reason: REASON, check } as const;
  const told = notify({ ...firing, alert: burning, episode }, context);
  const reduced = recorded({ ...burning, episode: told }, firing, context.logMs);
  return withSilenced(reduced, { mutedBy: told.overlay.mutedBy, check }, context);
}

type Stretch = { readonly fromMs: EpochMs; readonly toMs: EpochMs };

/** The windows around this one of which no episode was told; undefined where it lies in one. */
function untoldStretch({ ended }: AlertState, startMs: EpochMs): Stretch | undefined {
  let [fromMs, toMs] = [0, Infinity];
  for (const { outcome, basisFromMs, lastWindowMs } of ended) {
    if (outcome === 'retracted') continue;
    if (lastWindowMs < startMs) fromMs = Math.max(fromMs, lastWindowMs + 1);
    else if (basisFromMs > startMs) toMs = Math.min(toMs, basisFromMs - 1);
    else return undefined;
  }
  return { fromMs, toMs };
}

/** From the firing to its end, as the machine would have gone. */
type Run = Fired & {
  /** After the last window of the stretch. */
  readonly machine: Machine;
  readonly end: End | null;
};
type Fired = {
  readonly historyFromMs: EpochMs;
  readonly basisMs: EpochMs;
  readonly firedAtMs: EpochMs;
  readonly fired: Machine;
};
type End = { readonly slot: Slot; readonly atMs: EpochMs };

/** The run of the machine that stands on this window, among those of the stretch. */
function runWith(
  slots: readonly Slot[],
  { fromMs, toMs, check }: Stretch & { readonly check: Check },
  plan: RulePlan,
): Run | undefined {
  const { rule } = plan;
  const soughtMs = stepMsOf(check);
  let machine = OK;
  let historyFromMs = fromMs;
  let run: Fired | undefined;
  for (const slot of slots) {
    const { startMs, endMs, verdict } = slot;
    if (startMs < fromMs || startMs > toMs) continue;
    const atMs = Math.max(startMs, Math.min(endMs, check.watermarkMs));
    const breaches = breachesUpTo(slots, { startMs, historyFromMs }, rule);
    const absent = absencesAt(slots, slot, rule);
    const isPartial = isPartialSlot(slot, plan);
    machine = step(machine, { verdict, atMs, breaches, ...absent, isPartial }, rule).machine;
    if (run && !machine.hasFired) {
      if (run.basisMs <= soughtMs && soughtMs <= startMs)
        return { ...run, machine, end: { slot, atMs } };
      run = undefined;
      historyFromMs = endMs;
    } else if (!run && machine.condition === 'firing') {
      const opening = { startMs, historyFromMs, activeAtMs: machine.activeAtMs ?? atMs };
      const basisMs = basisOf(slots, opening, rule);
      run = { historyFromMs, basisMs, firedAtMs: atMs, fired: machine };
    }
  }
  return run && run.basisMs <= soughtMs ? { ...run, machine, end: null } : undefined;
}

/** As it would have been opened in its time; told by the window that came late. */
function episodeOf(
  state: AlertState,
  { run, check }: { run: Run; check: Check },
  context: Context,
): Episode {
  const { fired: machine, historyFromMs, basisMs: basisFromMs, firedAtMs } = run;
  const { episode } = opened({ ...state, machine, historyFromMs }, check, context);
  return { ...(episode as Episode), historyFromMs, basisFromMs, firedAtMs };
}

function overAlready(
  state: AlertState,
  { episode, end, check }: { episode: Episode; end: End; check: Check },
  context: Context,
): Reduced {
  const { slot, atMs } = end;
  const how = {
    outcome: 'recovered',
    atMs,
    lastWindowMs: slot.startMs,
    value: slot.value,
  } as const;
  const over = endedEpisode({ ...episode, escalation: null }, how);
  const firing = { kind: 'firing', reason: REASON, check } as const;
  const told = notify({ ...firing, alert: state, episode: over }, context);
  const next: AlertState = {
    ...state,
    historyFromMs: Math.max(state.historyFromMs, slot.isClosed ? slot.endMs : slot.startMs),
  };
  const begun = recorded(next, firing, context.logMs);
  const { mutedBy } = told.overlay;
  const ended = also(withSilenced(begun, { mutedBy, check }, context), (after) =>
    recorded(after, { kind: 'resolved', reason: REASON, check }, context.logMs),
  );
  return laidDown(ended, told);
}

/** Withheld by what lies over the alert: that is recorded too. */
const withSilenced = (
  reduced: Reduced,
  { mutedBy, check }: { mutedBy: string | null; check: Check },
  { logMs }: Context,
): Reduced =>
  mutedBy === null
    ? reduced
    : also(reduced, (after) =>
        recorded(after, { kind: 'silenced', reason: mutedBy, check }, logMs),
      );
