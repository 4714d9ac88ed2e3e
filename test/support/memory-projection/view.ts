import type { Accumulators } from '../../../services/kernel/accumulator.ts';
import type { Grain } from '../../../services/kernel/window.ts';
import { stateOf } from '../../../services/kernel/stage.ts';
import type { ProjectionHead, ProjectionView } from '../../../services/aggregator/ports.ts';
import type { MemoryProjection } from './projection.ts';

/** Views of cells tell the sum of their entities only. */
export const withoutEntities = (cell: Accumulators): Accumulators =>
  Object.fromEntries(
    Object.entries(cell).filter(([part]) => part !== 'entities'),
  ) as unknown as Accumulators;

type Seen = { projection: MemoryProjection | undefined; isCandidate: boolean };

/** What is read of these cells, with the evidence. */
export function viewOf(
  { projection, isCandidate }: Seen,
  places: readonly { grain: Grain; startMs: number; series: number }[],
): ProjectionView {
  if (!projection) return { cells: [], watermarkMs: 0, cursors: [], rebuilding: true };
  const keys = new Map([...projection.series].map(([key, number]) => [number, key]));
  const cells = places.flatMap((at) => {
    const window = projection.windows.get(`${at.grain}|${at.startMs}`);
    const cell = window?.cells.get(at.series);
    if (!window || !cell) return [];
    const { stage, endMs } = window;
    const { revision, restatements, members } = cell;
    const accumulators = {
      ...withoutEntities(cell.accumulators),
      ...(members ? { distinct: members.size } : {}),
    };
    const numbers = { stage, revision, restatements, historical: cell.historical };
    const key = keys.get(at.series) ?? '';
    return [{ ...at, key, endMs, accumulators, ...numbers, state: stateOf(numbers) }];
  });
  const spans = [...projection.spans.values()];
  return {
    cells,
    watermarkMs: Math.min(...spans.map(({ watermarkMs }) => watermarkMs)),
    cursors: spans.map(({ topic, partition, next }) => ({ topic, partition, offset: next })),
    rebuilding: spans.some(({ building }) => building),
    isCandidate,
  };
}

export function headOf(seen: Seen): ProjectionHead {
  const { cells: _, ...origin } = viewOf(seen, []);
  const events = [...(seen.projection?.counters ?? [])].reduce(
    (sum, [field, records]) => (/:(heartbeat|hole)$/.test(field) ? sum : sum + records),
    0,
  );
  return { ...origin, events };
}
