import type { EpochMs } from '../../../kernel/time.ts';
import type { Slot } from '../alert/episode.ts';
import { isSame } from '../alert/history.ts';
import type { RulePlan } from '../plan/plan.ts';
import {
  encodeLook,
  encodeName,
  encodeSaying,
  encodeSight,
  isQuiet,
  saysSame,
  showsNewest,
} from './look-fields.ts';
import type { SharedSeen, StoredSight } from './look-fields.ts';
import { ownSlots, sharedSlotField, slotField, writeSlots } from './slot-fields.ts';
import type { Kept } from './partition-fields.ts';
import type { Track } from './track.ts';

/** What alerts of one series have in common. */
export type SharedSight = {
  readonly field: string;
  /** What they saw last. */
  seen: SharedSeen;
  /** Alerts that saw this, and remember or wait for something else: that they keep by themselves. */
  readonly followers: Set<Track>;
  /** Alerts that keep nothing but its name: what they remember, the window of `seen` last, and the next one to close. */
  readonly sharers: Set<Track>;
  slots: readonly Slot[];
  nextStartMs: EpochMs | null;
  /** The slots as they were when the sight was written last; none where nobody shared them. */
  written: readonly Slot[];
};
type Write = (name: string, text: string | null) => void;

/**
 * Field of what the rules of a metric with windows of that size see of the series; undefined for rules that look at none.
 */
export const sightField = (
  { memory, sizeKey }: Pick<RulePlan, 'memory' | 'sizeKey'>,
  series: string,
): string | undefined => (sizeKey === '' ? undefined : `v|${sizeKey}|${memory}|${series}`);

/**
 * The last looks as they are stored, and what is remembered. Ten rules that watch a series see the same values, and most of
 * them say of each what they said before: what they saw and remember is stored once for all, so a value that changes
 * changes one field, and a window that closes two. An alert that saw something else last, or may have to tell of it (a
 * burning one: its cursors), keeps a look of its own, and one that remembers something else its own slots. A structure
 * that changes in place. Law: what is stored gives each alert its last look and its slots again.
 */
export class SharedSights {
  readonly #sights = new Map<string, SharedSight>();
  /** Those that show something new; those that are to be written for another reason; those whose slots were said since. */
  readonly #moved = new Set<SharedSight>();
  readonly #touched = new Set<SharedSight>();
  readonly #led = new Set<SharedSight>();

  restore(field: string, { seen, nextStartMs, slots }: StoredSight): void {
    const who = { followers: new Set<Track>(), sharers: new Set<Track>() };
    this.#sights.set(field, { field, seen, ...who, slots, nextStartMs, written: slots });
  }
  /** @param sharesAll as it is stored: nothing but the name */
  restoreFollower(track: Track, sharesAll: boolean): void {
    const sight = track.sight === undefined ? undefined : this.#sights.get(track.sight);
    if (sight) follow(track, sight, sharesAll);
  }
  /** @returns whether it followed any: what is stored of the track's look says nothing then */
  leave(track: Track): boolean {
    const { following } = track;
    if (!following) return false;
    unfollow(track, following);
    this.#touched.add(following);
    return true;
  }

  /** A track sees this, of which it says what it said, and remembers these. @returns false where what is stored of it does not follow */
  show(
    { following, sharesAll, slots: before }: Track,
    seen: SharedSeen,
    slots: readonly Slot[],
  ): boolean {
    if (!following) return false;
    if (following.seen !== seen) {
      following.seen = seen;
      this.#moved.add(following);
    }
    if (!sharesAll) return slots === before;
    following.slots = slots;
    this.#led.add(following);
    return true;
  }
  /** A track waits for another window. @returns false where what is stored of it does not follow */
  wait({ following, sharesAll }: Track, nextStartMs: EpochMs | null): boolean {
    if (!following || !sharesAll) return false;
    following.nextStartMs = nextStartMs;
    this.#moved.add(following);
    return true;
  }

