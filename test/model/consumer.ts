import { supersedes } from '../../services/kernel/update.ts';
import type { Guards } from './guards.ts';
import { contributionsOf, stateIn } from './slot.ts';
import type { CellMasks, View } from './slot.ts';
import type { Kept, KeptCells } from './world.ts';

const asUpdate = ({ counts, state, revision }: Kept) => ({
  accumulators: { contributions: contributionsOf(counts, ~0) },
  state,
  revision,
});

/** `kernel/update.ts`, asked as consumers ask it. */
export const isNewer = (next: Kept, kept: Kept): boolean =>
  supersedes(asUpdate(next), asUpdate(kept));

/** What an update tells of a cell. */
export const cellIn = (view: View, cell: number, masks: CellMasks): Kept => ({
  counts: view.counts & (masks[cell] as number),
  state: stateIn(view, cell),
  revision: view.revisions[cell] as number,
});

/** What a consumer has when the marked cells of a view have reached it. */
export const receive = (
  kept: KeptCells,
  view: View,
  { masks, guards }: { masks: CellMasks; guards: Guards },
): KeptCells =>
  kept.map((old, cell) => {
    if (!((view.dirty >> cell) & 1)) return old;
    const next = cellIn(view, cell, masks);
    return !old || replaces(next, old, guards) ? next : old;
  });

const replaces = (next: Kept, kept: Kept, guards: Guards): boolean =>
  guards.rankByContributions
    ? isNewer(next, kept)
    : next.revision > kept.revision || (next.revision === kept.revision && isNewer(next, kept));
