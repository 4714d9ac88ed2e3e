import type { Refusal } from '../../../kernel/errors.ts';
import { readQuery } from '../../../kernel/members.ts';
import { err, ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';
import { parseLimit } from '../values-query.ts';
import type { Parameters } from '../values-query.ts';
import { DOCUMENT_STATES } from './answers.ts';
import type { DocumentItem, DocumentsAnswer, DocumentState } from './answers.ts';

const LIMITS = { fallback: 500, max: 5_000 };
const NAMES = ['kind', 'state', 'domain', 'owner', 'q', 'cursor', 'limit'] as const;

export type DocumentsQuery = {
  readonly kind?: string;
  readonly state?: DocumentState;
  readonly domain?: string;
  readonly owner?: string;
  /** Words that all stand somewhere in the names, whatever their capitals. */
  readonly q?: string;
  /** `KIND/ID`, the last of the page before. */
  readonly cursor?: string;
  readonly limit: number;
};

/** Reads the parameters of `GET /v1/catalog/documents`; documents come by kind and id. */
export function parseDocumentsQuery(parameters: Parameters): Result<DocumentsQuery, Refusal> {
  const refuse = (detail: string): Result<never, Refusal> =>
    err({ code: 'invalid_parameter', detail });
  const query = readQuery(parameters, NAMES);
  if (!query.ok) return query;
  const { limit: asked, ...rest } = query.value;
  const limit = parseLimit(asked, LIMITS);
  if (!limit.ok) return limit;
  const said = Object.fromEntries(
    Object.entries(rest).filter(([, value]) => value !== undefined && value !== ''),
  ) as Omit<DocumentsQuery, 'limit'>;
  if (said.state !== undefined && !DOCUMENT_STATES.includes(said.state))
    return refuse(`state is one of ${DOCUMENT_STATES.join(', ')}, not ${said.state as string}`);
  return ok({ ...said, limit: limit.value });
}

/** Law: pages repeat no document and, while none is added, leave none out. */
export function documentsPage(
  items: readonly DocumentItem[],
  { cursor, limit, ...query }: DocumentsQuery,
): DocumentsAnswer {
  const wanted = items
    .filter((item) => isWanted(item, query))
    .filter((item) => cursor === undefined || keyOf(item) > cursor)
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const page = wanted.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page,
    ...(wanted.length > limit && last ? { cursor: keyOf(last) } : {}),
  };
}

const keyOf = ({ kind, id }: DocumentItem): string => `${kind}/${id}`;

function isWanted(
  item: DocumentItem,
  { kind, state, domain, owner, q = '' }: Omit<DocumentsQuery, 'cursor' | 'limit'>,
): boolean {
  return (
    (kind === undefined || item.kind === kind) &&
    (state === undefined || isIn(item, state)) &&
    (domain === undefined || item.domain === domain) &&
    (owner === undefined || item.owner === owner) &&
    hasWords(item, q)
  );
}

/** One that is published and edited is found under both states. */
const isIn = (item: DocumentItem, state: DocumentState): boolean =>
  item.state === state ||
  (state === 'draft' && item.hasDraft && item.state === 'published') ||
  (state === 'published' && item.state === 'in_review' && item.isPublished);

function hasWords(item: DocumentItem, q: string): boolean {
  const { kind, id, name, tags, owner, domain, domainName } = item;
  const named = [name, domainName].flatMap((one) => [one?.en, one?.zh]);
  const parts = [kind, id, ...named, owner, domain, ...tags];
  const searched = parts.map((part) => (part ?? '').toLowerCase());
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => searched.some((part) => part.includes(word)));
}
