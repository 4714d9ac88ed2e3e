import { supersedes } from '../../../kernel/update.ts';
import { HOUR_MS } from '../../../kernel/time.ts';
import type { DurationMs, EpochMs } from '../../../kernel/time.ts';
import type { Cell, Cells } from './window-value.ts';

/**
 * Cells that the past of one partition holds at most, some 200 bytes each. Beyond it no further series is remembered: what
 * its conditions look back to is not known.
 */
export const PAST_CELLS_MAX = 500_000;

/** How the past is stored: fields `p|START|KEY` for cells and `q|MEMORY` for how far back all of them are held. */
export type CellCodec = {
  readonly encode: (cell: Cell) => string;
  readonly decode: (text: string) => Cell;
};

/**
 * Cells of before what judging windows needs: for conditions that look back (kernel/look-back.ts). They come from
 * `metric-updates` as alerting forgets them otherwise, and once, for a new rule, from stored history; what was read from
 * there is stored with the partition's state, so that no replay of that state reads it anew. Changes in place.
 */
export class Past {
  readonly #cells = new Map<string, Cells>();
  readonly #heldFromMs = new Map<string, EpochMs>();
  readonly #codec: CellCodec;
  readonly #changed: (field: string) => void;
  #size = 0;

  /** @param changed told of every field that is to be stored anew */
  constructor(codec: CellCodec, changed: (field: string) => void) {
    this.#codec = codec;
    this.#changed = changed;
  }

  /** @param memory `METRIC@VERSION|GRAIN`   @returns undefined while nothing was read from history */
  heldFromMs(memory: string): EpochMs | undefined {
    return this.#heldFromMs.get(memory);
  }
  hold(memory: string, fromMs: EpochMs): void {
    if (this.#heldFromMs.get(memory) === fromMs) return;
    this.#heldFromMs.set(memory, fromMs);
    this.#changed(`q|${memory}`);
  }
  cellAt(key: string, startMs: EpochMs): Cell | undefined {
    return this.#cells.get(key)?.get(startMs);
  }
  /** Start of the series' first cell that is known: before it there was no such series. It is never forgotten. */
  firstMs(key: string): EpochMs {
    let first = Infinity;
    for (const start of this.#cells.get(key)?.keys() ?? []) if (start < first) first = start;
    return first;
  }
  /** Whether there is room for the series' cells. */
  admits(key: string, cells: number): boolean {
    return this.#cells.has(key) || this.#size + cells <= PAST_CELLS_MAX;
  }
  /** Keeps the cell if it supersedes what is kept. */
  keep(key: string, startMs: EpochMs, cell: Cell): void {
    let cells = this.#cells.get(key);
    if (!cells) this.#cells.set(key, (cells = new Map()));
    const kept = cells.get(startMs);
    if (kept && !supersedes(cell, kept)) return;
    if (!kept) this.#size++;
    cells.set(startMs, cell);
    this.#changed(`p|${startMs}|${key}`);
  }
  /**
   * Lets go of a memory's cells that end before; each series keeps its first. All cells are looked at, so it is done when
   * `everyMs` have gathered, at least an hour.
   */
  forget(memory: string, beforeMs: EpochMs, everyMs: DurationMs = HOUR_MS): void {
    const held = this.#heldFromMs.get(memory);
    if (held === undefined || beforeMs - held < Math.max(HOUR_MS, everyMs)) return;
    this.hold(memory, beforeMs);
    for (const [key, cells] of this.#cells) {
      if (!key.startsWith(`${memory}|`)) continue;
      const firstMs = this.firstMs(key);
      for (const [startMs, { end }] of cells)
        if (end < beforeMs && startMs !== firstMs) this.#delete(key, startMs);
    }
  }
  /** Forgets a memory whole: no rule looks back to it any more. */
  drop(memory: string): void {
    if (!this.#heldFromMs.delete(memory)) return;
    this.#changed(`q|${memory}`);
    for (const [key, cells] of this.#cells) {
      if (!key.startsWith(`${memory}|`)) continue;
      for (const startMs of cells.keys()) this.#delete(key, startMs);
      this.#cells.delete(key);
    }
  }
  memories(): Iterable<string> {
    return [...this.#heldFromMs.keys()];
  }
  #delete(key: string, startMs: EpochMs): void {
    if (!this.#cells.get(key)?.delete(startMs)) return;
    this.#size--;
    this.#changed(`p|${startMs}|${key}`);
  }

  /** @returns the field as it is stored; null where it is no more */
  encode(field: string): string | null {
    if (field.startsWith('q|')) {
      const held = this.#heldFromMs.get(field.slice(2));
      return held === undefined ? null : String(held);
    }
    const { startMs, key } = placeOf(field);
    const cell = this.cellAt(key, startMs);
    return cell ? this.#codec.encode(cell) : null;
  }
  restore(field: string, text: string): void {
    if (field.startsWith('q|')) return this.hold(field.slice(2), Number(text));
    const { startMs, key } = placeOf(field);
    this.keep(key, startMs, this.#codec.decode(text));
  }
}

function placeOf(field: string): { startMs: EpochMs; key: string } {
  const cut = field.indexOf('|', 2);
  return { startMs: Number(field.slice(2, cut)), key: field.slice(cut + 1) };
}
