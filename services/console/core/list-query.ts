import type { MetricDefinition } from '../../kernel/definitions.ts';
import type { Refusal } from '../../kernel/errors.ts';
import { readQuery } from '../../kernel/members.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import { parseLimit } from './values-query.ts';
import type { Parameters } from './values-query.ts';

const LIMITS = { fallback: 500, max: 5_000 };

export type ListQuery = {
  readonly after: string | undefined;
  readonly limit: number;
  /** Words that all stand somewhere in what the metric is called and for, whatever their capitals. */
  readonly q?: string;
  readonly owner?: string;
};

/** Reads the parameters of `GET /v1/metrics`; metrics come by id. */
export function parseListQuery(parameters: Parameters): Result<ListQuery, Refusal> {
  const query = readQuery(parameters, ['limit', 'cursor', 'q', 'owner']);
  if (!query.ok) return query;
  const { cursor, q, owner } = query.value;
  const limit = parseLimit(query.value.limit, LIMITS);
  if (!limit.ok) return limit;
  const after = cursor === undefined ? undefined : /^Metric\/([a-z0-9-]+)$/.exec(cursor)?.[1];
  if (cursor !== undefined && after === undefined)
    return err({ code: 'invalid_parameter', detail: 'cursor is none that an answer gave' });
  return ok({
    after,
    limit: limit.value,
    ...(q === undefined ? {} : { q }),
    ...(owner === undefined ? {} : { owner }),
  });
}

/** Whether the metric comes after the page before, and is looked for. */
export const isListed = (
  metric: MetricDefinition,
  { after, owner, q = '' }: Omit<ListQuery, 'limit'>,
): boolean =>
  (after === undefined || metric.id > after) &&
  (owner === undefined || metric.owner === owner) &&
  hasWords(metric, q);

function hasWords(metric: MetricDefinition, q: string): boolean {
  const { id, code, name, purpose, domain, process, owner, tags, aliases = [] } = metric;
  const texts = [name, purpose].flatMap((text) => [text?.en, text?.zh]);
  const searched = [id, code, ...texts, domain, process, owner, ...tags, ...aliases].map((part) =>
    (part ?? '').toLowerCase(),
  );
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => searched.some((part) => part.includes(word)));
}

/** A page goes on after a metric. */
export const listCursor = (id: string): string => `Metric/${id}`;
