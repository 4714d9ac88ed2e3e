import { invariant } from '../../kernel/result.ts';
import type { DurationMs, EpochMs } from '../../kernel/time.ts';
import { IdentityEntries } from './identity-entries.ts';
import type { Identity } from './identity.ts';

const INITIAL_SLOTS = 1 << 10;
const LOAD_MAX = 0.7;
const EMPTY = 0;
/** Append times may step back this much where a partition's leader changes; entries are kept that much longer. */
export const APPEND_TIME_SLACK_MS: DurationMs = 60_000;

export type Sighting = 'fresh' | 'duplicate' | 'conflict';

/**
 * The identities seen in one partition within the horizon: an exact open-addressing table of the numbers of entries.
 * An entry keeps until when a copy counts as a duplicate, the latest `append time + horizon` over all its sightings, and
 * the checksum of the newest sighting's payload. So a verdict is a function of the records within the horizon alone, and
 * a worker whose index begins one horizon earlier decides as one that read the whole log
 * (test/property/aggregator/core/identity-index.test.ts).
 * 28 B per entry (identity-entries.ts), and 4 B per slot, so that the one access per event that is anywhere stays within a
 * few MB, which the processor has at hand: with keys in the table it was a third of what counting costs. Slots double
 * when 70 % are full, after expired entries were left behind.
 */
export class IdentityIndex {
  readonly #entriesMax: number;
  readonly #entries = new IdentityEntries();
  #slots = new Int32Array(INITIAL_SLOTS);

  /** @param entriesMax bound on live identities; beyond it the partition stops rather than forget */
  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get size(): number {
    return this.#entries.count;
  }

  /**
   * Records a sighting and says what the record is: `fresh`, `duplicate` (the newest earlier record of this identity has
   * the same payload) or `conflict` (it has another). An identity whose horizon has passed is fresh again.
   * @throws invariant_broken when more identities live than the bound allows
   */
  see({ key, checksum, appendMs, horizonMs }: Identity): Sighting {
    const slots = this.#slots;
    const entries = this.#entries;
    const mask = slots.length - 1;
    const tag = key[1] as number;
    const until = appendMs + horizonMs;
    let slot = (key[0] as number) & mask;
    for (let held = slots[slot] as number; held !== EMPTY; held = slots[slot] as number) {
      const entry = (held & mask) - 1;
      if (((held ^ tag) & ~mask) === 0 && entries.isOf(entry, key)) {
        const isSame = entries.exchangeChecksum(entry, checksum);
        const expires = entries.expires(entry);
        const isLive = expires >= appendMs;
        if (!isLive || until > expires) entries.setExpires(entry, until);
        return !isLive ? 'fresh' : isSame ? 'duplicate' : 'conflict';
      }
      slot = (slot + 1) & mask;
    }
    entries.add(key, checksum, until);
    slots[slot] = slotOf(tag, entries.count, mask);
    if (entries.count > slots.length * LOAD_MAX) this.#rehash(appendMs - APPEND_TIME_SLACK_MS);
    return 'fresh';
  }

  /** Leaves behind what expired before `sinceMs`. */
  #rehash(sinceMs: EpochMs): void {
    const live = this.#entries.countSince(sinceMs);
    invariant(
      live <= this.#entriesMax,
      `the duplicate index of a partition exceeds ${this.#entriesMax} identities; raise partitions or shorten duplicateHorizon`,
    );
    this.#entries.keepSince(sinceMs);
    let length = INITIAL_SLOTS;
    while (live > length * LOAD_MAX * 0.7) length *= 2;
    const slots = new Int32Array(length);
    const mask = length - 1;
    for (let entry = 0; entry < live; entry++) {
      let slot = this.#entries.keyWord(entry, 0) & mask;
      while (slots[slot] !== EMPTY) slot = (slot + 1) & mask;
      slots[slot] = slotOf(this.#entries.keyWord(entry, 1), entry + 1, mask);
    }
    this.#slots = slots;
  }
}

/**
 * The number of an entry, counted from 1, in as many low bits as number the slots, of which there are more than entries;
 * above them a tag of the key, so that hardly any other entry is looked at: of 2^20 slots all but one in 4,096.
 */
const slotOf = (tag: number, number: number, mask: number): number => (tag & ~mask) | number;
