import { decodeEntities, decodeLast } from '../../kernel/accumulator.ts';
import type { Accumulators } from '../../kernel/accumulator.ts';
import { parseInteger } from '../../kernel/integer.ts';
import { decodeSketch } from '../../kernel/sketch.ts';
import { stateOf } from '../../kernel/stage.ts';
import type { CellPlace, ProjectionView, StoredCell, StoredPartition } from '../ports.ts';

/** What `lua/read-cells.lua` answers: the meta hash and the watermarks as pairs, then a row per cell. */
export type ViewReply = [
  meta: readonly string[],
  watermarks: readonly string[],
  rows: readonly string[][],
];

export const isSuperseded = ([meta]: ViewReply): boolean => fromPairs(meta)['superseded'] === '1';

export const generationOf = ([meta]: ViewReply): string | undefined => fromPairs(meta)['gen'];

export function viewOf(
  reply: ViewReply,
  places: readonly (CellPlace & { readonly series: number })[],
): ProjectionView {
  const [metaPairs, , rows] = reply;
  const meta = fromPairs(metaPairs);
  const partitions = partitionsOf(reply);
  return {
    cells: rows.flatMap((row, i) => cellOf(row, places[i])),
    watermarkMs:
      partitions.length === 0 ? 0 : Math.min(...partitions.map(({ watermarkMs }) => watermarkMs)),
    cursors: partitions.map(({ topic, partition, next }) => ({ topic, partition, offset: next })),
    rebuilding: meta['gen'] === undefined || meta['state'] === 'rebuilding',
  };
}

function cellOf(
  row: readonly string[],
  place: (CellPlace & { readonly series: number }) | undefined,
): readonly StoredCell[] {
  const [end, stage, contributions, sum, min, max, last, ...rest] = row;
  const [revision, restatements, bins, historical, distinct] = rest;
  if (!place || !end || !contributions) return [];
  const numbers = {
    stage: Number(stage),
    revision: Number(revision || 0),
    restatements: Number(restatements || 0),
    historical: Number(historical || 0),
  };
  const accumulators = accumulatorsOf({ contributions, sum, min, max, last, bins, distinct });
  return [{ ...place, endMs: Number(end), accumulators, ...numbers, state: stateOf(numbers) }];
}

/** Source partitions as meta and watermarks hold them; every partition has a watermark from the start. */
export function partitionsOf([metaPairs, watermarkPairs]: ViewReply): StoredPartition[] {
  const meta = fromPairs(metaPairs);
  const watermarks = fromPairs(watermarkPairs);
  return Object.keys(watermarks).map((name) => {
    const cut = name.lastIndexOf('/');
    const fingerprints = [meta[`o:${name}`], meta[`f:${name}`]];
    return {
      topic: name.slice(0, cut),
      partition: Number(name.slice(cut + 1)),
      first: Math.max(Number(meta[`s:${name}`] ?? 0), lossEnd(meta[`l:${name}`])),
      next: Number(meta[`c:${name}`] ?? 0),
      watermarkMs: Number(watermarks[name]),
      appendMs: Number(meta[`a:${name}`] ?? 0),
      historicalMs: Number(meta[`h:${name}`] ?? 0),
      ...(meta[`l:${name}`] === undefined ? {} : { hasLoss: true }),
      fingerprints: fingerprints.filter((one) => one !== undefined),
    };
  });
}

/** Where the last of the lost ranges `FROM-TO,FROM-TO` ends; 0 without any. */
const lossEnd = (ranges = ''): number => Number(ranges.slice(ranges.lastIndexOf('-') + 1));

export const fromPairs = (pairs: readonly string[]): Record<string, string> =>
  Object.fromEntries(pairs.flatMap((name, i) => (i % 2 === 0 ? [[name, pairs[i + 1] ?? '']] : [])));

type CellFields = Record<
  'contributions' | 'sum' | 'min' | 'max' | 'last' | 'bins',
  string | undefined
> & {
  /** A number of members, with `~` before it where it is an estimate. */
  readonly distinct?: string | undefined;
  /** Entities and their newest values, as pairs. */
  readonly entities?: readonly string[];
};

/** Accumulators from the fields of a cell. */
export function accumulatorsOf(row: CellFields): Accumulators {
  const integer = (text: string | undefined) => (text ? parseInteger(text) : undefined);
  const parts = {
    sum: integer(row.sum),
    min: integer(row.min),
    max: integer(row.max),
    last: row.last ? decodeLast(row.last) : undefined,
    sketch: row.bins ? decodeSketch(row.bins) : undefined,
    distinct: row.distinct ? Number(row.distinct.replace('~', '')) : undefined,
    approximate: row.distinct?.startsWith('~') ? true : undefined,
    entities: row.entities && decodeEntities(Object.entries(fromPairs(row.entities))),
  };
  return {
    contributions: Number(row.contributions || 0),
    ...Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)),
  };
}
