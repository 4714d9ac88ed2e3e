import type { EpochMs } from '../kernel/time.ts';
import { keepFinal, noFinalCells, rowsOf, withFinal } from './core/final-cells.ts';
import type { FinalCells } from './core/final-cells.ts';
import { watermarkOf } from './core/projection.ts';
import type { NumbersView, ProjectionHead } from './core/projection.ts';
import type { Finality, NumbersRequest, ProjectionReader, ProjectionRef } from './ports.ts';

/** With room for others, about 20 bytes each. */
const CELLS_MAX = 2_000_000;

/**
 * A reader that remembers final windows, which hardly ever change: of a range it reads those that are not final yet, with
 * the head that says whether what is remembered still holds. Law: its answers are those of `reader` at the same moment.
 */
export function rememberingReader(reader: ProjectionReader): ProjectionReader {
  /** Those that were asked for longest ago come first. */
  const memory = new Map<string, FinalCells>();
  const keep = (key: string, kept: FinalCells): void => {
    memory.delete(key);
    memory.set(key, kept);
    let cells = 0;
    for (const one of memory.values()) cells += one.cells;
    for (const [oldest, one] of memory) {
      if (cells <= CELLS_MAX) break;
      memory.delete(oldest);
      cells -= one.cells;
    }
  };

  /** @returns 'stale' where what was kept does not hold any more */
  const read = async (
    ref: ProjectionRef,
    request: NumbersRequest & { readonly finality: Finality },
    kept: FinalCells | undefined,
  ): Promise<NumbersView | undefined | 'stale'> => {
    const { starts, series, finality } = request;
    const rows = kept && rowsOf(kept, request, overAt(kept.watermarkMs, finality));
    const missing = starts.flatMap((_, i) => (rows === undefined || rows[i] === -1 ? [i] : []));
    const asked = { ...request, starts: missing.map((i) => starts[i] as number) };
    const view = await reader.numbers(ref, asked);
    if (!view) return undefined;
    const { head } = view;
    const watermarkMs = watermarkOf(head);
    const isOver = overAt(watermarkMs, finality);
    const isRemembered = rows !== undefined && missing.length < starts.length;
    if (isRemembered) {
      const holds =
        kept?.stamp === stampOf(head) && rows.every((row, i) => row === -1 || isOver(i));
      if (!holds) return 'stale';
    }
    if (!head.rebuilding) {
      const key = `${ref.metric}@${ref.version}|${request.grain}`;
      const known = memory.get(key);
      const into = known?.stamp === stampOf(head) ? known : noFinalCells(stampOf(head));
      into.watermarkMs = watermarkMs;
      keepFinal(into, asked, { read: view, isOver: (i) => isOver(missing[i] as number) });
      keep(key, into);
    }
    return isRemembered && kept ? { head, ...withFinal(kept, { series, rows }, view) } : view;
  };

  return {
    ...reader,
    async numbers(ref, request) {
      const { finality } = request;
      if (!finality) return reader.numbers(ref, request);
      // Whatever is wanted of them this time: others may want the rest.
      const { only: _, ...whole } = request;
      const asked = { ...whole, finality };
      const kept = memory.get(`${ref.metric}@${ref.version}|${request.grain}`);
      const found = await read(ref, asked, kept);
      if (found !== 'stale') return found;
      const fresh = await read(ref, asked, undefined);
      return fresh === 'stale' ? undefined : fresh;
    },
  };
}

/** Under which what is kept holds: in another generation the same numbers are other series. */
const stampOf = ({ generation, finals, rebuilding }: ProjectionHead): string =>
  `${generation}|${finals}|${rebuilding ? 'rebuilding' : ''}`;

/** Whether a window is final by the watermark, and not yet gone. */
function overAt(watermarkMs: EpochMs, { ends, latenessMs, retentionMs }: Finality) {
  const goneMs = Math.max(latenessMs, retentionMs);
  return (i: number): boolean => {
    const endMs = ends[i] as number;
    return watermarkMs >= endMs + latenessMs && watermarkMs < endMs + goneMs;
  };
}
