import type { TransitionKind } from '../../../kernel/alert.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import { TIMELINE_MAX } from './episode.ts';
import type { AlertState, Check } from './episode.ts';

/** What happened to an alert, in the order in which it happened; each becomes a record on `alerts`. */
export type Transition = { readonly kind: TransitionKind; readonly reason: string };
export type Reduced = { readonly state: AlertState; readonly transitions: readonly Transition[] };

/** The state with one more line in its timeline and one more record to its name. */
export function recorded(
  state: AlertState,
  what: { kind: TransitionKind; reason: string; check: Check | null },
  atMs: EpochMs,
): Reduced {
  const { kind, reason, check } = what;
  const window = check && { startMs: check.window.startMs, endMs: check.window.endMs };
  const condition = state.machine.condition;
  const entry = { kind, reason, atMs, state: condition, value: check?.value ?? null, window };
  return {
    state: {
      ...state,
      sequence: state.sequence + 1,
      timeline: [...state.timeline, entry].slice(-TIMELINE_MAX),
    },
    transitions: [{ kind, reason }],
  };
}

/** One thing after the other. */
export function also(before: Reduced, next: (state: AlertState) => Reduced): Reduced {
  const { state, transitions } = next(before.state);
  return { state, transitions: [...before.transitions, ...transitions] };
}
