import { fingerprint } from '../../../kernel/alert.ts';
import type { LoggedCommand } from '../../../kernel/command.ts';
import { seriesKey } from '../../../kernel/series.ts';
import { receiverIn } from '../sending/reachability.ts';
import { checkAt, move, SPEAKER, trackOf } from './watch-itself.ts';
import type { Self } from './watch-itself.ts';

/**
 * Takes up what processes said of receivers, for the built-in rule `receiver-unreachable`: it fires with the first message
 * that was given up, and ends with the first one after it that was delivered. What becomes of messages is no part of
 * `metric-updates`; said as a command it is, so that a replay gives the same.
 */
export function watchReceivers(self: Self, said: readonly LoggedCommand[]): void {
  const { state, isActing } = self;
  if (state.partition !== SPEAKER || !isActing) return;
  for (const { command } of said) {
    const receiver = receiverIn(command);
    const plan = receiver && state.builtIns.receivers?.get(receiver);
    if (!receiver || !plan) continue;
    const series = seriesKey(['receiver'], [receiver]);
    const isLost = command.kind === 'unreachable';
    if (!isLost && !state.tracks.has(fingerprint(plan.rule.id, series))) continue;
    const track = trackOf(self, plan, series);
    const check = { ...checkAt(state.logMs), value: isLost ? '1' : '0', threshold: '0' };
    move(self, { track, plan }, { ...check, verdict: isLost ? 'breach' : 'clear' });
  }
}
