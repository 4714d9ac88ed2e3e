import type { Window } from '../../../kernel/window.ts';
import { advance, reduce, remember } from '../alert/alert.ts';
import type { AlertState, Check } from '../alert/episode.ts';
import type { Context, Links } from '../alert/message.ts';
import type { Reduced } from '../alert/recorded.ts';
import { withheld } from '../alert/withheld.ts';
import { muteIn } from '../overlay/mute.ts';
import { unsubscribedKey } from '../people/unsubscribed.ts';
import type { RulePlan } from '../plan/plan.ts';
import type { MetricProgress } from '../values/cells.ts';
import type { SeriesMemory } from '../values/memory.ts';
import { checkOf, sightsOf, verdictOf } from '../values/sight.ts';
import type { Sights } from '../values/sight.ts';
import type { Cells } from '../values/window-value.ts';
import { emittedOf } from './emitted.ts';
import type { Track } from './track.ts';
import type { Emitted, InputRecord } from './partition.ts';
import type { PartitionState } from './partition-state.ts';

/** One record that is taken into the partition's state, and what came of it so far. */
export type Turn = {
  readonly state: PartitionState;
  readonly record: InputRecord;
  readonly links: Links;
  readonly emitted: Emitted[];
  readonly input: Context['input'];
  readonly isUnsubscribed: NonNullable<Context['isUnsubscribed']>;
  /** What the record says is the same for all alerts of a rule, and of a series for all of its rules. */
  readonly contexts: Map<RulePlan, Context>;
  readonly sights: Map<SeriesMemory, Sights>;
};
export type PlannedTrack = Track & { readonly plan: RulePlan };

export const turnOf = (state: PartitionState, record: InputRecord, links: Links): Turn => ({
  state,
  record,
  links,
  emitted: [],
  input: { partition: state.partition, offset: record.offset },
  isUnsubscribed: (subscription, who) =>
    state.following.unsubscribed.has(unsubscribedKey(subscription, who)),
  contexts: new Map(),
  sights: new Map(),
});

export function contextOf(turn: Turn, plan: RulePlan): Context {
  const { state, record, links, contexts, input, isUnsubscribed } = turn;
  const known = contexts.get(plan);
  if (known) return known;
  const context: Context = {
    plan,
    input,
    logMs: state.logMs,
    shownAtMs: record.update.at,
    links,
    muteOf: muteIn(state, plan),
    isUnsubscribed,
  };
  // A value is looked at once by each rule.
  if (record.update.kind !== 'value') contexts.set(plan, context);
  return context;
}

export function settle(turn: Turn, track: Track, reduced: Reduced): void {
  if (reduced.transitions.length === 0) return turn.state.setAlert(track, reduced.state);
  const { record, emitted, state } = turn;
  const behind = track.alert.sequence === 0 ? state.lastNumbers.behind(reduced) : reduced;
  const numbered = state.toldBefore.numbered(behind, record.offset);
  const after = numbered.state;
  state.setAlert(track, state.toldBefore.withArrived(after));
  const of = { after, atMs: state.logMs, inputOffset: record.offset };
  emitted.push(...emittedOf(numbered, of));
}

/**
 * Lets an alert that rests see its newest window, or a newer one. @returns whether it rests on, so that a look would change
 * nothing but what it remembers
 */
export function glance(
  { state, record }: Turn,
  track: PlannedTrack,
  { sights, window }: { readonly sights: Sights; readonly window: Window },
): boolean {
  const { plan, rest: verdict, slots } = track;
  const newest = slots.at(-1);
  if (!verdict || !newest || track.isDormant || record.offset < track.resumeAt) return false;
  const sight = sights.of(plan, window);
  if (sight.stepMs < newest.startMs || verdictOf(plan, sight) !== verdict) return false;
  if (plan.sources.some((source) => state.sources.silence(source))) return false;
  state.glance(track, sight, sights.slotsWith(plan, sight, { slots, verdict }));
  return true;
}

/** Lets the alert see the window: really, or only to remember it where the record lies before the alert's beginning. */
export function look(turn: Turn, track: PlannedTrack, seen: Check): void {
  const check = withheld(seen, track.plan, turn.state);
  if (turn.record.offset >= track.resumeAt)
    return settle(turn, track, reduce(track.alert, check, contextOf(turn, track.plan)));
  const followed = isFollowed(turn, track) && followedBy(turn, track, check);
  const state = followed || remember(track.alert, check, track.plan);
  turn.state.setAlert(track, state);
}

/** Whether the record is news to the alert, as far as that was brought back. */
export const isFollowed = ({ record }: Turn, { followFrom, resumeAt }: Track): boolean =>
  record.offset >= (followFrom ?? resumeAt);

/** Every transition of these records is known: one that is not rests on what is remembered no more. */
function followedBy(turn: Turn, track: PlannedTrack, check: Check): AlertState | undefined {
  const { state, transitions } = reduce(track.alert, check, contextOf(turn, track.plan));
  return transitions.length === 0 ? state : undefined;
}

/** An alert that was only remembering begins with the newest window that it knows: what is red already fires once. */
export function awaken(turn: Turn, track: PlannedTrack): void {
  const { state, record } = turn;
  if (!track.isDormant || record.offset < state.dormantBelow) return;
  state.wake(track);
  const { last } = track.alert;
  if (!last) return;
  const born = { ...track.alert, bornMs: state.logMs };
  if (record.offset < track.resumeAt) state.setAlert(track, born);
  else settle(turn, track, advance(born, last, contextOf(turn, track.plan)));
}

export const checkIn = (sights: Sights, plan: RulePlan, window: Window): Check =>
  checkOf(plan, sights.of(plan, window), sights.seen);

/** The windows of the track's series, by what ticks have said. */
export function sightsBy(
  { state, sights }: Turn,
  { plan, lasting: { series } }: PlannedTrack,
  progress: MetricProgress,
): Sights {
  const memory = state.memories.get(plan.memory)?.series.get(series);
  const known = memory && sights.get(memory);
  if (known) return known;
  const cells: Cells = memory?.cells ?? new Map();
  const fresh = sightsOf({ series, cells, progress, past: state.past });
  if (memory) sights.set(memory, fresh);
  return fresh;
}
