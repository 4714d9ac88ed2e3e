import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Refusal } from '../../kernel/errors.ts';
import { ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import type { Access } from '../../platform/access.ts';
import { authorize, sendProblem } from '../../platform/http.ts';
import type { DocumentDesk, DocumentName } from '../catalog-desk.ts';
import type { DraftDifference } from '../catalog-difference.ts';
import { documentIn, findingsIn, spoken } from '../core/catalog/in-language.ts';
import { readSaid } from '../core/catalog/commands.ts';
import type { Parameters } from '../core/values-query.ts';

type Named = { Params: DocumentName };

/** The documents of the catalogue with their drafts, `/v1/catalog/documents…` and `/v1/catalog/check`: role reader. */
export function documentRoutes(
  http: FastifyInstance,
  access: Access,
  desk: Pick<DocumentDesk, 'list' | 'show' | 'history' | 'check'> & {
    readonly difference: DraftDifference;
  },
): void {
  http.get<{ Querystring: Parameters }>('/v1/catalog/documents', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    return sendAnswer(reply, desk.list(request.query));
  });
  http.get<Named>('/v1/catalog/documents/:kind/:id', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    return sendAnswer(
      reply,
      spoken(acceptedBy(request), documentIn, await desk.show(request.params)),
    );
  });
  http.get<Named>('/v1/catalog/documents/:kind/:id/history', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    return sendAnswer(reply, desk.history(request.params));
  });
  http.get<Named & { Querystring: Parameters }>(
    '/v1/catalog/drafts/:kind/:id/difference',
    async (request, reply) => {
      if (!authorize(access, { request, reply, role: 'reader' })) return reply;
      return sendAnswer(reply, await desk.difference(request.params, request.query));
    },
  );
  http.post('/v1/catalog/check', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    const said = readSaid(request.body, ['text']);
    if (!said.ok) return sendAnswer(reply, said);
    const answer = ok(await desk.check(said.value.text ?? ''));
    return sendAnswer(reply, spoken(acceptedBy(request), findingsIn, answer));
  });
}

export const acceptedBy = ({ headers }: FastifyRequest): string | undefined =>
  headers['accept-language'];

/** What is drafted changes by the minute: no cache between may keep it. */
export const sendAnswer = (reply: FastifyReply, answer: Result<unknown, Refusal>): FastifyReply =>
  answer.ok
    ? reply.header('cache-control', 'no-store').send(answer.value)
    : sendProblem(reply, answer.error);
