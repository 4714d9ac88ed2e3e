import type { LoggedCommand } from '../../../kernel/command.ts';
import { assertNever } from '../../../kernel/result.ts';
import { SECOND_MS } from '../../../kernel/time.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { MetricUpdate } from '../../../kernel/update.ts';
import type { AlertState } from '../alert/episode.ts';
import type { Links } from '../alert/message.ts';
import type { Transition } from '../alert/recorded.ts';
import { follow } from './followers.ts';
import type { PartitionState } from './partition-state.ts';
import { takeClock } from './take-clock.ts';
import { watchReceivers } from './receiver-watch.ts';
import { saidBy, takeCommands } from './take-commands.ts';
import { takeTick } from './take-tick.ts';
import { takeValue } from './take-value.ts';
import { contextOf, settle, turnOf } from './turn.ts';
import type { Turn } from './turn.ts';
import { observeSources, watchItself } from './watch-itself.ts';
import type { Self } from './watch-itself.ts';

/** A record of `metric-updates`. */
export type InputRecord = {
  readonly offset: number;
  /** The broker's: the only clock that there is. */
  readonly appendMs: EpochMs;
  readonly update: MetricUpdate;
  /** Of a clock: the commands from `state.commandsNext` up to what it says, in order. */
  readonly commands?: readonly LoggedCommand[];
};
export type Emitted = {
  readonly alert: AlertState;
  readonly transition: Transition;
  /** The alert once its record was dealt with whole: a recovery goes on behind that record, from this. */
  readonly after: AlertState;
  /** The window that it waits for then; not known while its memory is filled again. */
  readonly nextStartMs?: EpochMs | null;
  /** Time of the log. */
  readonly atMs: EpochMs;
  /** The record of `metric-updates` that led to it. */
  readonly inputOffset: number;
};

/** Clock ticks come each second; a longer gap says that alerting itself was away, and silence is counted from its end. */
const AWAY_AFTER_MS = 30 * SECOND_MS;

/**
 * Takes one record into the partition's state. Deterministic: the same records under the same plans give the same
 * transitions, messages and ids.
 */
export function apply(
  state: PartitionState,
  record: InputRecord,
  links: Links,
): readonly Emitted[] {
  if (record.appendMs - state.logMs > AWAY_AFTER_MS) state.awakeMs = record.appendMs;
  state.logMs = Math.max(state.logMs, record.appendMs);
  follow(state, record.offset);
  const turn = turnOf(state, record, links);
  const { update } = record;
  switch (update.kind) {
    case 'value':
      takeValue(turn, update);
      break;
    case 'tick':
      observeSources(state, update, record.appendMs);
      takeTick(turn, update);
      break;
    case 'clock':
      {
        const said = saidBy(turn, update);
        takeCommands(turn, said, update);
        takeClock(turn);
        watchReceivers(selfOf(turn), said);
      }
      break;
    default:
      assertNever(update);
  }
  watchItself(selfOf(turn), update.kind === 'tick');
  state.cursor = record.offset + 1;
  return turn.emitted.map((one) => {
    const track = state.tracks.get(one.alert.id);
    return track ? { ...one, after: track.alert, nextStartMs: track.nextStartMs } : one;
  });
}

const selfOf = (turn: Turn): Self => ({
  state: turn.state,
  isActing: turn.record.offset >= turn.state.activeFrom,
  contextOf: (plan) => contextOf(turn, plan),
  settle: (track, reduced) => settle(turn, track, reduced),
});
