import type { EventTypeDefinition } from '../../kernel/definitions.ts';
import type { LedgerEntry } from '../../kernel/import/ledger.ts';
import type { Json } from '../../kernel/json.ts';

/** `GET /v1/event-types`: what a file can be mapped to. */
export type EventTypesAnswer = {
  readonly eventTypes: readonly {
    readonly id: string;
    readonly timeFrom: EventTypeDefinition['timeFrom'];
    /** Avro schema of the record under `data`. */
    readonly schema: Json;
  }[];
};
/** `GET /v1/imports`: the newest first. */
export type ImportsAnswer = {
  readonly imports: readonly ({ readonly hash: string } & LedgerEntry)[];
};

export const eventTypesAnswer = (
  types: ReadonlyMap<string, EventTypeDefinition>,
): EventTypesAnswer => ({
  eventTypes: [...types.values()]
    .map(({ id, timeFrom, schema }) => ({ id, timeFrom, schema }))
    .sort((a, b) => (a.id < b.id ? -1 : 1)),
});

const SHOWN_MAX = 50;

export const importsAnswer = (imports: ImportsAnswer['imports']): ImportsAnswer => ({
  imports: imports
    .toSorted((a, b) => (a.startedAt > b.startedAt ? -1 : a.startedAt < b.startedAt ? 1 : 0))
    .slice(0, SHOWN_MAX),
});
