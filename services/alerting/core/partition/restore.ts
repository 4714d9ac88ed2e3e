import type { Cursor } from '../../../kernel/update.ts';
import type { MetricProgress } from '../values/cells.ts';
import { newAlert } from '../alert/episode.ts';
import type { AlertState, Slot } from '../alert/episode.ts';
import { slotOf } from '../alert/history.ts';
import { decodeLook, decodeSight, lookField } from './look-fields.ts';
import type { StoredSight } from './look-fields.ts';
import { cellPlace, decodeCell } from './partition-fields.ts';
import type { StoredTrack } from './partition-fields.ts';
import { PartitionState } from './partition-state.ts';
import type { StoredPartition } from './partition-state.ts';
import { decodeSlot, slotPlace } from './slot-fields.ts';
import { parseDocument } from '../alert/record.ts';
import type { TrackStart } from './track.ts';
import type { Silence } from '../overlay/silence.ts';

/** The partition as it was committed. Law: equals the state whose changes were stored. */
export function restore(partition: number, stored: StoredPartition): PartitionState {
  const state = new PartitionState(partition, stored);
  const slots = new Map<string, Slot[]>();
  const sights = new Map<string, StoredSight>();
  const tracks: (TrackStart & { readonly sharesAll: boolean })[] = [];
  for (const [field, text] of stored.fields) {
    const [kind, first = ''] = field.split('|', 2) as [string, string?];
    if (kind === 'm')
      state.metrics.set(field.slice(2), JSON.parse(text) as MetricProgress & { cursors: Cursor[] });
    else if (kind === 'p' || kind === 'q') state.past.restore(field, text);
    else if (kind === 'u') state.sources.restore(field, text);
    else if (kind === 'r') state.refusedRules.add(field.slice(2));
    else if (kind === 'g') state.watched.add(field.slice(2));
    else if (kind === 'b') state.setDormantBelow(Number(text));
    else if (kind === 'a') state.checkedNext = Number(text);
    else if (kind === 'k') state.commandsNext = Number(text);
    else if (kind === 'd') state.digests.restore(field, text);
    else if (kind === 'n' || kind === 'o') state.following.restore(field, text);
    else if (kind === 'z') state.lastNumbers.restore(field, text);
    else if (kind === 'w') state.silences.set(field.slice(2), JSON.parse(text) as Silence);
    else if (kind === 'c') {
      const { memory, series } = cellPlace(field);
      state.memoryOf(memory).seriesOf(series).cells.set(Number(first), decodeCell(text));
    } else if (kind === 's' || kind === 'h') {
      const { of, startMs } = slotPlace(field);
      const list = slots.get(of) ?? [];
      list.push(decodeSlot(startMs, text));
      slots.set(of, list);
    }
  }
  for (const list of slots.values()) list.sort((a, b) => a.startMs - b.startMs);
  for (const [field, text] of stored.fields) {
    if (!field.startsWith('v|')) continue;
    const sight = decodeSight(text, slots.get(field));
    sights.set(field, sight);
    state.sights.restore(field, sight);
  }
  for (const [field, text] of stored.fields) {
    if (!field.startsWith('t|')) continue;
    const id = field.slice(2);
    const { resumeAt, followFrom, followNextMs, isDormant, heardMs, bornMs, ...of } = JSON.parse(
      text,
    ) as StoredTrack;
    const look = decodeLook(stored.fields.get(lookField(id)), (sight) => sights.get(sight));
    const { nextStartMs, last, isNewestSlot, sight, slots: shared } = look;
    const document = stored.documents.get(id);
    const alert = document === undefined ? newAlert({ id, ...of }) : parseDocument(document);
    const older = slots.get(id) ?? [];
    const known = shared ?? (last && isNewestSlot ? [...older, slotOf(last)] : older);
    const plan = undefined;
    const whole = { ...alert, ...of, bornMs, last, slots: known };
    const follows = { ...(followFrom === undefined ? {} : { followFrom }), followNextMs };
    const times = { nextStartMs, resumeAt, ...follows, isDormant, heardMs };
    tracks.push({ plan, alert: whole, ...times, sight, sharesAll: shared !== undefined });
  }
  for (const track of tracks.sort((a, b) => (a.heardMs ?? 0) - (b.heardMs ?? 0)))
    state.sights.restoreFollower(state.restoreTrack(track), track.sharesAll);
  state.takeChanges();
  return state;
}

/** An alert as the store tells of it: its document, the field that has its last look, and what that shares with others. */
export type StoredDocument = {
  readonly document: string;
  readonly look: string | undefined;
  readonly sight: string | undefined;
};

export const parseStored = ({ document, look, sight }: StoredDocument): AlertState => ({
  ...parseDocument(document),
  last: decodeLook(look, () => (sight === undefined ? undefined : decodeSight(sight))).last,
});
