import { fieldsOf, writeTrack } from './partition-fields.ts';
import type { Kept } from './partition-fields.ts';
import type { SharedSights } from './shared-sights.ts';
import type { Track } from './track.ts';

/**
 * Which alerts changed since the last commit, and as they were at it: a commit writes only what differs. A structure that
 * changes in place.
 */
export class ChangedTracks {
  /** undefined: nothing of it is stored. */
  readonly #kept = new Map<Track, Kept | undefined>();
  readonly #dropped = new Map<string, Pick<Track, 'alert'>>();
  readonly #sights: SharedSights;

  constructor(sights: SharedSights) {
    this.#sights = sights;
  }

  added(track: Track): void {
    this.#kept.set(track, undefined);
  }
  dropped(track: Track): void {
    const kept = this.#kept.has(track) ? this.#kept.get(track) : track;
    if (kept) {
      this.#dropped.set(track.alert.id, { alert: kept.alert });
      this.#sights.leave(track);
    }
    this.#kept.delete(track);
  }
  /** The track, to be changed: as it was is kept until the next commit has written what became of it. */
  change(track: Track): Track {
    if (!this.#kept.has(track)) {
      const { alert, nextStartMs, resumeAt, followNextMs, isDormant, sight } = track;
      this.#kept.set(track, { alert, nextStartMs, resumeAt, followNextMs, isDormant, sight });
    }
    return track;
  }

  isAny(): boolean {
    return this.#kept.size + this.#dropped.size > 0;
  }
  /** Writes what changed since the last call. */
  take(fields: Map<string, string | null>, documents: Map<string, string | null>): void {
    for (const [id, kept] of this.#dropped) {
      for (const field of fieldsOf(kept)) fields.set(field, null);
      documents.set(id, null);
    }
    const write = (name: string, text: string | null): void => void fields.set(name, text);
    for (const [track, kept] of this.#kept) {
      writeTrack(track, kept, {
        field: write,
        document: (text) => documents.set(track.alert.id, text),
      });
      this.#sights.write(track, kept, write);
    }
    this.#sights.writeTouched(write);
    this.#dropped.clear();
    this.#kept.clear();
  }
}
