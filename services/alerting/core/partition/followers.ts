import type { PartitionState } from './partition-state.ts';
import type { Track } from './track.ts';

/**
 * Alerts that were brought back, until the log has come to where they follow it: asked at every record, so that it takes
 * nothing where there are none. A structure that changes in place.
 */
export class Followers {
  /** The first to follow last; in no order while `#isSorted` is not. */
  readonly #tracks: Track[] = [];
  #isSorted = true;

  /** One without anything to be set there is none. */
  add(track: Track): void {
    if (track.followNextMs !== undefined) this.#isSorted = this.#tracks.push(track) === 1;
  }
  /** Takes one that follows from this record on, or before. */
  take(offset: number): Track | undefined {
    if (this.#tracks.length === 0) return undefined;
    if (!this.#isSorted) this.#tracks.sort((a, b) => fromOf(b) - fromOf(a));
    this.#isSorted = true;
    const next = this.#tracks.at(-1);
    return next && fromOf(next) <= offset ? this.#tracks.pop() : undefined;
  }
}

const fromOf = ({ followFrom, resumeAt }: Track): number => followFrom ?? resumeAt;

/** Alerts that follow the log from here on wait for the windows that they waited for. */
export function follow(state: PartitionState, offset: number): void {
  let track = state.followers.take(offset);
  for (; track; track = state.followers.take(offset)) {
    const { followNextMs } = track;
    state.setNext(track, followNextMs === 'tick' ? null : (followNextMs ?? null));
    if (followNextMs !== 'tick') state.stopWaiting(track);
  }
}
