import type { DurationMs, EpochMs } from '../../../kernel/time.ts';
import { MINUTE_MS } from '../../../kernel/time.ts';
import { burns } from './condition.ts';
import type { AlertState, Episode } from './episode.ts';
import type { EscalationStep } from '../plan/plan.ts';

/**
 * The chain as it was when the episode began, and how far it has come: edits do not touch what is under way. Whom a step
 * reaches is found out when it is taken, for people come and go.
 */
export type Escalation = {
  readonly steps: readonly EscalationStep[];
  /** Index of the step that comes next. */
  readonly next: number;
  /** Numbers of the steps that reached nobody, from 1; absent: none. */
  readonly lost?: readonly number[];
  /** Time of the log from which `after` counts; null until the next window, for what was red before its rule was. */
  readonly sinceMs: EpochMs | null;
  /** Time of the log at which it was halted by a mute; null while it runs. */
  readonly pausedAtMs: EpochMs | null;
};

export const beginEscalation = (
  steps: readonly EscalationStep[],
  sinceMs: EpochMs | null,
): Escalation | null => (steps.length === 0 ? null : { steps, next: 0, sinceMs, pausedAtMs: null });

/** From its first step again: after an acknowledgement that ended, or a rise in severity. */
export const restarted = (chain: Escalation | null, logMs: EpochMs): Escalation | null =>
  chain && {
    steps: chain.steps,
    next: 0,
    sinceMs: logMs,
    pausedAtMs: chain.pausedAtMs === null ? null : logMs,
  };

/** The next step is taken. @param isLost it reached nobody */
export function advanced(chain: Escalation, isLost: boolean): Escalation {
  const next = chain.next + 1;
  return { ...chain, next, ...(isLost ? { lost: [...(chain.lost ?? []), next] } : {}) };
}

export const paused = (chain: Escalation | null, logMs: EpochMs): Escalation | null =>
  chain && chain.pausedAtMs === null ? { ...chain, pausedAtMs: logMs } : chain;

/** Goes on where it was: time under a mute is no time to answer in. */
export function resumed(chain: Escalation | null, logMs: EpochMs): Escalation | null {
  if (!chain || chain.pausedAtMs === null) return chain;
  const { sinceMs, pausedAtMs } = chain;
  return {
    ...chain,
    pausedAtMs: null,
    sinceMs: sinceMs === null ? null : sinceMs + Math.max(0, logMs - pausedAtMs),
  };
}

/** When the next step is due by the log; null when there is none to come. */
export function dueMs({ escalation, overlay }: Episode): EpochMs | null {
  if (!escalation || escalation.sinceMs === null || escalation.pausedAtMs !== null) return null;
  const step = escalation.steps[escalation.next];
  if (!step || overlay.ack || overlay.closed) return null;
  return escalation.sinceMs + step.afterMs;
}

/** A step this late was lost: the clock of the log comes each second. */
const OVERDUE_AFTER_MS: DurationMs = MINUTE_MS;

/**
 * The auditor: alerts that burn unacknowledged, whose escalation should have gone on and did not, of which a step reached
 * nobody, or whose chain is gone. Pure; law: none while every lane's clock moves and the fallback team can be reached.
 * @param nowMs of the auditor's own clock, so that a lane that stands still shows too
 */
export const overdueEscalations = (
  alerts: Iterable<AlertState>,
  nowMs: EpochMs,
): readonly AlertState[] =>
  [...alerts].filter(({ machine, episode }) => {
    if (!burns(machine) || !episode) return false;
    const isLost = (episode.route?.escalation.length ?? 0) > 0 && episode.escalation === null;
    const due = dueMs(episode);
    return isLost || hasLostStep(episode) || (due !== null && nowMs - due > OVERDUE_AFTER_MS);
  });

/** Somebody should have been told, and nobody was; until somebody sees to it all the same. */
const hasLostStep = ({ escalation, overlay }: Episode): boolean =>
  (escalation?.lost ?? []).length > 0 && !overlay.ack && !overlay.closed;
