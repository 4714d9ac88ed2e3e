import type { Accumulators } from './accumulator.ts';
import { decodeLast, encodeLast } from './accumulator.ts';
import { parseInteger } from './integer.ts';
import { invariant } from './result.ts';
import { decodeSketch, encodeSketch } from './sketch.ts';
import type { EpochMs } from './time.ts';
import type { Grain, WindowState } from './window.ts';
import { WINDOW_STATES } from './window.ts';

export type Cursor = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
};

/** What each input of a formula has accumulated in a cell, by the input's id; one without a cell there is left out. */
export type InputAccumulators = Readonly<Record<string, Accumulators>>;

/** A record of `metric-updates` (schemas/tidemark/metric-update.avsc), with accumulators as integers. */
export type ValueUpdate = {
  readonly kind: 'value';
  readonly metric: string;
  readonly version: string;
  readonly series: string;
  readonly grain: Grain;
  readonly start: EpochMs;
  readonly end: EpochMs;
  readonly accumulators: Accumulators;
  /**
   * Of a formula, so that windows of several cells can be worked out of them. Absent: it is none, an input is united by
   * members, or an earlier version wrote it.
   */
  readonly inputs?: InputAccumulators;
  readonly value: string | null;
  readonly state: WindowState;
  readonly revision: number;
  readonly backfilled: boolean;
  readonly watermark: EpochMs;
  readonly cursors: readonly Cursor[];
  readonly at: EpochMs;
};
/** How far one of a metric's event types has come. */
export type SourceProgress = {
  readonly eventType: string;
  /** The minimum over the source's partitions. */
  readonly watermark: EpochMs;
  /** Records read of it so far, heartbeats apart: while it stands, the source is silent. It may go back by a rebuild. */
  readonly events: number;
};
export type TickUpdate = {
  readonly kind: 'tick';
  readonly metric: string;
  readonly version: string;
  readonly watermark: EpochMs;
  /** One entry for each event type; absent where an earlier version wrote the tick. */
  readonly sources?: readonly SourceProgress[];
  readonly cursors: readonly Cursor[];
  readonly at: EpochMs;
};
/** Alerting's own second, written into every partition, so that time goes on when the aggregator is dead. */
export type ClockUpdate = {
  readonly kind: 'clock';
  readonly watermark: EpochMs;
  /** Everything on `commands` below this offset counts from here on: it puts the two logs into one order. */
  readonly commands: number;
  readonly at: EpochMs;
};
export type MetricUpdate = ValueUpdate | TickUpdate | ClockUpdate;

/** The key of a value or tick: all records of one series meet in one partition. */
export const updateKey = (metric: string, series: string): string => `${metric} ${series}`;

/**
 * Whether `next` replaces `kept` for the same cell and version: more contributions, then the later state, then the
 * higher revision. Along any history, through rollback and rebuild, the complete cell has strictly more contributions
 * than any partial one, so consumers that keep by this rule end right (design section 7).
 */
export function supersedes(
  next: Pick<ValueUpdate, 'accumulators' | 'state' | 'revision'>,
  kept: Pick<ValueUpdate, 'accumulators' | 'state' | 'revision'>,
): boolean {
  const more = next.accumulators.contributions - kept.accumulators.contributions;
  if (more !== 0) return more > 0;
  const later = WINDOW_STATES.indexOf(next.state) - WINDOW_STATES.indexOf(kept.state);
  if (later !== 0) return later > 0;
  return next.revision > kept.revision;
}

/** `InputAccumulators` in their wire form. */
export type EncodedInputs = Readonly<
  Record<
    string,
    { readonly contributions: number; readonly accumulators: Readonly<Record<string, string>> }
  >
>;

/** A record of `metric-updates` as Avro sees it: one flat record for all kinds (schemas/tidemark/metric-update.avsc). */
export type UpdateRecord = {
  readonly kind: MetricUpdate['kind'];
  readonly metric: string;
  readonly version: string;
  readonly series: string;
  readonly grain: Grain | null;
  readonly start: number;
  readonly end: number;
  readonly contributions: number;
  readonly accumulators: Readonly<Record<string, string>>;
  readonly inputs: EncodedInputs;
  readonly value: string | null;
  readonly state: WindowState | null;
  readonly revision: number;
  readonly backfilled: boolean;
  readonly watermark: number;
  readonly sources: readonly SourceProgress[];
  readonly cursors: readonly Cursor[];
  readonly at: number;
  readonly commands: number;
};

