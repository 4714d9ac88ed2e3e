import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Catalog, OwnerRef } from '../../kernel/definitions.ts';
import { hashText } from '../../kernel/hash.ts';
import { readBody } from '../../kernel/members.ts';
import { ownerName } from '../../kernel/owner.ts';
import type { Access } from '../../platform/access.ts';
import { authorize, sendProblem, statusOf } from '../../platform/http.ts';
import { isOne } from '../core/people/directory.ts';
import { followCommand } from '../core/people/unsubscribed.ts';
import { escaped, sendPage } from './bare-page.ts';
import type { CommandDesk } from './http-commands.ts';
import type { UnsubscribeLinks } from './unsubscribe-links.ts';

/** RFC 8058, section 3.2: mail programs post a form of either kind. Nothing of it is needed. */
const FORMS = ['application/x-www-form-urlencoded', 'multipart/form-data'];
type ByToken = { Params: { token: string } };
type ById = { Params: { id: string } };
type Desk = Pick<CommandDesk, 'catalog' | 'tell' | 'now' | 'newId'>;

/**
 * `GET /v1/unsubscribe/{token}` shows what would end and a button, `POST` ends it: mail scanners fetch links, and mail
 * programs post to `List-Unsubscribe` (RFC 8058). The signed token is the right to do this, so no bearer token is asked
 * for. `POST /v1/subscriptions/{id}/unsubscribe|subscribe`: the same for whoever asks, with a token of his own; of a subscription by which
 * he does not follow: forbidden.
 */
export function unsubscribeRoutes(
  http: FastifyInstance,
  access: Access,
  desk: Desk & { readonly links: UnsubscribeLinks },
): void {
  void http.register((scope, _options, done) => {
    for (const form of FORMS)
      if (!scope.hasContentTypeParser(form))
        scope.addContentTypeParser(form, { parseAs: 'string' }, (_request, _body, end) => {
          end(null, undefined);
        });
    for (const method of ['GET', 'POST'] as const)
      scope.route<ByToken>({
        method,
        url: '/v1/unsubscribe/:token',
        async handler({ params }, reply) {
          const link = desk.links.open(params.token);
          if (!link.ok)
            return page(
              reply.status(statusOf(link.error.code)),
              `<p class="notice" role="alert">${link.error.detail}</p>`,
            );
          const { subscription, to } = link.value;
          const about = `<p class="notice">${escaped(subscription)}: ${escaped(nameOf(desk.catalog(), to))}</p>`;
          if (method === 'GET')
            return page(
              reply,
              `${about}<form method="post"><button>Unsubscribe · 退订</button></form>`,
            );
          const nowMs = desk.now();
          const id = hashText(`unsubscribe ${subscription} ${to} ${nowMs}`);
          const of = { subscription, by: to ?? '', id, at: nowMs };
          await desk.tell(followCommand('unsubscribe', of));
          return page(reply, `${about}<p>Unsubscribed. 已退订。</p>`);
        },
      });
    done();
  });

  for (const kind of ['unsubscribe', 'subscribe'] as const)
    http.post<ById>(`/v1/subscriptions/:id/${kind}`, async (request, reply) => {
      const principal = authorize(access, { request, reply, role: 'reader' });
      if (!principal) return reply;
      const body = readBody(request.body, []);
      if (!body.ok) return sendProblem(reply, body.error);
      const { id: subscription } = request.params;
      const catalog = desk.catalog();
      const known = catalog.subscriptions?.get(subscription);
      if (!known)
        return sendProblem(reply, {
          code: 'not_found',
          detail: `no subscription ${subscription} is published`,
        });
      const { person: by } = principal;
      if (!isOne(catalog, by, known.who))
        return sendProblem(reply, {
          code: 'forbidden',
          detail: `${by} does not follow by the subscription ${subscription}: it is of ${known.who}. Ask for one of your own in the catalogue.`,
        });
      const { isTaken } = await desk.tell(
        followCommand(kind, { subscription, by, id: desk.newId(), at: desk.now() }),
      );
      return reply
        .status(isTaken ? 200 : 202)
        .send({ subscription, who: by, follows: kind === 'subscribe' });
    });
}

const nameOf = (catalog: Catalog, to: string | null): string => {
  const name = to === null ? null : ownerName(catalog, to as OwnerRef);
  return name ? [name.en, name.zh].filter(Boolean).join(' · ') : (to ?? '');
};

const page = (reply: FastifyReply, body: string): FastifyReply =>
  sendPage(reply, {
    lang: 'en',
    title: 'Tidemark',
    body: `<h1>Unsubscribe · 退订</h1>${body}`,
  });
