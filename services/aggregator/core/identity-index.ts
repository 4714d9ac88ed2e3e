import { invariant } from '../../kernel/result.ts';
import type { DurationMs, EpochMs } from '../../kernel/time.ts';
import type { Identity } from './identity.ts';

const INITIAL_SLOTS = 1 << 12;
const LOAD_MAX = 0.7;
const EMPTY = 0;
/** Append times may step back this much where a partition's leader changes; entries are kept that much longer. */
export const APPEND_TIME_SLACK_MS: DurationMs = 60_000;

export type Sighting = 'fresh' | 'duplicate' | 'conflict';

/**
 * The identities seen in one partition within the horizon: an exact open-addressing table over typed arrays.
 * An entry keeps until when a copy counts as a duplicate, the latest `append time + horizon` over all its sightings, and
 * the checksum of the newest sighting's payload. So a verdict is a function of the records within the horizon alone, and
 * a worker whose index begins one horizon earlier decides as one that read the whole log
 * (test/property/aggregator/core/identity-index.test.ts).
 * 28 B per slot; slots double when 70 % are full, after expired entries were left behind.
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
   * Records a sighting and says what the record is: `fresh`, `duplicate` (the newest earlier record of this identity has
   * the same payload) or `conflict` (it has another). An identity whose horizon has passed is fresh again.
   * @throws invariant_broken when more identities live than the bound allows
   */
  see({ key, checksum, appendMs, horizonMs }: Identity): Sighting {
    const slot = this.#find(key, 0);
    const until = appendMs + horizonMs;
    const expires = this.#expires[slot] as number;
    const isLive = expires !== EMPTY && expires >= appendMs;
    const isSame = this.#checksums[slot] === (checksum | 0);
    this.#checksums[slot] = checksum;
    if (isLive) {
      if (until > expires) this.#expires[slot] = until;
      return isSame ? 'duplicate' : 'conflict';
    }
    this.#expires[slot] = until;
    if (expires === EMPTY) {
      this.#put(slot, key, 0);
      this.#entries++;
      if (this.#entries > this.#slots * LOAD_MAX) this.#rehash(appendMs - APPEND_TIME_SLACK_MS);
    }
    return 'fresh';
  }

  /** The slot of the key that is `words[from, from + 4)`, or the empty one where it belongs. */
  #find(words: Int32Array, from: number): number {
    const mask = this.#slots - 1;
    const keys = this.#keys;
    const expires = this.#expires;
    const k0 = words[from] as number;
    const k1 = words[from + 1] as number;
    const k2 = words[from + 2] as number;
    const k3 = words[from + 3] as number;
    let slot = k0 & mask;
    while (expires[slot] !== EMPTY) {
      const at = slot * 4;
      if (keys[at] === k0 && keys[at + 1] === k1 && keys[at + 2] === k2 && keys[at + 3] === k3)
        return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #put(slot: number, words: Int32Array, from: number): void {
    const keys = this.#keys;
    const at = slot * 4;
    keys[at] = words[from] as number;
    keys[at + 1] = words[from + 1] as number;
    keys[at + 2] = words[from + 2] as number;
    keys[at + 3] = words[from + 3] as number;
  }

  /** Leaves behind what expired before `sinceMs`. */
  #rehash(sinceMs: EpochMs): void {
    const old = { keys: this.#keys, checksums: this.#checksums, expires: this.#expires };
    let live = 0;
    for (const until of old.expires) if (until !== EMPTY && until >= sinceMs) live++;
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
    for (let from = 0; from < old.expires.length; from++) {
      const until = old.expires[from] as number;
      if (until === EMPTY || until < sinceMs) continue;
      const slot = this.#find(old.keys, from * 4);
      this.#put(slot, old.keys, from * 4);
      this.#checksums[slot] = old.checksums[from] as number;
      this.#expires[slot] = until;
    }
  }
}
