import type { Integer } from '../kernel/integer.ts';
import type { Window } from '../kernel/window.ts';
import { cellStarts } from '../kernel/window-merge.ts';
import type { Reading } from './core/facts.ts';
import type { CellsView } from './core/projection.ts';
import type { MemberCount, MembersRequest, ProjectionReader, ProjectionRef } from './ports.ts';

/** What is read after the cells, for windows that their numbers alone do not give. */
export type Unions = Pick<Reading, 'membersOf' | 'latestOf'>;

/**
 * Reads distinct members of every window, and of `latest` the entities of windows of several cells: one cell holds their
 * sum itself.
 */
export async function readUnions(
  reader: ProjectionReader,
  ref: ProjectionRef,
  of: Pick<Reading, 'metric' | 'calendar' | 'grain' | 'series'> & {
    readonly view: CellsView | undefined;
    readonly windows: readonly Window[];
  },
): Promise<Unions> {
  const members = new Map<string, MemberCount>();
  const latest = new Map<string, Integer>();
  const { view } = of;
  const { aggregation } = of.metric;
  const groups = (cellsMin: number) =>
    view ? groupsOf(view, of).filter(({ starts }) => starts.length >= cellsMin) : [];
  if (aggregation === 'distinct') {
    const asked = groups(1);
    const counts = await reader.members(ref, asked);
    for (const [i, { name }] of asked.entries()) members.set(name, counts[i] as MemberCount);
  }
  if (aggregation === 'latest') {
    const asked = groups(2);
    const sums = await reader.latest(ref, asked);
    for (const [i, { name }] of asked.entries()) latest.set(name, sums[i] as Integer);
  }
  return {
    // No name is made where none can be found: every point asks.
    membersOf: (seriesKey, window) =>
      members.size === 0 ? undefined : members.get(nameOf(seriesKey, window)),
    latestOf: (seriesKey, window) =>
      latest.size === 0 ? undefined : latest.get(nameOf(seriesKey, window)),
  };
}

const nameOf = (seriesKey: string, { startMs, endMs }: Window): string =>
  `${startMs} ${endMs} ${seriesKey}`;

/** The filled cells of each series and window; those without any are left out. */
function groupsOf(
  view: CellsView,
  of: Pick<Reading, 'calendar' | 'grain' | 'series'> & { readonly windows: readonly Window[] },
): readonly (MembersRequest & { readonly name: string })[] {
  const { calendar, grain } = of;
  return [...of.series.values()].flatMap(({ key, number }) =>
    of.windows.flatMap((window) => {
      const starts = cellStarts(calendar, grain, window).filter((start) =>
        view.windows.get(start)?.cells.has(number),
      );
      const group = { name: nameOf(key, window), grain, starts, seriesKey: key };
      return starts.length === 0 ? [] : [group];
    }),
  );
}
