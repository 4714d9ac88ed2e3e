import type { FastifyInstance } from 'fastify';
import type { Catalog } from '../../kernel/definitions.ts';
import type { Access } from '../../platform/access.ts';
import { authorize, sendProblem } from '../../platform/http.ts';
import { isToldBy } from '../core/notifications.ts';
import type { StreamHub } from '../stream-hub.ts';

const READERS_MAX = 500;
export const STREAM_ROUTE = '/v1/stream';

/**
 * `GET /v1/stream?metric=`: server-sent events `value`, `alert`, `notification`, `catalog`, `note` and `pipeline`, from now on or after `Last-Event-ID`.
 * `metric` may be repeated; without it all are told. A `reset` says that events were lost: read values anew.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function streamRoute(
  http: FastifyInstance,
  access: Access,
  from: { readonly hub: StreamHub; readonly catalog: () => Catalog },
): void {
  const { hub, catalog } = from;
  http.get<{ Querystring: { metric?: string | string[] } }>(
    STREAM_ROUTE,
    async (request, reply) => {
      const principal = authorize(access, { request, reply, role: 'reader' });
      if (!principal) return reply;
      const metrics = [request.query.metric ?? []].flat();
      const unknown = metrics.find((id) => !catalog().metrics.has(id));
      if (unknown !== undefined)
        return sendProblem(reply, {
          code: 'not_found',
          detail: `no published metric is called ${unknown}`,
        });
      if (hub.readers() >= READERS_MAX)
        return sendProblem(reply, {
          code: 'overloaded',
          detail: `${READERS_MAX} readers are on the stream already`,
        });
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      const leave = hub.join(
        {
          metrics: metrics.length === 0 ? undefined : new Set(metrics),
          isFor: (receiver) => isToldBy(receiver, principal.person, catalog()),
          write: (bytes) => void raw.write(bytes),
          unreadBytes: () => raw.writableLength,
          end: () => raw.destroy(),
        },
        request.headers['last-event-id'] as string | undefined,
      );
      raw.on('close', leave);
      return reply;
    },
  );
}
