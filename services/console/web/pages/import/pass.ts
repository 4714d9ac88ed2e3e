import { batches } from '../../../../kernel/import/batch.ts';
import type { Sheet } from '../../../../kernel/import/content.ts';
import { compileMapping } from '../../../../kernel/import/mapping.ts';
import { eventMaker } from '../../../../kernel/import/row-events.ts';
import type { EventMaker, Made } from '../../../../kernel/import/row-events.ts';
import type { EventJson, Mapping } from '../../../../kernel/import/mapping.ts';
import type { FileSource, Row } from '../../../../kernel/import/row.ts';
import { readTable } from '../../../../kernel/import/table.ts';
import type { Json } from '../../../../kernel/json.ts';
import type { EventResult } from './post-events.ts';
import { conflictOf, faultsOf, madeOf } from './row-faults.ts';
import type { RowFault, RowRepeat } from './row-faults.ts';

/** How far a file was read and what came of it. */
export type Passed = {
  /** Number of the last row that was answered. */
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly share: number;
  /** Rows that are the same event as an earlier one, in the whole file up to there: they count once and are not sent. */
  readonly repeated: number;
  /** What is wrong with the first of those that were rejected: all that is, of each. */
  readonly faults: readonly RowFault[];
  /** How many rows these are of. */
  readonly faulty: number;
  /** Rows without an id of their own that have the content of an earlier one: each counts. */
  readonly twins: number;
  /** The first of those that repeat. */
  readonly repeats: readonly RowRepeat[];
};
/** Where a pass begins. */
export type PassStart = Pick<Passed, 'rows' | 'accepted' | 'rejected'>;
export type PassPlan = {
  readonly source: FileSource;
  readonly sheet?: Sheet;
  readonly hash: string;
  readonly mapping: Mapping;
  readonly schema: Json;
};

/** Faults, and repeats, that are shown one by one; the others are counted. */
export const FAULTS_MAX = 200;

/**
 * Reads a file to its end, batch after batch: the next is read when the one before was answered.
 * @param send what becomes of a batch
 * @throws not_parseable, too_large where the file cannot be read on; what `send` throws
 */
export async function* passOver(
  plan: PassPlan,
  from: PassStart,
  send: (events: readonly EventJson[]) => Promise<readonly EventResult[]>,
): AsyncIterable<Passed> {
  const maker = makerOf(plan);
  const faults: RowFault[] = [];
  const repeats: RowRepeat[] = [];
  let { rows, accepted, rejected } = from;
  let repeated = 0;
  let twins = 0;
  let faulty = 0;
  /** From the first row on that is not shown whole: none after it is shown. */
  let isFull = false;
  /** @param all of one row */
  const note = (...all: readonly RowFault[]): void => {
    rejected++;
    if (isFull) return;
    isFull = faults.length + all.length > FAULTS_MAX;
    if (isFull && faults.length > 0) return;
    faulty++;
    faults.push(...all.slice(0, FAULTS_MAX));
  };
  /** @returns the event, if there is one to send */
  const noteMade = (row: Row, made: Made): EventJson | undefined => {
    const first = made.kind === 'event' ? made.twin : made.first;
    const id = made.kind === 'event' ? undefined : made.id;
    if (made.kind === 'same') repeated++;
    else if (first) twins++;
    if (first && repeats.length < FAULTS_MAX)
      repeats.push({ line: row.line, id, firstLine: first.line });
    return made.kind === 'event' ? made.event : undefined;
  };
  const toEvent = (row: Row): EventJson | undefined => {
    rows = row.number;
    const made = madeOf(row, maker.make);
    if (made.kind === 'faulty') note(made.fault);
    else if (made.kind === 'conflict') note(conflictOf(made, row, plan.mapping));
    else return noteMade(row, made);
    return undefined;
  };
  const passBy = (row: Row): void => {
    const made = madeOf(row, maker.make);
    if (made.kind === 'event' || made.kind === 'same') noteMade(row, made);
  };
  const now = (at: { readonly rows: number; readonly share: number }): Passed => ({
    ...at,
    accepted,
    rejected,
    repeated,
    twins,
    faults: [...faults],
    faulty,
    repeats: [...repeats],
  });
  const reader = { toEvent, passBy };
  const table = plan.sheet === undefined ? {} : { sheet: plan.sheet };
  for await (const batch of batches(readTable(plan.source, table), from.rows, reader)) {
    for (const result of await send(batch.events)) {
      if (result.error)
        note(...faultsOf(result.error, batch.rows[result.index] as Row, plan.mapping));
      else accepted++;
    }
    yield now({ rows: batch.lastRow, share: batch.share });
  }
  // Rows at the end that make no event are in no batch.
  yield now({ rows, share: 1 });
}

function makerOf({ mapping, schema, hash }: PassPlan): EventMaker {
  const toEvent = compileMapping(mapping, schema);
  return eventMaker((row) => toEvent(row, hash), { isNumbered: mapping.id === undefined, schema });
}
