import { invariant } from '../../kernel/result.ts';
import type { DurationMs, EpochMs } from '../../kernel/time.ts';
import type { Identity } from './identity.ts';

const INITIAL_SLOTS = 1 << 12;
const LOAD_MAX = 0.7;
const EMPTY = 0;
/** Append times may step back this much where a partition's leader changes; entries are kept that much longer. */
export const APPEND_TIME_SLACK_MS: DurationMs = 60_000;

export type Sighting = 'fresh' | 'duplicate' | 'conflict';

/** A slot is 8 words, one half of a cache line: 4 of the key, the checksum, a spare one, and 2 that are `expires` as a double. */
const SLOT_WORDS = 8;
const CHECKSUM = 4;
const EXPIRES = 3;

/**
 * The identities seen in one partition within the horizon: an exact open-addressing table over one typed array.
 * An entry keeps until when a copy counts as a duplicate, the latest `append time + horizon` over all its sightings, and
 * the checksum of the newest sighting's payload. So a verdict is a function of the records within the horizon alone, and
 * a worker whose index begins one horizon earlier decides as one that read the whole log
 * (test/property/aggregator/core/identity-index.test.ts).
 * 32 B per slot; slots double when 70 % are full, after expired entries were left behind.
 */
export class IdentityIndex {
  readonly #entriesMax: number;
  #slots = INITIAL_SLOTS;
  #entries = 0;
  #words = new Int32Array(INITIAL_SLOTS * SLOT_WORDS);
  /** The same memory as doubles. */
  #doubles = new Float64Array(this.#words.buffer);

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
    const words = this.#words;
    const doubles = this.#doubles;
    const checksumAt = slot * SLOT_WORDS + CHECKSUM;
    const expiresAt = slot * (SLOT_WORDS / 2) + EXPIRES;
    const until = appendMs + horizonMs;
    const expires = doubles[expiresAt] as number;
    const isLive = expires !== EMPTY && expires >= appendMs;
    const isSame = words[checksumAt] === (checksum | 0);
    words[checksumAt] = checksum;
    if (isLive) {
      if (until > expires) doubles[expiresAt] = until;
      return isSame ? 'duplicate' : 'conflict';
    }
    doubles[expiresAt] = until;
    if (expires === EMPTY) {
      this.#put(slot, key, 0);
      this.#entries++;
      if (this.#entries > this.#slots * LOAD_MAX) this.#rehash(appendMs - APPEND_TIME_SLACK_MS);
    }
    return 'fresh';
  }

  /** The slot of the key that is `words[from, from + 4)`, or the empty one where it belongs. */
  #find(key: Int32Array, from: number): number {
    const mask = this.#slots - 1;
    const words = this.#words;
    const doubles = this.#doubles;
    const k0 = key[from] as number;
    const k1 = key[from + 1] as number;
    const k2 = key[from + 2] as number;
    const k3 = key[from + 3] as number;
    let slot = k0 & mask;
    while (doubles[slot * (SLOT_WORDS / 2) + EXPIRES] !== EMPTY) {
      const at = slot * SLOT_WORDS;
      if (words[at] === k0 && words[at + 1] === k1 && words[at + 2] === k2 && words[at + 3] === k3)
        return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #put(slot: number, key: Int32Array, from: number): void {
    const words = this.#words;
    const at = slot * SLOT_WORDS;
    words[at] = key[from] as number;
    words[at + 1] = key[from + 1] as number;
    words[at + 2] = key[from + 2] as number;
    words[at + 3] = key[from + 3] as number;
  }

  /** Leaves behind what expired before `sinceMs`. */
  #rehash(sinceMs: EpochMs): void {
    const old = { slots: this.#slots, words: this.#words, doubles: this.#doubles };
    const expiresOf = (slot: number): number =>
      old.doubles[slot * (SLOT_WORDS / 2) + EXPIRES] as number;
    const isKept = (slot: number): boolean =>
      expiresOf(slot) !== EMPTY && expiresOf(slot) >= sinceMs;
    let live = 0;
    for (let slot = 0; slot < old.slots; slot++) if (isKept(slot)) live++;
    invariant(
      live <= this.#entriesMax,
      `the duplicate index of a partition exceeds ${this.#entriesMax} identities; raise partitions or shorten duplicateHorizon`,
    );
    let slots = INITIAL_SLOTS;
    while (live > slots * LOAD_MAX * 0.7) slots *= 2;
    this.#slots = slots;
    this.#entries = live;
    this.#words = new Int32Array(slots * SLOT_WORDS);
    this.#doubles = new Float64Array(this.#words.buffer);
    for (let from = 0; from < old.slots; from++) {
      if (!isKept(from)) continue;
      const slot = this.#find(old.words, from * SLOT_WORDS);
      this.#put(slot, old.words, from * SLOT_WORDS);
      this.#words[slot * SLOT_WORDS + CHECKSUM] = old.words[from * SLOT_WORDS + CHECKSUM] as number;
      this.#doubles[slot * (SLOT_WORDS / 2) + EXPIRES] = expiresOf(from);
    }
  }
}
