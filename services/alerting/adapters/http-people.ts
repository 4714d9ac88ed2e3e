import type { FastifyInstance } from 'fastify';
import type { Catalog, MetricDefinition, Severity } from '../../kernel/definitions.ts';
import type { Refusal } from '../../kernel/errors.ts';
import type { Json } from '../../kernel/json.ts';
import { readBody, readQuery } from '../../kernel/members.ts';
import { parseTime } from '../../kernel/query-time.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Access } from '../../platform/access.ts';
import { authorize, sendProblem } from '../../platform/http.ts';
import { coverageOf } from '../core/people/coverage.ts';
import { datePlus, localDateAt } from '../core/people/local-time.ts';
import { previewOf } from '../core/people/route-preview.ts';
import type { RouteQuestion } from '../core/people/route-preview.ts';
import type { Unsubscribed } from '../core/people/unsubscribed.ts';

export type PeopleReader = {
  readonly catalog: () => Catalog;
  /** @throws broker_unavailable */
  readonly unsubscribed: () => Promise<Unsubscribed>;
  readonly now: () => EpochMs;
};

const RANGE_BEFORE_DAYS = 30;
const RANGE_AFTER_DAYS = 90;
const RANGE_DAYS_MAX = 1_100;
const SEVERITIES: readonly string[] = ['critical', 'warning', 'info'] satisfies Severity[];

const invalid = (detail: string) => err({ code: 'invalid_parameter' as const, detail });

/**
 * `POST /v1/routes/preview { metric | rule, labels?, severity?, at? }`: who would be told, by the code that decides it.
 * `GET /v1/responsibilities?metric=&from=&to=`: who answers, by date.
 */
export function peopleRoutes(http: FastifyInstance, access: Access, reader: PeopleReader): void {
  http.post<{ Body: unknown }>('/v1/routes/preview', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    const catalog = reader.catalog();
    const question = questionOf(request.body, catalog, reader.now());
    if (!question.ok) return sendProblem(reply, question.error);
    return previewOf(catalog, question.value, await reader.unsubscribed());
  });

  http.get('/v1/responsibilities', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    const query = readQuery(request.query, ['metric', 'from', 'to']);
    if (!query.ok) return sendProblem(reply, query.error);
    const catalog = reader.catalog();
    const range = rangeOf(query.value, reader.now());
    if (!range.ok) return sendProblem(reply, range.error);
    const { metric } = query.value;
    const asked = metric === undefined ? [...catalog.metrics.values()] : metricsOf(catalog, metric);
    if (asked.length === 0)
      return sendProblem(reply, { code: 'not_found', detail: `no metric ${metric} is published` });
    return {
      ...range.value,
      responsibilities: asked.flatMap((one) => coverageOf(catalog, one, range.value)),
    };
  });
}

function metricsOf(catalog: Catalog, id: string): readonly MetricDefinition[] {
  const metric = catalog.metrics.get(id);
  return metric ? [metric] : [];
}

function rangeOf(
  query: { from?: string; to?: string },
  nowMs: EpochMs,
): Result<{ from: string; to: string }, Refusal> {
  const today = localDateAt(nowMs, 'UTC');
  const { from = datePlus(today, -RANGE_BEFORE_DAYS), to = datePlus(today, RANGE_AFTER_DAYS) } =
    query;
  if (!isDate(from) || !isDate(to) || from >= to)
    return invalid('from and to must be dates such as 2026-01-31, from before to');
  return datePlus(from, RANGE_DAYS_MAX) < to
    ? invalid(`from and to may lie ${RANGE_DAYS_MAX} days apart at most`)
    : ok({ from, to });
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    return Temporal.PlainDate.from(text).toString() === text;
  } catch {
    return false;
  }
}

function questionOf(
  body: unknown,
  catalog: Catalog,
  nowMs: EpochMs,
): Result<RouteQuestion, Refusal> {
  const read = readBody(body, ['metric', 'rule', 'labels', 'severity', 'at']);
  if (!read.ok) return read;
  const asked = read.value as Readonly<Record<string, Json | undefined>>;
  const { labels = {}, at } = asked;
  const rule = typeof asked['rule'] === 'string' ? catalog.rules.get(asked['rule']) : undefined;
  if (asked['rule'] !== undefined && !rule) return notFound('rule', asked['rule']);
  const id = asked['metric'] ?? rule?.metric;
  const metric = typeof id === 'string' ? catalog.metrics.get(id) : undefined;
  if (id === undefined) return invalid('give a metric, or a rule');
  if (!metric) return notFound('metric', id);
  if (rule && rule.metric !== metric.id)
    return invalid(`the rule ${rule.id} watches ${rule.metric}, not ${metric.id}`);
  const atMs =
    at === undefined ? nowMs : typeof at === 'string' ? parseTime(at, metric.timezone) : undefined;
  if (atMs === undefined) return invalid('at must be an RFC 3339 time or a date');
  const severity = asked['severity'] ?? rule?.severity ?? 'warning';
  if (typeof severity !== 'string' || !SEVERITIES.includes(severity))
    return invalid(`severity must be one of ${SEVERITIES.join(', ')}`);
  const members = labelsOf(labels, metric);
  if (!members.ok) return members;
  const of = { metric, labels: members.value, severity: severity as Severity, atMs };
  return ok({ ...of, rule: rule?.id ?? null });
}

const notFound = (kind: string, id: Json) =>
  err({ code: 'not_found' as const, detail: `no ${kind} ${JSON.stringify(id)} is published` });

function labelsOf(
  labels: Json,
  metric: MetricDefinition,
): Result<Readonly<Record<string, string>>, Refusal> {
  const isObject = typeof labels === 'object' && labels !== null && !Array.isArray(labels);
  const entries = isObject ? Object.entries(labels) : [];
  if (!isObject || entries.some(([, member]) => typeof member !== 'string'))
    return invalid('labels must be an object of texts');
  const known = new Set(metric.breakdowns.flat());
  const strange = entries.find(([name]) => !known.has(name));
  return strange
    ? err({
        code: 'breakdown_unavailable',
        detail: `${metric.id} is not broken down by ${strange[0]}; there are ${[...known].join(', ') || 'none'}`,
      })
    : ok(labels as Readonly<Record<string, string>>);
}
