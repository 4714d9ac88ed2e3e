import type { Delivery } from '../sending/delivery.ts';
import { noteDelivery, owedOf } from '../alert/lifecycle.ts';
import { emittedOf } from './emitted.ts';
import type { Emitted } from './partition.ts';
import type { PartitionState } from './partition-state.ts';

/** Notes in a partition's state what became of a message, of an alert or of a digest; an alert of no rule that owes nothing more goes. */
export function takeDelivery(
  state: PartitionState,
  of: { readonly alert: string; readonly messageId: string },
  delivery: Delivery,
): readonly Emitted[] {
  const track = state.tracks.get(of.alert);
  if (!track) {
    state.digests.note(of.alert, of.messageId, delivery);
    return [];
  }
  const { logMs } = state;
  const reduced = noteDelivery(track.alert, { messageId: of.messageId, delivery, logMs });
  state.setAlert(track, reduced.state);
  const isOver = !track.plan && !track.alert.isPaused && owedOf(track.alert).length === 0;
  if (isOver) state.retire(track);
  const { state: after } = reduced;
  // While its memory is filled again it is as it was after a later record.
  const inputOffset = Math.max(state.cursor, track.resumeAt) - 1;
  const next = state.cursor >= track.resumeAt ? { nextStartMs: track.nextStartMs } : {};
  return emittedOf(reduced, { after, ...next, atMs: logMs, inputOffset });
}