  /** Writes the look and the slots of a track that changed, where what is stored of it does not say them. */
  write(track: Track, kept: Kept | undefined, write: Write): void {
    const { sight: field, alert, look } = track;
    const { last } = alert;
    const { following, sharesAll: shared } = track;
    const hasLeft = following?.field !== field && this.leave(track);
    const isOther = !kept || shared || hasLeft || kept.nextStartMs !== track.nextStartMs;
    const sight = field !== undefined && last && isQuiet(track) && this.#shownBy(field, last);
    if (sight && sight.seen.window === last.window) {
      const said = kept?.alert.last;
      const isKnown = following === sight && said && saysSame(last, said);
      const shares = this.#isShared(sight, track);
      follow(track, sight, shares);
      if (shares !== shared) this.#touched.add(sight);
      if (shares && !(shared && isKnown)) write(look, encodeName(last, sight.field));
      if (!shares && (isOther || !isKnown || !showsAlike(kept, track)))
        write(look, encodeSaying(track, last, sight.field));
    } else if (this.leave(track) || isOther || kept.alert.last !== last || !showsAlike(kept, track))
      write(look, encodeLook(track));
    writeOwn(track, shared ? undefined : kept, write);
  }
  /** After all tracks that changed: whoever has something else than what is shared now keeps it by itself. */
  writeTouched(write: Write): void {
    for (const sight of this.#moved.union(this.#touched)) {
      const { seen, followers, sharers } = sight;
      for (const track of sharers) {
        const isSeen = track.shown === seen.window;
        if (isSeen && track.slots === sight.slots && track.nextStartMs === sight.nextStartMs)
          continue;
        const { last } = track.alert;
        if (isSeen && last) {
          follow(track, sight, false);
          write(track.look, encodeSaying(track, last, sight.field));
        } else {
          unfollow(track, sight);
          write(track.look, encodeLook(track));
        }
        writeOwn(track, undefined, write);
      }
      for (const track of followers) {
        if (track.shown === seen.window) continue;
        unfollow(track, sight);
        write(track.look, encodeLook(track));
      }
      this.#writeSight(sight, write);
    }
    this.#moved.clear();
    this.#touched.clear();
    this.#led.clear();
  }
  #writeSight(sight: SharedSight, write: Write): void {
    const { field, seen, nextStartMs, followers, sharers, written } = sight;
    const slots = sharers.size > 0 ? sight.slots : [];
    if (slots !== written)
      writeSlots({ slots: slots.slice(0, -1), stored: written.slice(0, -1) }, (startMs, text) =>
        write(sharedSlotField(field, startMs), text),
      );
    sight.written = slots;
    if (followers.size + sharers.size > 0)
      return write(field, encodeSight({ seen, nextStartMs, slots }));
    write(field, null);
    this.#sights.delete(field);
  }

  /** The sight that is shared; the first track that saw something new says what, also where nothing is stored of it yet. */
  #shownBy(field: string, seen: SharedSeen): SharedSight {
    const known = this.#sights.get(field);
    if (!known) this.restore(field, { seen, nextStartMs: null, slots: [] });
    const sight = known ?? (this.#sights.get(field) as SharedSight);
    if (known?.seen.window === seen.window || this.#moved.has(sight)) return sight;
    sight.seen = seen;
    this.#moved.add(sight);
    return sight;
  }
  /**
   * Whether the track remembers and waits for just what is shared. That is what most have: where nobody shares, or fewer
   * than do not, it becomes what this track has, as where all that share were looked at.
   */
  #isShared(sight: SharedSight, track: Track): boolean {
    const { alert, nextStartMs } = track;
    const { followers, sharers } = sight;
    if (!showsNewest(alert)) return false;
    if (sight.nextStartMs === nextStartMs && areSame(sight.slots, alert.slots)) {
      if (sharers.size > 0) track.adopt(sight.slots);
    } else if (
      sharers.size === 0 ||
      sharers.size < followers.size ||
      (track.sharesAll && !this.#led.has(sight))
    ) {
      sight.slots = alert.slots;
      sight.nextStartMs = nextStartMs;
      this.#touched.add(sight);
    } else return false;
    this.#led.add(sight);
    return true;
  }
}

const areSame = (a: readonly Slot[], b: readonly Slot[]): boolean =>
  a === b || (a.length === b.length && a.every((slot, i) => isSame(slot, b[i] as Slot)));

/** Whether the newest slot followed from the last look then as it does now. */
const showsAlike = (kept: Kept | undefined, { alert }: Track): boolean =>
  kept !== undefined && showsNewest(kept.alert) === showsNewest(alert);

/** @param kept absent: none of its slots are stored */
function writeOwn(track: Track, kept: Kept | undefined, write: Write): void {
  const { id } = track.lasting;
  const isAsKept = kept?.alert.slots === track.slots && showsAlike(kept, track);
  if (isAsKept && !track.sharesAll) return;
  const stored = kept ? ownSlots(kept.alert) : [];
  const slots = track.sharesAll ? [] : ownSlots(track.alert);
  writeSlots({ slots, stored }, (startMs, text) => write(slotField(id, startMs), text));
}

function follow(track: Track, sight: SharedSight, sharesAll: boolean): void {
  const { followers, sharers } = sight;
  (sharesAll ? followers : sharers).delete(track);
  (sharesAll ? sharers : followers).add(track);
  track.following = sight;
  track.sharesAll = sharesAll;
}
function unfollow(track: Track, { followers, sharers }: SharedSight): void {
  followers.delete(track);
  sharers.delete(track);
  track.following = undefined;
  track.sharesAll = false;
}
