import type { FastifyInstance } from 'fastify';
import type { Catalog } from '../../kernel/definitions.ts';
import { readQuery } from '../../kernel/members.ts';
import type { Access } from '../../platform/access.ts';
import { authorize, sendProblem } from '../../platform/http.ts';
import { isToldBy } from '../core/notifications.ts';
import type { NotificationsAnswer } from '../core/notifications.ts';
import type { Notifications } from './redis-notifications.ts';

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 200;

/** `GET /v1/notifications?limit=`: messages to the browser of whoever asks, newest first. New ones come over the stream. */
export function notificationsRoute(
  http: FastifyInstance,
  access: Access,
  from: { readonly newest: Notifications['newest']; readonly catalog: () => Catalog },
): void {
  http.get(
    '/v1/notifications',
    async (request, reply): Promise<NotificationsAnswer | typeof reply> => {
      const principal = authorize(access, { request, reply, role: 'reader' });
      if (!principal) return reply;
      const query = readQuery(request.query, ['limit']);
      if (!query.ok) return sendProblem(reply, query.error);
      const limit = Number(query.value.limit ?? LIMIT_DEFAULT);
      if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX)
        return sendProblem(reply, {
          code: 'invalid_parameter',
          detail: `limit must be an integer from 1 to ${LIMIT_MAX}`,
        });
      const catalog = from.catalog();
      const isFor = ({ receiver }: { readonly receiver: string }): boolean =>
        isToldBy(receiver, principal.person, catalog);
      return { notifications: await from.newest(isFor, limit) };
    },
  );
}
