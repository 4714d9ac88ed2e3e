import type { EpochMs } from '../../../kernel/time.ts';
import type { Memory, SeriesMemory } from '../values/memory.ts';
import { cellField, encodeCell } from './partition-fields.ts';

/** Which cells changed since the last commit, by their series: their names are made once, when they are written. A structure that changes in place. */
export class ChangedCells {
  readonly #changed = new Map<SeriesMemory, { memory: string; starts: EpochMs[] }>();

  add({ key: memory }: Memory, series: SeriesMemory, startMs: EpochMs): void {
    const changed = this.#changed.get(series);
    if (!changed) this.#changed.set(series, { memory, starts: [startMs] });
    else if (!changed.starts.includes(startMs)) changed.starts.push(startMs);
  }

  isAny(): boolean {
    return this.#changed.size > 0;
  }
  /** Writes what changed since the last call. */
  take(fields: Map<string, string | null>): void {
    for (const [{ key, cells }, { memory, starts }] of this.#changed)
      for (const startMs of starts) {
        const cell = cells.get(startMs);
        fields.set(cellField(memory, key, startMs), cell ? encodeCell(cell) : null);
      }
    this.#changed.clear();
  }
}
