import { byGravity } from '../alert/severity.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { Track } from './track.ts';

/** One order for the alerts of a rule, however they were found: that in which they came. None of them decides another. */
export const inOrder = (tracks: Iterable<Track>): readonly Track[] =>
  [...tracks].sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
/**
 * Alerts of several rules: the gravest first, since what it says inhibits what the others would say; and in one order,
 * whether they came one by one or were read from a store.
 */
export const gravestFirst = (tracks: Iterable<Track>): readonly Track[] =>
  [...tracks].sort(
    (a, b) => byGravity(a.alert.severity, b.alert.severity) || (a.alert.id < b.alert.id ? -1 : 1),
  );

/**
 * Alerts of one rule by the window that they wait for: what time may do to them is asked once for all that wait for the
 * same one, not of each. A structure that changes in place.
 */
export class RuleTracks {
  readonly all = new Set<Track>();
  readonly #waiting = new Map<EpochMs | null, Set<Track>>();
  /** Looked at with every tick: those that only remember so far, and those whose open window is not well. */
  readonly #restless = new Set<Track>();

  add(track: Track): void {
    this.all.add(track);
    this.wait(track);
    this.settle(track);
  }
  delete(track: Track): void {
    this.all.delete(track);
    this.leave(track);
    this.#restless.delete(track);
  }
  /** Before and after its next window changes. */
  leave(track: Track): void {
    const group = this.#waiting.get(track.nextStartMs);
    if (group?.delete(track) && group.size === 0) this.#waiting.delete(track.nextStartMs);
  }
  wait(track: Track): void {
    const group = this.#waiting.get(track.nextStartMs);
    if (group) group.add(track);
    else this.#waiting.set(track.nextStartMs, new Set([track]));
  }
  /** After its plan, its condition or its dormancy changed. */
  settle(track: Track): void {
    const { plan, isDormant, alert } = track;
    const isOpen = plan?.rule.evaluate === 'onUpdate' && alert.machine.condition !== 'ok';
    if (isDormant || isOpen) this.#restless.add(track);
    else this.#restless.delete(track);
  }

  /** Those whose next window has come, by its start; those without one are always among them. */
  *waiting(hasCome: (nextStartMs: EpochMs) => boolean): Iterable<Track> {
    for (const [nextStartMs, group] of this.#waiting)
      if (nextStartMs === null || hasCome(nextStartMs)) yield* group;
  }
  restless(): Iterable<Track> {
    return this.#restless;
  }
}
