import { supersedes } from '../../kernel/update.ts';
import type { ValueUpdate } from '../../kernel/update.ts';

/**
 * Cells that changed since they were last taken, each once, as it is now: a cell that changes a thousand times a second
 * costs its readers no more than one that changes once per round.
 */
export class LiveCells {
  readonly #max: number;
  #cells = new Map<string, ValueUpdate>();
  #lost = 0;

  /** @param max cells kept between two rounds; beyond it updates are dropped and counted */
  constructor(max: number) {
    this.#max = max;
  }

  offer(update: ValueUpdate): void {
    const key = `${update.metric} ${update.version} ${update.grain} ${update.start} ${update.series}`;
    const kept = this.#cells.get(key);
    if (kept && !supersedes(update, kept)) return;
    if (!kept && this.#cells.size >= this.#max) {
      this.#lost++;
      return;
    }
    this.#cells.set(key, update);
  }

  /** Takes at most `limit` cells, the longest changed first. `lost`: cells that found no room since the last time. */
  take(limit: number): { readonly updates: readonly ValueUpdate[]; readonly lost: number } {
    const updates: ValueUpdate[] = [];
    for (const [key, update] of this.#cells) {
      if (updates.length === limit) break;
      updates.push(update);
      this.#cells.delete(key);
    }
    const lost = this.#lost;
    this.#lost = 0;
    return { updates, lost };
  }
}
