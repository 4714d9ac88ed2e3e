import type { Aggregation } from './accumulator.ts';
import type { Grain } from './window.ts';

/**
 * The form in which a projection is kept in Redis, as this program reads and writes it. Raised with every change that
 * another version would misread or spoil.
 */
const LAYOUT = 3;

/** A generation's id names the layout that it is kept in, so whoever knows another one neither reads nor writes it. */
export const generationId = (unique: string): string => `${LAYOUT}.${unique}`;

/** How a generation is kept: as this program does, by a later version, or by an earlier one. */
export function layoutOf(generation: string): 'known' | 'newer' | 'older' {
  const layout = Number(/^(\d+)\./.exec(generation)?.[1] ?? 1);
  if (layout === LAYOUT) return 'known';
  return layout > LAYOUT ? 'newer' : 'older';
}

/**
 * Where a projection (one metric version) lies in Redis. All of its keys share one hash tag, hence one slot.
 *
 * | key | type | holds |
 * |---|---|---|
 * | `…:meta` | hash | `gen` generation, `LAYOUT.UNIQUE`; per source partition `T/P`: `c:T/P` next offset to read, `s:T/P` first offset counted, `a:T/P` append time of the last applied record, `h:T/P` of the last historical one, `o:T/P` and `f:T/P` fingerprints of the first record that was stamped and of one shortly before the cursor, `n:T/P:OUTCOME` counters (also `heartbeat`, `hole`: offsets without a record, `lost`: records that retention took before they were counted), `l:T/P` the lost ranges `FROM-TO,FROM-TO` (the projection is incomplete), `b:T/P` while the partition is being rebuilt; `state` is `rebuilding` while any is; `superseded` is 1 once a later version of the metric has caught up: this one is counted no more; `candidate` is 1 from before it is begun until it is published for the first time, where it is filled before that; `finals` is another text once a final window, or one that was empty when it closed, has changed (and when a worker takes the projection up): what readers keep of final windows holds until then; `begun` and `done` count flushes, by their first and their last write; `k` number of series, `k:BREAKDOWN` per breakdown, `refused` contributions without a series |
 * | `…:watermarks` | hash | `T/P` → watermark, epoch ms; every partition has a field from the start, so the minimum is the metric's |
 * | `…:series` | hash | series key → number, append-only |
 * | `…:dirty` | set | `GRAIN|START|SERIES` of cells whose change is not yet published |
 * | `…:due` | sorted set | `GRAIN|START` by the watermark at which the window changes its stage next |
 * | `…:cells:GRAIN:START` | hash | `end`, `stage` (0 open, 1 closed, 2 final, and `AMENDED` more); per series number N: `N` the cell (kernel/stored-cell.ts), its contributions and, behind a letter, its value: `s` sum (of `latest` that of the newest values of all entities), `a` min, `z` max, `l` last, `q` bins of a percentile (kernel/sketch.ts); `N.r` revision, `N.x` restatements, `N.h` contributions of historical events. One field, since a hash of up to some hundred fields is searched from its beginning for each |
 * | `…:members:GRAIN:START:KEY` | set or HyperLogLog | members of a distinct cell, by the series key's text: the number is given by the very script that adds them |
 * | the same | hash | of `latest`: entity → its newest value, as that of a last is written |
 * | `…:scratch:ID` | HyperLogLog | a reader's union of many cells, for a minute at most |
 */
export type ProjectionKeys = {
  readonly meta: string;
  readonly watermarks: string;
  readonly series: string;
  readonly dirty: string;
  readonly due: string;
  readonly cells: (grain: Grain, startMs: number) => string;
  readonly members: (grain: Grain, startMs: number, seriesKey: string) => string;
  readonly scratch: (id: string) => string;
};

/** @param prefix TIDEMARK_TOPIC_PREFIX: several installations may share one Redis as well */
export function projectionKeys(prefix: string, metric: string, version: string): ProjectionKeys {
  const tag = `{${prefix}${metric}@${version}}`;
  return {
    meta: `${tag}:meta`,
    watermarks: `${tag}:watermarks`,
    series: `${tag}:series`,
    dirty: `${tag}:dirty`,
    due: `${tag}:due`,
    cells: (grain, startMs) => `${tag}:cells:${grain}:${startMs}`,
    members: (grain, startMs, seriesKey) => `${tag}:members:${grain}:${startMs}:${seriesKey}`,
    scratch: (id) => `${tag}:scratch:${id}`,
  };
}

/**
 * Added to the stage of a window once one of its cells has a revision, a restatement or contributions of historical events:
 * of the others, which are nearly all, nobody asks for these fields. A field that is not there costs as much as one that is.
 */
export const AMENDED = 4;

/** @param stored what the field `stage` holds */
export const stageOf = (
  stored: number,
): { readonly stage: number; readonly isAmended: boolean } => ({
  stage: stored % AMENDED,
  isAmended: stored >= AMENDED,
});

/** Distinct cells are exact sets up to this many members, HyperLogLogs above. */
export const DISTINCT_EXACT_MAX = 10_000;

/** Entities of a cell of `latest`; the projection stops at one more rather than count without it. */
export const ENTITIES_MAX = 100_000;

/** Whether cells of the aggregation have a key of their own for what they are united by. */
export const keepsMembers = (aggregation: Aggregation): boolean =>
  aggregation === 'distinct' || aggregation === 'latest';
