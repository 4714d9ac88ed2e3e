import { invariant } from '../../kernel/result.ts';
import type { EpochMs } from '../../kernel/time.ts';

const INITIAL_SLOTS = 1 << 12;
const LOAD_MAX = 0.7;
const EMPTY = 0;

export type Sighting = 'fresh' | 'duplicate' | 'conflict';

/**
 * The identities seen in one partition within the horizon: an exact open-addressing table over typed arrays.
 * An entry keeps until when a copy counts as a duplicate: the latest `append time + horizon` over all its sightings,
 * so "some earlier record with this identity lies within the horizon" is one comparison, and a pure function of the log.
 * About 32 B per slot; slots double when 70 % are full, after expired entries were left behind.
 */
export class IdentityIndex {
  readonly #entriesMax: number;
  #slots = INITIAL_SLOTS;
  #entries = 0;
  #keys = new Int32Array(INITIAL_SLOTS * 4);
  #checksums = new Int32Array(INITIAL_SLOTS);
  #expires = new Float64Array(INITIAL_SLOTS);

  /** @param entriesMax bound on live identities; beyond it the partition stops rather than forget */
  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get size(): number {
    return this.#entries;
  }

  /**
   * Records a sighting and says what the record is: `fresh`, `duplicate` (same payload within the horizon) or
   * `conflict` (same identity within the horizon, another payload: the first payload stands).
   * @param key four words of the identity's hash   @param seen append time, horizon in ms, checksum of the payload
   */
  see(key: Int32Array, seen: { appendMs: EpochMs; horizonMs: number; checksum: number }): Sighting {
    const slot = this.#find(key);
    const until = seen.appendMs + seen.horizonMs;
    const expires = this.#expires[slot] as number;
    if (expires !== EMPTY && expires >= seen.appendMs) {
      if (until > expires) this.#expires[slot] = until;
      return this.#checksums[slot] === (seen.checksum | 0) ? 'duplicate' : 'conflict';
    }
    if (expires === EMPTY) {
      this.#keys.set(key, slot * 4);
      this.#entries++;
    }
    this.#expires[slot] = until;
    this.#checksums[slot] = seen.checksum;
    if (this.#entries > this.#slots * LOAD_MAX) this.#rehash(seen.appendMs);
    return 'fresh';
  }

  #find(key: Int32Array): number {
    const mask = this.#slots - 1;
    const [k0, k1, k2, k3] = key as unknown as [number, number, number, number];
    let slot = k0 & mask;
    while (this.#expires[slot] !== EMPTY) {
      const at = slot * 4;
      const keys = this.#keys;
      if (keys[at] === k0 && keys[at + 1] === k1 && keys[at + 2] === k2 && keys[at + 3] === k3)
        return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #rehash(nowMs: EpochMs): void {
    const { keys, checksums, expires } = {
      keys: this.#keys,
      checksums: this.#checksums,
      expires: this.#expires,
    };
    let live = 0;
    for (const until of expires) if (until >= nowMs) live++;
    invariant(
      live <= this.#entriesMax,
      `the duplicate index of a partition exceeds ${this.#entriesMax} identities; raise partitions or shorten duplicateHorizon`,
    );
    let slots = INITIAL_SLOTS;
    while (live > slots * LOAD_MAX * 0.7) slots *= 2;
    this.#slots = slots;
    this.#entries = live;
    this.#keys = new Int32Array(slots * 4);
    this.#checksums = new Int32Array(slots);
    this.#expires = new Float64Array(slots);
    for (let old = 0; old < expires.length; old++) {
      if ((expires[old] as number) < nowMs) continue;
      const key = keys.subarray(old * 4, old * 4 + 4);
      const slot = this.#find(key);
      this.#keys.set(key, slot * 4);
      this.#checksums[slot] = checksums[old] as number;
      this.#expires[slot] = expires[old] as number;
    }
  }
}
