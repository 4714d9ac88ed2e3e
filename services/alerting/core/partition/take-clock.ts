import { passTime } from '../overlay/overlay-clock.ts';
import { remind } from '../alert/lifecycle.ts';
import { planMetricKey } from '../plan/plan.ts';
import { overdue, silentWindow } from '../values/silent-window.ts';
import { inOrder } from './rule-tracks.ts';
import type { Track } from './track.ts';
import { checkIn, contextOf, look, settle, sightsBy } from './turn.ts';
import type { PlannedTrack, Turn } from './turn.ts';

/**
 * Time goes on even when nothing else does: silence is noticed, mutes end, what nobody sees to is escalated, and what
 * burns is said again.
 */
export function takeClock(turn: Turn): void {
  const { state, record } = turn;
  const isHere = (track: Track): track is PlannedTrack =>
    track.plan !== undefined && !track.isDormant && record.offset >= track.resumeAt;
  for (const plan of state.plans())
    for (const track of overdue(state, plan)) if (isHere(track)) noticeSilence(turn, track);
  for (const track of inOrder(state.wakeful)) {
    if (!isHere(track)) continue;
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
