import { decodeEntities } from '../../kernel/accumulator.ts';
import type { Accumulators } from '../../kernel/accumulator.ts';
import { METRIC_OUTCOMES } from '../../kernel/outcome.ts';
import { layoutOf, stageOf } from '../../kernel/projection.ts';
import { stateOf } from '../../kernel/stage.ts';
import { decodeCell } from '../../kernel/stored-cell.ts';
import type {
  CellPlace,
  ProjectionHead,
  ProjectionView,
  StoredCell,
  StoredPartition,
} from '../ports.ts';

/** What `lua/read-cells.lua` answers: the meta hash, or what of it was asked for, and the watermarks as pairs, windows with their cells' fields, members. */
export type ViewReply = [
  meta: readonly string[],
  watermarks: readonly string[],
  windows: readonly (readonly [
    end: string | null,
    stage: string | null,
    values: readonly (string | null)[],
  ])[],
  members: readonly string[],
];

/** The cells of each window that were asked for. */
type Asked = readonly (readonly (CellPlace & { readonly series: number })[])[];

export const isSuperseded = ([meta]: ViewReply): boolean => fromPairs(meta)['superseded'] === '1';

export const generationOf = ([meta]: readonly [ViewReply[0], ...unknown[]]): string | undefined =>
  fromPairs(meta)['gen'];

export function viewOf(reply: ViewReply, asked: Asked): ProjectionView {
  return { cells: cellsOf(reply, asked), ...originOf(reply) };
}

/** @param reply with the whole meta hash */
export const headOf = (reply: ViewReply): ProjectionHead => ({
  ...originOf(reply),
  events: eventsOf(fromPairs(reply[0])),
});

/** What a view is a function of. */
function originOf(reply: ViewReply): Omit<ProjectionView, 'cells'> {
  const meta = fromPairs(reply[0]);
  const generation = meta['gen'];
  const isReadable = generation !== undefined && layoutOf(generation) === 'known';
  const watermarks = Object.entries(fromPairs(reply[1]));
  return {
    watermarkMs: watermarks.length === 0 ? 0 : Math.min(...watermarks.map(([, at]) => Number(at))),
    cursors: watermarks.map(([name]) => ({
      ...placeOf(name),
      offset: Number(meta[`c:${name}`] ?? 0),
    })),
    rebuilding: !isReadable || meta['state'] === 'rebuilding',
    isCandidate: meta['candidate'] === '1',
  };
}

/** `T/P`. */
function placeOf(name: string): { readonly topic: string; readonly partition: number } {
  const cut = name.lastIndexOf('/');
  return { topic: name.slice(0, cut), partition: Number(name.slice(cut + 1)) };
}

/** Records by their outcomes: what is no outcome of an event is none. */
const eventsOf = (meta: Readonly<Record<string, string>>): number =>
  Object.entries(meta).reduce((sum, [field, records]) => {
    const outcome = field.startsWith('n:') ? field.slice(field.lastIndexOf(':') + 1) : '';
    return (METRIC_OUTCOMES as readonly string[]).includes(outcome) ? sum + Number(records) : sum;
  }, 0);

/** In an amended window a cell has three fields more (lua/read-cells.lua). */
const AMENDED_WIDTH = 4;

function cellsOf([, , replies, members]: ViewReply, windows: Asked): StoredCell[] {
  const cells: StoredCell[] = [];
  let index = 0;
  for (const [w, places] of windows.entries()) {
    const [end, stored, values] = replies[w] ?? [null, null, []];
    const { stage, isAmended } = stageOf(Number(stored));
    const width = isAmended ? AMENDED_WIDTH : 1;
    for (const [i, place] of places.entries()) {
      const distinct = members[index++];
      const [text, ...amended] = values.slice(i * width, (i + 1) * width);
      if (!end || !text) continue;
      const [revision = 0, restatements = 0, historical = 0] = amended.map(Number);
      const numbers = { stage, revision, restatements, historical };
      const { grain, startMs, key, series } = place;
      cells.push({
        grain,
        startMs,
        key,
        series,
        endMs: Number(end),
        accumulators: accumulatorsOf(text, { distinct }),
        ...numbers,
        state: stateOf(numbers),
      });
    }
  }
  return cells;
}

/** Source partitions as meta and watermarks hold them; every partition has a watermark from the start. */
export function partitionsOf([metaPairs, watermarkPairs]: readonly [
  ViewReply[0],
  ViewReply[1],
  ...unknown[],
]): StoredPartition[] {
  const meta = fromPairs(metaPairs);
  const watermarks = fromPairs(watermarkPairs);
  return Object.keys(watermarks).map((name) => {
    const fingerprints = [meta[`o:${name}`], meta[`f:${name}`]];
    return {
      ...placeOf(name),
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

export function fromPairs(pairs: readonly string[]): Record<string, string> {
  const record: Record<string, string> = Object.create(null) as Record<string, string>;
  for (let i = 0; i < pairs.length; i += 2) record[pairs[i] as string] = pairs[i + 1] ?? '';
  return record;
}

/** Accumulators of a cell. @param text as it is stored  @param beside what stands under its own key: a number of members, with `~` before an estimate; entities and their newest values, as pairs */
export function accumulatorsOf(
  text: string,
  {
    distinct,
    entities,
  }: { readonly distinct?: string | undefined; readonly entities?: readonly string[] },
): Accumulators {
  return {
    ...decodeCell(text),
    ...(distinct ? { distinct: Number(distinct.replace('~', '')) } : {}),
    ...(distinct?.startsWith('~') ? { approximate: true } : {}),
    ...(entities ? { entities: decodeEntities(Object.entries(fromPairs(entities))) } : {}),
  };
}
