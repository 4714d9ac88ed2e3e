import type { Json } from '../json.ts';
import { parseRfc3339 } from '../time.ts';
import { fieldsOf } from './mapping.ts';
import type { EventJson, Field } from './mapping.ts';
import type { Row } from './row.ts';
import { RowIds } from './row-ids.ts';
import type { First } from './row-ids.ts';

/**
 * What a row becomes. `same`: an earlier row of the file is the same event, which counts once; it is not sent again.
 * `conflict`: an earlier row has its id with another content. In one partition only the first would count, in two of them both
 * would: the file contradicts itself, and the row is refused as the log would refuse it.
 */
export type Made =
  | {
      readonly kind: 'event';
      readonly event: EventJson;
      /** Where ids are of the row's number: an earlier row with the same content, which counts as well. */
      readonly twin?: First;
    }
  | { readonly kind: 'same' | 'conflict'; readonly first: First; readonly id: string };

export type EventMaker = {
  /** Rows in the order of the file, each once, those of an earlier run included. @throws what the mapping throws */
  readonly make: (row: Row) => Made;
  /** Whether the bound is reached: later rows are no longer compared with each other. */
  readonly isFull: () => boolean;
};

/**
 * Makes events of a file's rows and tells where ids repeat. An id belongs to the first row that has it, whether or not that row
 * is right otherwise: what is said of a row does not depend on how rows were sent.
 * @param options.isNumbered ids are of the row's number: none repeats, contents may
 * @param options.schema with it, decimals are compared as numbers: 1.5 and 1.50 are one content
 */
export function eventMaker(
  toEvent: (row: Row) => EventJson,
  options: { readonly isNumbered: boolean; readonly schema?: Json; readonly idsMax?: number },
): EventMaker {
  const ids = new RowIds(options.idsMax);
  const contentOf = contentReader(options.schema);
  return {
    isFull: () => ids.isFull,
    make(row) {
      const event = toEvent(row);
      const id = event['id'];
      // Ingest says what an event without an id lacks.
      if (typeof id !== 'string' || id === '') return { kind: 'event', event };
      const content = contentOf(event);
      if (!options.isNumbered) {
        const repeat = ids.see(row, { id, content });
        return repeat ? { ...repeat, id } : { kind: 'event', event };
      }
      const twin = ids.see(row, { id: content, content: '' });
      return twin ? { kind: 'event', event, twin: twin.first } : { kind: 'event', event };
    },
  };
}

/** Time, subject and data, by which the log tells a repeated event from a conflict (design section 4.2). */
function contentReader(schema: Json | undefined): (event: EventJson) => string {
  const decimals = schema === undefined ? [] : fieldsOf(schema).filter(isDecimal);
  return ({ time, subject, data }) => {
    const timeMs = typeof time === 'string' ? parseRfc3339(time) : undefined;
    const values = decimals.length === 0 ? data : { ...(data as Record<string, unknown>) };
    for (const { name } of decimals) {
      const record = values as Record<string, unknown>;
      const value = record[name];
      if (value !== undefined && value !== null) record[name] = plainDecimal(value);
    }
    return JSON.stringify([timeMs ?? time, subject, values]);
  };
}

function isDecimal({ type }: Field): boolean {
  const branches: readonly Json[] = Array.isArray(type) ? type : [type];
  return branches.some(
    (branch) => (branch as { readonly logicalType?: string } | null)?.logicalType === 'decimal',
  );
}

const DECIMAL = /^(-?)0*(\d+)(?:\.(\d*?)0*)?$/;

/** `1.50` → `1.5`; what is no plain number stays as it is. */
function plainDecimal(value: unknown): unknown {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const match = DECIMAL.exec(text);
  if (!match) return value;
  const [, sign = '', whole = '', fraction = ''] = match;
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}
