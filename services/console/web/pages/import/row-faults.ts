import type { Mapping } from '../../../../kernel/import/mapping.ts';
import type { EventMaker, Made } from '../../../../kernel/import/row-events.ts';
import type { Row } from '../../../../kernel/import/row.ts';
import type { EventFault, EventResult } from './post-events.ts';

/** What is wrong with a row, and where. */
export type RowFault = {
  readonly line: number;
  readonly column: string | undefined;
  readonly value: string | undefined;
  readonly code: string;
  readonly detail: string;
  /** Of a conflict: the line that has the id first, with another content. */
  readonly firstLine?: number;
};
/** A row that is the same event as one before it; without an id of its own it has the same content, and counts. */
export type RowRepeat = {
  readonly line: number;
  readonly id: string | undefined;
  readonly firstLine: number;
};
const VALUE_CHARACTERS_MAX = 60;

type Repeating = Extract<Made, { readonly kind: 'same' | 'conflict' }>;

/** As it is made, or why the row makes no event. */
export function madeOf(
  row: Row,
  make: EventMaker['make'],
): Made | { readonly kind: 'faulty'; readonly fault: RowFault } {
  const faulty = (code: string, detail: string) => ({
    kind: 'faulty' as const,
    fault: { line: row.line, column: undefined, value: undefined, code, detail },
  });
  if (row.fault !== undefined) return faulty('not_parseable', row.fault);
  try {
    return make(row);
  } catch (error) {
    return faulty('invalid_parameter', (error as Error).message);
  }
}

/** The page says in its own words which row has the id. */
export const conflictOf = (
  { id, first }: Repeating,
  { line }: Row,
  mapping: Mapping,
): RowFault => ({
  line,
  column: /^\{([^}]+)\}$/.exec(mapping.id ?? '')?.[1] ?? mapping.id,
  value: id.slice(0, VALUE_CHARACTERS_MAX),
  code: 'conflict',
  detail: '',
  firstLine: first.line,
});

/** All that is wrong with a row, in the order in which ingest says it. */
export const faultsOf = (
  { others = [], ...first }: NonNullable<EventResult['error']>,
  row: Row,
  mapping: Mapping,
): readonly RowFault[] => [first, ...others].map((fault) => faultOf(fault, row, mapping));

/** Ingest points into the event; people look at columns. */
function faultOf(error: EventFault, row: Row, mapping: Mapping): RowFault {
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
