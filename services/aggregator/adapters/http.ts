import type { FastifyInstance } from 'fastify';
import { readQuery } from '../../kernel/members.ts';
import { formatRfc3339, parseRfc3339 } from '../../kernel/time.ts';
import type { Access } from '../../platform/access.ts';
import { authorize, sendProblem } from '../../platform/http.ts';
import type { TraceAnswer, TraceQuestion } from './kafka-tracer.ts';

const POSITION = /^(.+)\/(\d+)\/(\d+)$/;

/** `GET /v1/events/{source}/{id}?position=&time=`: where an event is, and why it was (not) counted. */
export function traceRoutes(
  http: FastifyInstance,
  access: Access,
  trace: (question: TraceQuestion) => Promise<TraceAnswer>,
): void {
  http.get<{ Params: { source: string; id: string } }>(
    '/v1/events/:source/:id',
    async (request, reply) => {
      if (!authorize(access, { request, reply, role: 'reader' })) return reply;
      const { source, id } = request.params;
      const query = readQuery(request.query, ['position', 'time']);
      if (!query.ok) return sendProblem(reply, query.error);
      const { position, time } = query.value;
      const place = position === undefined ? undefined : POSITION.exec(position);
      if (place === null)
        return sendProblem(reply, {
          code: 'invalid_parameter',
          detail: 'position must be topic/partition/offset',
        });
      const timeMs = time === undefined ? undefined : parseRfc3339(time);
      if (time !== undefined && timeMs === undefined)
        return sendProblem(reply, {
          code: 'invalid_parameter',
          detail: 'time must be an RFC 3339 date-time',
        });
      const answer = await trace({
        source,
        id,
        ...(place
          ? {
              position: {
                topic: place[1] as string,
                partition: Number(place[2]),
                offset: Number(place[3]),
              },
            }
          : {}),
        ...(timeMs === undefined ? {} : { timeMs }),
      });
      if (answer.kind === 'found') return answer.trace;
      const searchedFrom = formatRfc3339(answer.searchedFromMs);
      return reply
        .status(404)
        .type('application/problem+json')
        .send({
          type: 'https://tidemark.dev/errors/not_found',
          title: 'No such event',
          status: 404,
          code: 'not_found',
          detail: `no event ${id} of ${source} since ${searchedFrom}`,
          searchedFrom,
        });
    },
  );
}
