import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Refusal } from '../../kernel/errors.ts';
import { ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import type { Access } from '../../platform/access.ts';
import { authorize, sendProblem } from '../../platform/http.ts';
import type { Parameters } from '../core/values-query.ts';
import { CONTENT_TYPES, parseExport } from '../core/export/export-query.ts';
import { askedTogether } from '../asked-together.ts';
import type { Exports } from '../export.ts';
import type { ConsoleReads } from '../service.ts';

/**
 * `GET /v1/metrics`, `/v1/metrics/{id}`, its `values` (also as a file) and `current`, and `GET /v1/pipeline`: role reader.
 */
export function readRoutes(
  http: FastifyInstance,
  access: Access,
  reads: ConsoleReads & { readonly file: Exports },
): void {
  /** What holds now is what many look at; it is the same for all who may read. */
  const together = askedTogether<Result<string, Refusal>>();
  http.get<{ Querystring: Parameters }>('/v1/metrics', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    return send(reply, await reads.list(request.query));
  });
  http.get<{ Params: { id: string } }>('/v1/metrics/:id', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    return send(reply, await reads.show(request.params.id));
  });
  http.get<{ Params: { id: string }; Querystring: Parameters }>(
    '/v1/metrics/:id/values',
    async (request, reply) => {
      if (!authorize(access, { request, reply, role: 'reader' })) return reply;
      const { id } = request.params;
      const { accept, authorization } = request.headers;
      const asked = parseExport(request.query, accept);
      if (!asked.ok) return sendProblem(reply, asked.error);
      const { file: query, question } = asked.value;
      if (!query) return send(reply, await reads.values(id, question, authorization));
      const made = await reads.file(id, { query, question, authorization });
      if (!made.ok) return sendProblem(reply, made.error);
      const { name, content } = made.value;
      return send(reply, ok(content), {
        'content-type': CONTENT_TYPES[query.format],
        'content-disposition': `attachment; filename="${name}"`,
        'x-content-type-options': 'nosniff',
      });
    },
  );
  http.get<{ Params: { id: string }; Querystring: Parameters }>(
    '/v1/metrics/:id/current',
    async (request, reply) => {
      if (!authorize(access, { request, reply, role: 'reader' })) return reply;
      const { params, query, url } = request;
      const answer = await together(url, async () => {
        const current = await reads.current(params.id, query);
        return current.ok ? ok(JSON.stringify(current.value)) : current;
      });
      return send(reply, answer, { 'content-type': 'application/json; charset=utf-8' });
    },
  );
  http.get('/v1/pipeline', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    return reply.header('cache-control', 'no-store').send(await reads.pipeline());
  });
}

/** Values are as of now: no cache between may keep them. */
const send = (
  reply: FastifyReply,
  answer: Result<unknown, Refusal>,
  headers: Readonly<Record<string, string>> = {},
): FastifyReply =>
  answer.ok
    ? reply
        .header('cache-control', 'no-store')
        .header('vary', 'accept')
        .headers(headers)
        .send(answer.value)
    : sendProblem(reply, answer.error);
