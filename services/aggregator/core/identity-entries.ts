/** Words of an entry: 4 of the key, then the checksum. */
const ENTRY_WORDS = 5;
const CHECKSUM = 4;
const CHUNK_BITS = 12;
const CHUNK = 1 << CHUNK_BITS;
const WITHIN = CHUNK - 1;

/** `expires` holds epoch ms, to the millisecond: no 32 bits do. */
type Chunk = { readonly words: Int32Array; readonly expires: Float64Array };

/**
 * What is kept of identities, numbered in the order in which they were first seen: the key, the checksum of the newest
 * sighting's payload, and until when a copy is one. 28 B each, in chunks of 4,096, so that growing copies nothing and
 * leaves no garbage, and what is written next lies beside what was written last: no two misses of the cache for one event.
 */
export class IdentityEntries {
  readonly #chunks: Chunk[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(key: Int32Array, checksum: number, expiresMs: number): void {
    const entry = this.#count++;
    const at = entry & WITHIN;
    if (at === 0) this.#chunks.push(emptyChunk());
    const { words, expires } = this.#chunks[entry >>> CHUNK_BITS] as Chunk;
    const word = at * ENTRY_WORDS;
    words[word] = key[0] as number;
    words[word + 1] = key[1] as number;
    words[word + 2] = key[2] as number;
    words[word + 3] = key[3] as number;
    words[word + CHECKSUM] = checksum;
    expires[at] = expiresMs;
  }

  isOf(entry: number, key: Int32Array): boolean {
    const { words } = this.#chunks[entry >>> CHUNK_BITS] as Chunk;
    const word = (entry & WITHIN) * ENTRY_WORDS;
    return (
      words[word] === key[0] &&
      words[word + 1] === key[1] &&
      words[word + 2] === key[2] &&
      words[word + 3] === key[3]
    );
  }

  /** A word of the entry's key, 0 to 3. */
  keyWord(entry: number, which: number): number {
    const { words } = this.#chunks[entry >>> CHUNK_BITS] as Chunk;
    return words[(entry & WITHIN) * ENTRY_WORDS + which] as number;
  }

  expires(entry: number): number {
    return (this.#chunks[entry >>> CHUNK_BITS] as Chunk).expires[entry & WITHIN] as number;
  }

  setExpires(entry: number, expiresMs: number): void {
    (this.#chunks[entry >>> CHUNK_BITS] as Chunk).expires[entry & WITHIN] = expiresMs;
  }

  /** Puts the checksum in place of the one before. @returns whether they are the same */
  exchangeChecksum(entry: number, checksum: number): boolean {
    const { words } = this.#chunks[entry >>> CHUNK_BITS] as Chunk;
    const at = (entry & WITHIN) * ENTRY_WORDS + CHECKSUM;
    const isSame = words[at] === (checksum | 0);
    words[at] = checksum;
    return isSame;
  }

  /** How many expire at `sinceMs` or later. */
  countSince(sinceMs: number): number {
    let live = 0;
    for (let entry = 0; entry < this.#count; entry++) if (this.expires(entry) >= sinceMs) live++;
    return live;
  }

  /** Leaves behind what expired before `sinceMs`; the others are numbered anew, in the same order. */
  keepSince(sinceMs: number): void {
    let kept = 0;
    for (let entry = 0; entry < this.#count; entry++) {
      if (this.expires(entry) < sinceMs) continue;
      if (kept < entry) this.#move(entry, kept);
      kept++;
    }
    this.#count = kept;
    this.#chunks.length = Math.ceil(kept / CHUNK);
  }

  #move(from: number, to: number): void {
    const { words } = this.#chunks[from >>> CHUNK_BITS] as Chunk;
    const into = this.#chunks[to >>> CHUNK_BITS] as Chunk;
    const fromWord = (from & WITHIN) * ENTRY_WORDS;
    const toWord = (to & WITHIN) * ENTRY_WORDS;
    for (let i = 0; i < ENTRY_WORDS; i++) into.words[toWord + i] = words[fromWord + i] as number;
    into.expires[to & WITHIN] = this.expires(from);
  }
}

const emptyChunk = (): Chunk => ({
  words: new Int32Array(CHUNK * ENTRY_WORDS),
  expires: new Float64Array(CHUNK),
});
