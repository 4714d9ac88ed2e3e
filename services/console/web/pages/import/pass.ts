import { batches } from '../../../../kernel/import/batch.ts';
import type { Batch } from '../../../../kernel/import/batch.ts';
import { compileMapping } from '../../../../kernel/import/mapping.ts';
import type { EventJson, Mapping } from '../../../../kernel/import/mapping.ts';
import type { FileSource, Row } from '../../../../kernel/import/row.ts';
import { readTable } from '../../../../kernel/import/table.ts';
import type { Json } from '../../../../kernel/json.ts';
import type { EventResult } from './post-events.ts';

/** What is wrong with a row, and where. */
export type RowFault = {
  readonly line: number;
  readonly column: string | undefined;
  readonly value: string | undefined;
  readonly code: string;
  readonly detail: string;
};
/** How far a file was read and what came of it. */
export type Passed = {
  /** Number of the last row that was answered. */
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly share: number;
  /** The first of them. */
  readonly faults: readonly RowFault[];
};
export type PassPlan = {
  readonly source: FileSource;
  readonly hash: string;
  readonly mapping: Mapping;
  readonly schema: Json;
};

/** Faults that are shown one by one; the others are counted. */
export const FAULTS_MAX = 200;
const VALUE_CHARACTERS_MAX = 60;

/**
 * Reads a file to its end, batch after batch: the next is read when the one before was answered.
 * @param send what becomes of a batch
 * @throws not_parseable, too_large where the file cannot be read on; what `send` throws
 */
export async function* passOver(
  plan: PassPlan,
  from: Pick<Passed, 'rows' | 'accepted' | 'rejected'>,
  send: (events: readonly EventJson[]) => Promise<readonly EventResult[]>,
): AsyncIterable<Passed> {
  const toEvent = compileMapping(plan.mapping, plan.schema);
  const faults: RowFault[] = [];
  let { rows, accepted, rejected } = from;
  const note = (fault: RowFault): void => {
    rejected++;
    if (faults.length < FAULTS_MAX) faults.push(fault);
  };
  const eventOf = (row: Row): EventJson | undefined => {
    rows = row.number;
    if (row.fault !== undefined) {
      note({
        line: row.line,
        column: undefined,
        value: undefined,
        code: 'not_parseable',
        detail: row.fault,
      });
      return undefined;
    }
    try {
      return toEvent(row, plan.hash);
    } catch (error) {
      note({
        line: row.line,
        column: undefined,
        value: undefined,
        code: 'invalid_parameter',
        detail: (error as Error).message,
      });
      return undefined;
    }
  };
  for await (const batch of batches(readTable(plan.source), from.rows, eventOf)) {
    for (const result of await send(batch.events)) {
      if (result.error) note(faultOf(result.error, rowOf(batch, result.index), plan.mapping));
      else accepted++;
    }
    yield { rows: batch.lastRow, accepted, rejected, share: batch.share, faults: [...faults] };
  }
  // Rows at the end that make no event are in no batch.
  yield { rows, accepted, rejected, share: 1, faults: [...faults] };
}

const rowOf = (batch: Batch, index: number): Row => batch.rows[index] as Row;

/** Ingest points into the event; people look at columns. */
function faultOf(error: NonNullable<EventResult['error']>, row: Row, mapping: Mapping): RowFault {
  const { code, detail, pointer = '' } = error;
  const [, part, field] = pointer.split('/');
  const column =
    part === 'data' && field !== undefined
      ? columnOf(field.replaceAll('~1', '/').replaceAll('~0', '~'), mapping)
      : part === 'time'
        ? mapping.time
        : undefined;
  const value = column === undefined ? undefined : row.values[column];
  return {
    line: row.line,
    column,
    value:
      value === undefined
        ? undefined
        : (typeof value === 'string' ? value : JSON.stringify(value)).slice(
            0,
            VALUE_CHARACTERS_MAX,
          ),
    code,
    detail,
  };
}

const columnOf = (field: string, { columns }: Mapping): string => {
  const column = columns.get(field);
  return column === undefined || column === '' ? field : column;
};
