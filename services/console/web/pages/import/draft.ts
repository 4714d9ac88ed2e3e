import type { Guess } from '../../../../kernel/import/guess.ts';
import type { DateOrder } from '../../../../kernel/import/local-time.ts';
import { fieldsOf, isRequired } from '../../../../kernel/import/mapping.ts';
import type { Field, Mapping } from '../../../../kernel/import/mapping.ts';
import type { Json } from '../../../../kernel/json.ts';

/** The mapping as it is being made; texts as they stand in the fields. */
export type Draft = {
  readonly source: string;
  readonly id: string;
  readonly subject: string;
  readonly time: string;
  readonly timezone: string;
  readonly dateOrder: DateOrder;
  readonly decimalComma: boolean;
  readonly columns: Readonly<Record<string, string>>;
};

export const draftOf = (guess: Guess, source: string, timezone: string): Draft => ({
  source,
  id: guess.id ?? '',
  subject: guess.subject ?? '',
  time: guess.time ?? '',
  timezone: guess.hasZones ? '' : timezone,
  dateOrder: guess.dateOrder,
  decimalComma: guess.decimalComma,
  columns: Object.fromEntries(guess.columns),
});

export const mappingOf = (draft: Draft, type: string): Mapping => ({
  type,
  source: draft.source,
  id: orNothing(draft.id),
  subject: orNothing(draft.subject),
  time: orNothing(draft.time),
  timezone: orNothing(draft.timezone),
  columns: new Map(Object.entries(draft.columns)),
  ...(draft.decimalComma ? { decimalComma: true } : {}),
  ...(draft.dateOrder === 'ymd' ? {} : { dateOrder: draft.dateOrder }),
});

const orNothing = (text: string): string | undefined =>
  text.trim() === '' ? undefined : text.trim();

/** Fields that every event needs and no column serves. */
export const lackingFields = (draft: Draft, schema: Json): readonly string[] =>
  fieldsOf(schema)
    .filter((field) => isRequired(field) && (draft.columns[field.name] ?? '') === '')
    .map(({ name }) => name);

/** A field's type as people say it: `decimal (3)`, `text`, `integer`. */
export function typeText(field: Field): string {
  const branches: readonly Json[] = Array.isArray(field.type) ? field.type : [field.type];
  const type = branches.find((branch) => branch !== 'null') ?? 'null';
  const {
    type: name = type,
    logicalType,
    scale = 0,
  } = (typeof type === 'object' ? type : {}) as {
    readonly type?: Json;
    readonly logicalType?: string;
    readonly scale?: number;
  };
  if (logicalType === 'decimal') return `decimal (${scale})`;
  return logicalType ?? (typeof name === 'string' ? name : 'list');
}
