import type { RulePlan } from '../plan/plan.ts';
import {
  decodeSeen,
  encodeLook,
  encodeSaying,
  encodeSeen,
  isQuiet,
  saysSame,
  showsNewest,
} from './look-fields.ts';
import type { SharedSeen } from './look-fields.ts';
import type { Kept } from './partition-fields.ts';
import type { Track } from './track.ts';

/** What alerts of one series saw last, and which of them keep nothing but its name. */
export type SharedSight = {
  readonly field: string;
  seen: SharedSeen;
  readonly followers: Set<Track>;
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
 * The last looks as they are stored. Ten rules that watch a series see the same value, and most of them say what they said
 * before: what they saw is stored once for all, and a value that changes changes one field. An alert that saw something
 * else last, or may have to tell of it (a burning one: its cursors), keeps a look of its own. A structure that changes in
 * place. Law: what is stored gives each alert its last look again.
 */
export class SharedSights {
  readonly #sights = new Map<string, SharedSight>();
  /** Those that show something new, and those that a follower has left. */
  readonly #moved = new Set<SharedSight>();
  readonly #left = new Set<SharedSight>();

  restore(field: string, text: string): SharedSeen {
    const seen = decodeSeen(text);
    this.#sights.set(field, { field, seen, followers: new Set() });
    return seen;
  }
  restoreFollower(track: Track): void {
    const sight = track.sight === undefined ? undefined : this.#sights.get(track.sight);
    if (sight) follow(track, sight);
  }
  /** @returns whether it followed any: what is stored of the track's look says nothing then */
  leave(track: Track): boolean {
    const { following } = track;
    if (!following) return false;
    following.followers.delete(track);
    track.following = undefined;
    this.#left.add(following);
    return true;
  }

  /** A track sees this, of which it says what it said. @returns false where what is stored of it does not follow */
  show({ following }: Track, seen: SharedSeen): boolean {
    if (!following) return false;
    if (following.seen === seen) return true;
    following.seen = seen;
    this.#moved.add(following);
    return true;
  }

  /** Writes the look of a track that changed, where what is stored of it does not say it. */
  write(track: Track, kept: Kept | undefined, write: Write): void {
    const { sight: field, alert, look } = track;
    const { last } = alert;
    const isOther =
      !kept ||
      (kept.sight !== field && this.leave(track)) ||
      kept.nextStartMs !== track.nextStartMs ||
      showsNewest(kept.alert) !== showsNewest(alert);
    const sight = field !== undefined && last && isQuiet(track) && this.#shownBy(field, last);
    if (sight && sight.seen.window === last.window) {
      const said = kept?.alert.last;
      const isKnown = said && saysSame(last, said) && track.following === sight;
      follow(track, sight);
      if (isOther || !isKnown) write(look, encodeSaying(track, last, field));
    } else if (this.leave(track) || isOther || kept.alert.last !== last)
      write(look, encodeLook(track));
  }
  /** After all tracks that changed: whoever saw something else than what is shared now keeps it by itself. */
  writeTouched(write: Write): void {
    for (const { field, seen, followers } of this.#moved.union(this.#left)) {
      for (const track of followers) {
        if (track.shown === seen.window) continue;
        followers.delete(track);
        track.following = undefined;
        write(track.look, encodeLook(track));
      }
      write(field, followers.size > 0 ? encodeSeen(seen) : null);
      if (followers.size === 0) this.#sights.delete(field);
    }
    this.#moved.clear();
    this.#left.clear();
  }

  /** The sight that is shared; the first track that saw something new says what. */
  #shownBy(field: string, seen: SharedSeen): SharedSight {
    let sight = this.#sights.get(field);
    if (!sight) this.#sights.set(field, (sight = { field, seen, followers: new Set() }));
    else if (sight.seen.window === seen.window || this.#moved.has(sight)) return sight;
    sight.seen = seen;
    this.#moved.add(sight);
    return sight;
  }
}

function follow(track: Track, sight: SharedSight): void {
  sight.followers.add(track);
  track.following = sight;
}
