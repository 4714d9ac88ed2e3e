import type { Refusal } from '../../../kernel/errors.ts';
import { readQuery } from '../../../kernel/members.ts';
import { err, ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';
import { parseLimit } from '../values-query.ts';
import type { Parameters } from '../values-query.ts';
import type { After } from './note-board.ts';

const LIMITS = { fallback: 50, max: 500 };

export type NoteQuery<Name extends string> = {
  readonly filters: Readonly<Partial<Record<Name, string>>>;
  readonly after: After | undefined;
  readonly limit: number;
};

/** Reads `limit`, `cursor` and the filters named, each at most once. */
export function parseNoteQuery<Name extends string>(
  parameters: Parameters,
  names: readonly Name[],
): Result<NoteQuery<Name>, Refusal> {
  const query = readQuery<string>(parameters, [...names, 'limit', 'cursor']);
  if (!query.ok) return query;
  const single = query.value;
  const limit = parseLimit(single['limit'], LIMITS);
  if (!limit.ok) return limit;
  const after = single['cursor'] === undefined ? undefined : parseCursor(single['cursor']);
  if (single['cursor'] !== undefined && !after)
    return refuse('cursor must be one that an answer gave');
  const filters = Object.fromEntries(
    names.flatMap((name) => (single[name] === undefined ? [] : [[name, single[name]]])),
  ) as NoteQuery<Name>['filters'];
  return ok({ filters, after, limit: limit.value });
}

export const formatCursor = ({ atMs, id }: After): string => `${atMs}~${id}`;

function parseCursor(text: string): After | undefined {
  const [, atMs, id] = /^(\d{1,16})~(.+)$/s.exec(text) ?? [];
  return atMs === undefined || id === undefined ? undefined : { atMs: Number(atMs), id };
}

const refuse = (detail: string): Result<never, Refusal> =>
  err({ code: 'invalid_parameter', detail });
