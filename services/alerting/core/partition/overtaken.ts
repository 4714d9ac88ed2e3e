import type { AlertRecord } from '../../../kernel/alert.ts';
import type { Emitted } from './partition.ts';
import type { PartitionState } from './partition-state.ts';
import type { Track } from './track.ts';

/**
 * Alerts whose last record on `alerts` is not their newest. A process that stood still may write there, once it goes on, what
 * it had decided before another one took its partition; a write that failed may land late. Readers pass over such a record
 * by its sequence, but compaction keeps the last one of each alert, and after a loss what has ended would burn again. So
 * each is said once more as it is now, under the sequence that it has: who knows it already passes over that.
 * @param records of the partition, in the order of the log and up to its end
 */
export function overtaken(
  state: PartitionState,
  records: readonly AlertRecord[],
): readonly Emitted[] {
  const lasts = new Map(records.map(({ id, sequence }) => [id, sequence]));
  return [...lasts].flatMap(([id, sequence]) => {
    const track = state.tracks.get(id);
    return track && sequence < track.alert.sequence ? saidAgain(state, track) : [];
  });
}

function saidAgain({ cursor }: PartitionState, track: Track): readonly Emitted[] {
  const { alert, resumeAt, nextStartMs } = track;
  return alert.timeline.slice(-1).map(({ kind, reason, atMs }) => ({
    alert,
    transition: { kind, reason },
    after: alert,
    ...(cursor >= resumeAt ? { nextStartMs } : {}),
    atMs,
    // While its memory is filled again it is as it was after a later record.
    inputOffset: Math.max(cursor, resumeAt) - 1,
  }));
}
