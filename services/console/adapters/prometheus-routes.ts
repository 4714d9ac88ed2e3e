import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AlertRecord } from '../../kernel/alert.ts';
import type { Catalog } from '../../kernel/definitions.ts';
import { TidemarkError } from '../../kernel/errors.ts';
import { ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import type { Access } from '../../platform/access.ts';
import { statusOf } from '../../platform/http.ts';
import type { Logger } from '../../platform/logger.ts';
import { labelNames, labelValues } from '../core/prometheus/discovery.ts';
import type { Discovered } from '../core/prometheus/discovery.ts';
import { metadataData } from '../core/prometheus/metadata.ts';
import type { Form } from '../core/prometheus/parameters.ts';
import { renderSuccess } from '../core/prometheus/render.ts';
import { alertsData, rulesData } from '../core/prometheus/rules-answer.ts';
import type { QueryFault } from '../core/promql/fault.ts';
import type { PrometheusReads } from '../prometheus.ts';
import type { Watermarks } from '../watermarks.ts';
import { acceptForms, formOf } from './prometheus-form.ts';

const PREFIX = '/prometheus/api/v1';
/** What Grafana decides by which parts of the API there are. */
const BUILD_INFO = {
  version: '3.0.0',
  revision: 'tidemark',
  branch: '',
  buildUser: '',
  buildDate: '',
  goVersion: '',
};

type Ports = {
  readonly access: Access;
  readonly logger: Logger;
  readonly reads: PrometheusReads;
  readonly catalog: () => Catalog;
  readonly watermarks: Watermarks;
  /** Alerts whose condition is not ok; undefined while they are still being read. */
  readonly openAlerts: () => readonly AlertRecord[] | undefined;
};
type Answer = Result<string, QueryFault>;
type Handler = (form: Form, request: FastifyRequest) => Answer | Promise<Answer>;

/**
 * Prometheus' HTTP API over corrected history, for Grafana's Prometheus data source (docs/reference/prometheus-api.md):
 * role reader; errors in Prometheus' form.
 */
export async function prometheusRoutes(http: FastifyInstance, ports: Ports): Promise<void> {
  await http.register(async (scope) => {
    acceptForms(scope);
    answerErrors(scope, ports.logger);
    for (const [path, { methods, handler }] of Object.entries(routes(ports)))
      scope.route({
        method: [...methods],
        url: `${PREFIX}${path}`,
        handler: async (request, reply) => {
          if (!isAllowed(ports.access, request, reply)) return reply;
          return send(reply, await handler(formOf(request), request));
        },
      });
    scope.all(`${PREFIX}/*`, (_request, reply) =>
      sendFault(reply, { status: 404, errorType: 'not_found', error: 'there is no such endpoint' }),
    );
  });
}

type Route = { readonly methods: readonly ('GET' | 'POST')[]; readonly handler: Handler };

function routes({
  reads,
  catalog,
  openAlerts,
  watermarks,
}: Ports): Readonly<Record<string, Route>> {
  const both = (handler: Handler): Route => ({ methods: ['GET', 'POST'], handler });
  const read = (handler: Handler): Route => ({ methods: ['GET'], handler });
  const listed =
    (items: (found: Discovered, request: FastifyRequest) => readonly unknown[]): Handler =>
    async (form, request) => {
      const found = await reads.series(form);
      if (!found.ok) return found;
      const limit = limitOf(form);
      const all = items(found.value, request);
      const isCut = found.value.isCut || all.length > limit;
      return ok(
        renderSuccess(
          JSON.stringify(all.slice(0, limit)),
          isCut ? ['results truncated due to limit'] : [],
        ),
      );
    };
  const data = (value: object): Answer => ok(renderSuccess(JSON.stringify(value), []));
  const alerts = (): readonly AlertRecord[] => {
    const open = openAlerts();
    if (!open) throw new TidemarkError('rebuilding', 'the alerts are still being read');
    return open;
  };
  return {
    '/query': both((form) => reads.query(form)),
    '/query_range': both((form) => reads.queryRange(form)),
    '/series': both((form, request) =>
      form.getAll('match[]').length === 0
        ? { ok: false, error: { type: 'bad_data', detail: 'no match[] parameter provided' } }
        : listed(({ series }) => series)(form, request),
    ),
    '/labels': both(listed(({ series }) => labelNames(series))),
    '/label/:name/values': read(
      listed(({ series }, request) => labelValues(series, labelOf(request))),
    ),
    '/metadata': read((form) =>
      data(metadataData(catalog(), { metric: form.get('metric'), limit: limitOf(form) })),
    ),
    '/status/buildinfo': read(() => data(BUILD_INFO)),
    '/rules': read(async () => {
      const shown = catalog();
      const metrics = new Set([...shown.rules.values()].map(({ metric }) => metric));
      const at = { open: alerts(), watermarks: await watermarks([...metrics]) };
      return data(rulesData(shown, at));
    }),
    '/alerts': read(() => data(alertsData(catalog(), alerts()))),
  };
}

/** 0 or nothing: all. */
function limitOf(form: Form): number {
  const limit = Number(form.get('limit') ?? 0);
  return limit > 0 ? limit : Infinity;
}

/** Names with other characters than letters, digits and _ come as `U__` and their codes: `U___5f_`. */
function labelOf(request: FastifyRequest): string {
  const { name } = request.params as { name: string };
  if (!name.startsWith('U__')) return name;
  return name
    .slice(3)
    .replaceAll(/__|_([0-9a-fA-F]{1,6})_/g, (_whole, code?: string) =>
      code === undefined ? '_' : String.fromCodePoint(Number.parseInt(code, 16)),
    );
}

const send = (reply: FastifyReply, answer: Answer): FastifyReply =>
  answer.ok
    ? reply.header('cache-control', 'no-store').type('application/json').send(answer.value)
    : sendFault(reply, {
        status: answer.error.type === 'bad_data' ? 400 : 422,
        errorType: answer.error.type,
        error: answer.error.detail,
      });

const sendFault = (
  reply: FastifyReply,
  { status, ...fault }: { status: number; errorType: string; error: string },
): FastifyReply => reply.status(status).send({ status: 'error', ...fault });

function isAllowed(access: Access, request: FastifyRequest, reply: FastifyReply): boolean {
  const principal = access.authenticate(request.headers);
  if (!principal.ok) {
    const isUnknown = principal.error.code === 'unauthenticated';
    if (isUnknown) void reply.header('www-authenticate', 'Bearer');
    const status = statusOf(principal.error.code);
    const errorType = isUnknown ? 'unauthorized' : 'forbidden';
    sendFault(reply, { status, errorType, error: principal.error.detail });
    return false;
  }
  if (principal.value.roles.has('reader')) return true;
  sendFault(reply, { status: 403, errorType: 'forbidden', error: 'this needs the role reader' });
  return false;
}

function answerErrors(scope: FastifyInstance, logger: Logger): void {
  scope.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const { message } = error;
    if (error instanceof TidemarkError)
      return sendFault(reply, {
        status: statusOf(error.code),
        errorType: 'unavailable',
        error: message,
      });
    const status = error.statusCode ?? 500;
    if (status < 500) return sendFault(reply, { status, errorType: 'bad_data', error: message });
    logger.error({ err: error }, 'a query failed');
    return sendFault(reply, {
      status: 500,
      errorType: 'internal',
      error: 'the query failed inside; the log has the reason',
    });
  });
}
