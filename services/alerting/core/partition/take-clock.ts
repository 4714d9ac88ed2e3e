import { passTime } from '../overlay/overlay-clock.ts';
import { remind } from '../alert/lifecycle.ts';
import { planMetricKey } from '../plan/plan.ts';
import { overdue, silentWindow } from '../values/silent-window.ts';
import { gravestFirst } from './rule-tracks.ts';
import type { Track } from './track.ts';
import { checkIn, contextOf, isFollowed, look, settle, sightsBy } from './turn.ts';
import type { PlannedTrack, Turn } from './turn.ts';

/**
 * Time goes on even when nothing else does: silence is noticed, mutes end, what nobody sees to is escalated, and what
 * burns is said again.
 */
export function takeClock(turn: Turn): void {
  const { state, record } = turn;
  const isAwake = (track: Track): track is PlannedTrack =>
    track.plan !== undefined && !track.isDormant;
  for (const plan of state.plans())
    for (const track of overdue(state, plan))
      if (isAwake(track) && isFollowed(turn, track)) noticeSilence(turn, track);
  for (const track of gravestFirst(state.wakeful)) {
    if (!isAwake(track) || record.offset < track.resumeAt) continue;
    const context = contextOf(turn, track.plan);
    for (const pass of [passTime, remind]) {
      const reduced = pass(track.alert, context);
      if (reduced.transitions.length > 0) settle(turn, track, reduced);
    }
  }
}

function noticeSilence(turn: Turn, track: PlannedTrack): void {
  const window = silentWindow(turn.state, track);
  const progress = turn.state.metrics.get(planMetricKey(track.plan));
  if (!window || !progress) return;
  const check = checkIn(sightsBy(turn, track, progress), track.plan, window);
  look(turn, track, { ...check, verdict: 'absent' });
}