const NO_CELL = {
  metric: '',
  version: '',
  series: '[]',
  grain: null,
  start: 0,
  end: 0,
  contributions: 0,
  accumulators: {},
  inputs: {},
  value: null,
  state: null,
  revision: 0,
  backfilled: false,
  sources: [],
  cursors: [],
  commands: 0,
} as const;

export function encodeUpdate(update: MetricUpdate): UpdateRecord {
  if (update.kind !== 'value') return { ...NO_CELL, ...update };
  const { accumulators, inputs, ...fields } = update;
  return {
    ...fields,
    sources: NO_CELL.sources,
    contributions: accumulators.contributions,
    accumulators: encodeAccumulators(accumulators),
    inputs: inputs ? encodeInputs(inputs) : NO_CELL.inputs,
    commands: 0,
  };
}

/** Law: `decodeUpdate(encodeUpdate(u))` equals u. */
export function decodeUpdate(record: UpdateRecord): MetricUpdate {
  const { kind, metric, version, watermark, at, cursors } = record;
  if (kind === 'clock') return { kind, watermark, at, commands: record.commands };
  if (kind === 'tick') {
    const sources = record.sources.length > 0 ? { sources: record.sources } : {};
    return { kind, metric, version, watermark, ...sources, cursors, at };
  }
  invariant(record.grain !== null && record.state !== null, 'a value update has grain and state');
  const { series, grain, start, end, value, state, revision, backfilled } = record;
  const accumulators = decodeAccumulators(record.contributions, record.accumulators);
  const inputs = decodeInputs(record.inputs);
  const cell = { start, end, accumulators, ...(inputs ? { inputs } : {}), value, state, revision };
  const window = { series, grain, ...cell, backfilled };
  return { kind, metric, version, ...window, watermark, cursors, at };
}

/** Accumulators as the string map of the wire form. */
export function encodeAccumulators(cell: Accumulators): Record<string, string> {
  const out: Record<string, string> = {};
  if (cell.sum !== undefined) out['sum'] = String(cell.sum);
  if (cell.min !== undefined) out['min'] = String(cell.min);
  if (cell.max !== undefined) out['max'] = String(cell.max);
  if (cell.last !== undefined) out['last'] = encodeLast(cell.last);
  if (cell.distinct !== undefined) out['distinct'] = String(cell.distinct);
  if (cell.approximate) out['approximate'] = 'true';
  if (cell.sketch !== undefined) out['sketch'] = encodeSketch(cell.sketch);
  return out;
}

export const encodeInputs = (inputs: InputAccumulators): EncodedInputs =>
  Object.fromEntries(
    Object.entries(inputs).map(([id, cell]) => [
      id,
      { contributions: cell.contributions, accumulators: encodeAccumulators(cell) },
    ]),
  );

/** @returns undefined where there are none: a formula without any has no cell */
export function decodeInputs(wire: EncodedInputs): InputAccumulators | undefined {
  const entries = Object.entries(wire);
  if (entries.length === 0) return undefined;
  return Object.fromEntries(
    entries.map(([id, { contributions, accumulators }]) => [
      id,
      decodeAccumulators(contributions, accumulators),
    ]),
  );
}

export function decodeAccumulators(
  contributions: number,
  wire: Readonly<Record<string, string>>,
): Accumulators {
  const integer = (name: string) =>
    wire[name] === undefined ? undefined : parseInteger(wire[name]);
  const last = wire['last'] === undefined ? undefined : decodeLast(wire['last']);
  const distinct = wire['distinct'] === undefined ? undefined : Number(wire['distinct']);
  const sketch = wire['sketch'] === undefined ? undefined : decodeSketch(wire['sketch']);
  const numbers = { sum: integer('sum'), min: integer('min'), max: integer('max') };
  const parts = { ...numbers, last, distinct, sketch };
  const present = Object.entries(parts).filter(([, value]) => value !== undefined);
  return {
    contributions,
    ...Object.fromEntries(present),
    ...(wire['approximate'] ? { approximate: true } : {}),
  };
}
