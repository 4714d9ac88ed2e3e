import type { EpochMs } from '../../../kernel/time.ts';
import type { AlertState, Slot } from '../alert/episode.ts';
import { showsNewest } from './look-fields.ts';

type StoredSlot = Omit<Slot, 'startMs'>;

/** Name of the field of what an alert remembers of a window. */
export const slotField = (alert: string, startMs: EpochMs): string => `s|${alert}|${startMs}`;
/** The same of what alerts of a series remember together: `h|START|…`, behind which stands what follows `v|` in the sight's. */
export const sharedSlotField = (sight: string, startMs: EpochMs): string =>
  `h|${startMs}|${sight.slice(2)}`;

/** Who remembers the slot of a field: an alert's id, or the field of a sight. */
export function slotPlace(field: string): { readonly of: string; readonly startMs: EpochMs } {
  const at = field.indexOf('|', 2);
  const [first, second] = [field.slice(2, at), field.slice(at + 1)];
  return field.startsWith('h')
    ? { of: `v|${second}`, startMs: Number(first) }
    : { of: first, startMs: Number(second) };
}

/** What an alert that shares no slots stores of them: the newest mostly follows from its last look. */
export const ownSlots = (alert: Pick<AlertState, 'slots' | 'last'>): readonly Slot[] =>
  showsNewest(alert) ? alert.slots.slice(0, -1) : alert.slots;

/** Writes what differs. @param stored as they are stored; both in order of their windows */
export function writeSlots(
  { slots, stored }: { readonly slots: readonly Slot[]; readonly stored: readonly Slot[] },
  write: (startMs: EpochMs, text: string | null) => void,
): void {
  let next = 0;
  for (const slot of slots) {
    for (let old = stored[next]; old && old.startMs < slot.startMs; old = stored[++next])
      write(old.startMs, null);
    const old = stored[next];
    if (old !== slot) write(slot.startMs, encodeSlot(slot));
    if (old?.startMs === slot.startMs) next++;
  }
  for (const { startMs } of stored.slice(next)) write(startMs, null);
}

const encodeSlot = ({ endMs, verdict, isClosed, value }: Slot): string =>
  JSON.stringify({ endMs, verdict, isClosed, value } satisfies StoredSlot);
export const decodeSlot = (startMs: EpochMs, text: string): Slot => ({
  startMs,
  ...(JSON.parse(text) as StoredSlot),
});
