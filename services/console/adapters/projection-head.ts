import { layoutOf } from '../../kernel/projection.ts';
import { COUNTERS } from '../core/conservation.ts';
import type { Counter, PartitionAccount } from '../core/conservation.ts';
import type { ProjectionHead } from '../core/projection.ts';

/**
 * The head of a projection from its `meta` and `watermarks` hashes (kernel/projection.ts).
 * @returns undefined when there is no projection: both are empty
 */
export function readHead(
  meta: Readonly<Record<string, string>>,
  watermarks: Readonly<Record<string, string>>,
): ProjectionHead | undefined {
  const generation = meta['gen'];
  if (generation === undefined) return undefined;
  const perBreakdown: Record<string, number> = {};
  for (const [field, text] of Object.entries(meta))
    if (field.startsWith('k:')) perBreakdown[field.slice(2)] = Number(text);
  return {
    generation,
    rebuilding: meta['state'] === 'rebuilding' || layoutOf(generation) !== 'known',
    superseded: meta['superseded'] === '1',
    partitions: Object.entries(watermarks).map(([name, watermark]) =>
      partitionAccount(meta, name, Number(watermark)),
    ),
    seriesCount: Number(meta['k'] ?? 0),
    perBreakdown,
    refused: Number(meta['refused'] ?? 0),
    finals: meta['finals'] ?? '',
  };
}

function partitionAccount(
  meta: Readonly<Record<string, string>>,
  name: string,
  watermarkMs: number,
): PartitionAccount {
  const cut = name.lastIndexOf('/');
  const number = (field: string): number => Number(meta[field] ?? 0);
  return {
    topic: name.slice(0, cut),
    partition: Number(name.slice(cut + 1)),
    first: number(`s:${name}`),
    next: number(`c:${name}`),
    watermarkMs,
    appendMs: number(`a:${name}`),
    rebuilding: meta[`b:${name}`] !== undefined,
    counters: Object.fromEntries(
      COUNTERS.map((counter) => [counter, number(`n:${name}:${counter}`)]),
    ) as Record<Counter, number>,
  };
}
