import { hash128Into } from '../hash.ts';
import type { Row } from './row.ts';

/** The row that had an id first. */
export type First = Pick<Row, 'number' | 'line'>;
/** Of a row whose id came before: with the same content it counts once, with another one it would be a conflict. */
export type Repeat = { readonly kind: 'same' | 'conflict'; readonly first: First };

/** About 400 MB; files that are larger have been checked that far. */
export const ROW_IDS_MAX = 10_000_000;
const INITIAL_ENTRIES = 1 << 10;
/** Slots for an entry: at most half of them are taken. */
const SLOTS_PER_ENTRY = 2;
/** Four words of the id's hash, two of the content's, the row's number and line. */
const WORDS = 8;

/**
 * The ids of a file's rows, each with the row that had it first: a mutable structure, an open-addressing table of 40 B a row,
 * as a file may have more rows than a map of texts could hold. Ids are told apart by 128 bits, contents by 64.
 * @see services/aggregator/core/identity-index.ts, which tells events apart in the log
 */
export class RowIds {
  readonly #max: number;
  #count = 0;
  #entries = new Int32Array(INITIAL_ENTRIES * WORDS);
  #slots = new Int32Array(INITIAL_ENTRIES * SLOTS_PER_ENTRY);
  readonly #key = new Int32Array(4);
  readonly #content = new Int32Array(4);
  #bytes = new Uint8Array(1024);

  constructor(max = ROW_IDS_MAX) {
    this.#max = max;
  }

  /** Whether the bound is reached: further ids are compared, and not kept. */
  get isFull(): boolean {
    return this.#count >= this.#max;
  }

  /**
   * Notes a row's id. The first row that has an id stays the one that later rows are compared with.
   * @returns undefined for the first row that has it
   */
  see(
    row: First,
    { id, content }: { readonly id: string; readonly content: string },
  ): Repeat | undefined {
    this.#hash(id, this.#key);
    this.#hash(content, this.#content);
    const slot = this.#slotOf();
    const at = ((this.#slots[slot] as number) - 1) * WORDS;
    const entries = this.#entries;
    if (at >= 0) {
      const isSame = entries[at + 4] === this.#content[0] && entries[at + 5] === this.#content[1];
      const first = { number: entries[at + 6] as number, line: entries[at + 7] as number };
      return { kind: isSame ? 'same' : 'conflict', first };
    }
    if (!this.isFull) this.#add(row, slot);
    return undefined;
  }

  /** Where the key is, or belongs. */
  #slotOf(): number {
    const mask = this.#slots.length - 1;
    let slot = (this.#key[0] as number) & mask;
    for (;;) {
      const entry = this.#slots[slot] as number;
      if (entry === 0 || this.#isKey((entry - 1) * WORDS)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #isKey(at: number): boolean {
    for (let i = 0; i < 4; i++) if (this.#entries[at + i] !== this.#key[i]) return false;
    return true;
  }

  #add({ number, line }: First, slot: number): void {
    const entries = this.#entries;
    const at = this.#count * WORDS;
    entries.set(this.#key, at);
    entries[at + 4] = this.#content[0] as number;
    entries[at + 5] = this.#content[1] as number;
    entries[at + 6] = number;
    entries[at + 7] = line;
    this.#slots[slot] = ++this.#count;
    if (this.#count * WORDS === entries.length) this.#grow();
  }

  #grow(): void {
    const entries = new Int32Array(this.#entries.length * 2);
    entries.set(this.#entries);
    this.#entries = entries;
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let entry = 1; entry <= this.#count; entry++) {
      let slot = (entries[(entry - 1) * WORDS] as number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = entry;
    }
    this.#slots = slots;
  }

  #hash(text: string, out: Int32Array): void {
    // A UTF-16 unit becomes at most three bytes.
    if (this.#bytes.length < text.length * 3) this.#bytes = new Uint8Array(text.length * 3);
    const { written } = ENCODER.encodeInto(text, this.#bytes);
    hash128Into(out, this.#bytes, { from: 0, to: written });
  }
}
const ENCODER = new TextEncoder();
