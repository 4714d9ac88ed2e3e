import { fieldsOf, writeTrack } from './partition-fields.ts';
import type { Kept } from './partition-fields.ts';
import type { MutableTrack, Track } from './track.ts';

/**
 * Which alerts changed since the last commit, and as they were at it: a commit writes only what differs. A structure that
 * changes in place.
 */
export class ChangedTracks {
  /** undefined: nothing of it is stored. */
  readonly #kept = new Map<Track, Kept | undefined>();
  readonly #dropped = new Map<string, Pick<Track, 'alert'>>();

  added(track: Track): void {
    this.#kept.set(track, undefined);
  }
  dropped(track: Track): void {
    const kept = this.#kept.has(track) ? this.#kept.get(track) : track;
    if (kept) this.#dropped.set(track.alert.id, { alert: kept.alert });
    this.#kept.delete(track);
  }
  /** The track, to be changed: as it was is kept until the next commit has written what became of it. */
  change(track: Track): MutableTrack {
    if (!this.#kept.has(track)) {
      const { alert, nextStartMs, resumeAt, followNextMs, isDormant } = track;
      this.#kept.set(track, { alert, nextStartMs, resumeAt, followNextMs, isDormant });
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
    for (const [track, kept] of this.#kept)
      writeTrack(track, kept, {
        field: (name, text) => fields.set(name, text),
        document: (text) => documents.set(track.alert.id, text),
      });
    this.#dropped.clear();
    this.#kept.clear();
  }
}
