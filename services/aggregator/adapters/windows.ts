import type { Grain } from '../../kernel/window.ts';
import type { CellPlace } from '../ports.ts';

/** Cells of one window together. Those that one view shows are of one stage; others are apart. */
export function byWindow<T extends CellPlace & { readonly stage?: number }>(
  cells: readonly T[],
): readonly (readonly [T, ...T[]])[] {
  const windows = new Map<string, [T, ...T[]]>();
  for (const cell of cells) {
    const window = `${cell.grain}|${cell.startMs}|${cell.stage ?? ''}`;
    const list = windows.get(window);
    if (list) list.push(cell);
    else windows.set(window, [cell]);
  }
  return [...windows.values()];
}

/** A window as a member of `due` and a mark of `dirty` name it: `GRAIN|START`, and whatever follows. */
export function parseMember(member: string): { grain: Grain; startMs: number } {
  const [grain, start] = member.split('|');
  return { grain: grain as Grain, startMs: Number(start) };
}
