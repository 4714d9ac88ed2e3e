import { decodeEntities, decodeLast } from '../../kernel/accumulator.ts';
import type { Accumulators, Aggregation } from '../../kernel/accumulator.ts';
import { parseInteger } from '../../kernel/integer.ts';
import { METRIC_OUTCOMES } from '../../kernel/outcome.ts';
import { layoutOf, stageOf } from '../../kernel/projection.ts';
import { decodeSketch } from '../../kernel/sketch.ts';
import { stateOf } from '../../kernel/stage.ts';
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

/** Fields of a cell (kernel/projection.ts): of any, and those that only cells of an amended window have. */
export const ALL_LETTERS = 'nsazlq';
export const AMENDED_LETTERS = 'rxh';
const OWN_LETTERS: Readonly<Record<Aggregation, string>> = {
  count: '',
  sum: 's',
  avg: 's',
  min: 'a',
  max: 'z',
  last: 'l',
  distinct: '',
  percentile: 'q',
  latest: 's',
};
/** The fields that cells of this aggregation have, in windows that are not amended. */
export const lettersOf = (aggregation: Aggregation): string => `n${OWN_LETTERS[aggregation]}`;

/** What was asked for: the letters, and the cells of each window. */
type Asked = {
  readonly letters: string;
  readonly windows: readonly (readonly (CellPlace & { readonly series: number })[])[];
};

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

function cellsOf([, , replies, members]: ViewReply, { letters, windows }: Asked): StoredCell[] {
  const at = Object.fromEntries([...letters, ...AMENDED_LETTERS].map((letter, i) => [letter, i]));
  const cells: StoredCell[] = [];
  let index = 0;
  for (const [w, places] of windows.entries()) {
    const [end, stored, values] = replies[w] ?? [null, null, []];
    const { stage, isAmended } = stageOf(Number(stored));
    const width = letters.length + (isAmended ? AMENDED_LETTERS.length : 0);
    for (const [i, place] of places.entries()) {
      const distinct = members[index++];
      const field = (letter: string): string | undefined => {
        const column = at[letter];
        return column === undefined || column >= width
          ? undefined
          : (values[i * width + column] ?? undefined);
      };
      const contributions = field('n');
      if (!end || !contributions) continue;
      const numbers = {
        stage,
        revision: Number(field('r') ?? 0),
        restatements: Number(field('x') ?? 0),
        historical: Number(field('h') ?? 0),
      };
      const accumulators = accumulatorsOf({
        contributions,
        sum: field('s'),
        min: field('a'),
        max: field('z'),
        last: field('l'),
        bins: field('q'),
        distinct,
      });
      const { grain, startMs, key, series } = place;
      const state = stateOf(numbers);
      cells.push({
        grain,
        startMs,
        key,
        series,
        endMs: Number(end),
        accumulators,
        ...numbers,
        state,
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
  const parts: { -readonly [name in keyof Accumulators]: Accumulators[name] } = {
    contributions: Number(row.contributions || 0),
  };
  const [sum, min, max] = [integer(row.sum), integer(row.min), integer(row.max)];
  if (sum !== undefined) parts.sum = sum;
  if (min !== undefined) parts.min = min;
  if (max !== undefined) parts.max = max;
  const last = row.last ? decodeLast(row.last) : undefined;
  if (last) parts.last = last;
  if (row.bins) parts.sketch = decodeSketch(row.bins);
  if (row.distinct) parts.distinct = Number(row.distinct.replace('~', ''));
  if (row.distinct?.startsWith('~')) parts.approximate = true;
  if (row.entities) parts.entities = decodeEntities(Object.entries(fromPairs(row.entities)));
  return parts;
}
