import { createServer } from 'node:http';
import Fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ERRORS, TidemarkError } from '../kernel/errors.ts';
import type { ErrorCode, Refusal } from '../kernel/errors.ts';
import type { Access, Principal, Role } from './access.ts';
import type { Logger } from './logger.ts';

/** HTTP status of each code: the only place where codes meet HTTP. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  not_parseable: 400,
  too_large: 413,
  unsupported_media_type: 415,
  unauthenticated: 401,
  forbidden: 403,
  own_draft: 403,
  method_not_allowed: 405,
  not_found: 404,
  episode_ended: 409,
  draft_stale: 409,
  already_resent: 409,
  link_invalid: 410,
  invalid_parameter: 400,
  overloaded: 429,
  broker_unavailable: 503,
  registry_unavailable: 503,
  redis_unavailable: 503,
  rebuilding: 503,
  grain_unavailable: 422,
  breakdown_unavailable: 422,
  invariant_broken: 500,
};
/** Codes that have no status of their own are 422: the request is well-formed and refused. */
export const statusOf = (code: ErrorCode): number => STATUS[code] ?? 422;
const RETRY_AFTER_S = 1;

/** What every refusal and failure answers with. @see RFC 9457 */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  /** What of the request is meant: a JSON pointer (RFC 6901). */
  readonly pointer?: string;
};

export const problemOf = ({ code, detail, pointer }: Refusal): Problem => ({
  type: `https://tidemark.dev/errors/${code}`,
  title: ERRORS[code].meaning,
  status: statusOf(code),
  detail,
  code,
  ...(pointer === undefined ? {} : { pointer }),
});

/** Answers with RFC 9457 problem details. 429 and 503 carry Retry-After. */
export function sendProblem(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const problem = problemOf(refusal);
  const { status } = problem;
  if (status === 429 || status === 503) void reply.header('retry-after', String(RETRY_AFTER_S));
  return reply.status(status).type('application/problem+json').send(problem);
}

const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;
/** How often Node looks for requests that are over their time; its default of 30 s would keep a slow sender for 40. */
const TIMEOUTS_CHECKED_EVERY_MS = 1_000;
/** Longer than clients and gateways keep an idle connection (nginx: 60 s), so that none writes into one that just closes. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
/** Larger than any route's own limit; ingest names its limit itself. */
const BODY_LIMIT_BYTES = 6 * 1024 * 1024;

/** Characters of one part of a path: an event source of 1,024 bytes, every one percent-encoded, and some. */
const ROUTE_PARAMETER_MAX = 3_200;

/** A server with problem+json errors, time-outs and no parsers of its own beyond JSON. Routes are added by services. */
export function createHttpServer(logger: Logger): FastifyInstance {
  const server = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    serverFactory: (handler) =>
      createServer(
        {
          headersTimeout: HEADERS_TIMEOUT_MS,
          requestTimeout: REQUEST_TIMEOUT_MS,
          keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
          connectionsCheckingInterval: TIMEOUTS_CHECKED_EVERY_MS,
        },
        handler,
      ),
    routerOptions: { maxParamLength: ROUTE_PARAMETER_MAX },
  });
  server.setErrorHandler(
    (error: Error & { statusCode?: number; code?: string }, _request, reply) => {
      if (error instanceof TidemarkError)
        return sendProblem(reply, { code: error.code, detail: error.message });
      if (error.statusCode === 413)
        return sendProblem(reply, {
          code: 'too_large',
          detail: `the body exceeds ${BODY_LIMIT_BYTES} bytes`,
        });
      if (error.statusCode === 415)
        return sendProblem(reply, { code: 'unsupported_media_type', detail: error.message });
      if (error.statusCode !== undefined && error.statusCode < 500)
        return sendProblem(reply, { code: 'not_parseable', detail: error.message });
      logger.error({ err: error }, 'request failed');
      return sendProblem(reply, {
        code: 'invariant_broken',
        detail: 'the request failed inside; the log has the reason',
      });
    },
  );
  const methodsOf = methodsByPath(server);
  server.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split('?');
    const methods = methodsOf(path);
    // A route may itself find that there is nothing.
    if (methods.length === 0 || methods.includes(request.method))
      return sendProblem(reply, {
        code: 'not_found',
        detail: `no route ${request.method} ${path}`,
      });
    const allowed = methods.join(', ');
    const detail = `${path} takes ${allowed}, not ${request.method}`;
    return sendProblem(reply.header('allow', allowed), { code: 'method_not_allowed', detail });
  });
  return server;
}

/** By which methods a path is served, of the routes that are added from now on; of a route for many paths (`*`) no path is known. */
function methodsByPath(server: FastifyInstance): (path: string) => readonly string[] {
  const routes = new Map<string, { readonly path: RegExp; readonly methods: Set<string> }>();
  server.addHook('onRoute', ({ url, method }) => {
    const route = routes.get(url) ?? { path: pathOf(url), methods: new Set<string>() };
    routes.set(url, route);
    for (const one of [method].flat()) route.methods.add(one);
  });
  return (path) => {
    const serving = [...routes.values()].filter((route) => route.path.test(path));
    return [...new Set(serving.flatMap(({ methods }) => [...methods]))].toSorted();
  };
}

/** Parts such as `:id` stand for any text of one part. */
const pathOf = (url: string): RegExp =>
  new RegExp(
    `^${url
      .split('/')
      .map((part) => (part.startsWith(':') ? '[^/]+' : RegExp.escape(part)))
      .join('/')}$`,
  );

/**
 * The principal of a request that has the role, else undefined after the problem was sent.
 * @param role of several one suffices; absent: whoever is known
 */
export function authorize(
  access: Access,
  call: { request: FastifyRequest; reply: FastifyReply; role?: Role | readonly Role[] },
): Principal | undefined {
  const principal = access.authenticate(call.request.headers);
  if (!principal.ok) {
    if (principal.error.code === 'unauthenticated')
      void call.reply.header('www-authenticate', 'Bearer');
    sendProblem(call.reply, principal.error);
    return undefined;
  }
  if (call.role === undefined) return principal.value;
  const roles = [call.role].flat();
  if (!roles.some((role) => principal.value.roles.has(role))) {
    sendProblem(call.reply, {
      code: 'forbidden',
      detail: `this needs the role ${roles.join(' or ')}`,
    });
    return undefined;
  }
  return principal.value;
}
