import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Refusal } from '../../kernel/errors.ts';
import { hashText } from '../../kernel/hash.ts';
import { statusOf } from '../../platform/http.ts';
import { alertCommand } from '../core/overlay/command-request.ts';
import { LINK_VERBS, linkUse } from '../core/overlay/link-use.ts';
import {
  aboutAlert,
  ackWords,
  actionForms,
  doneText,
  saidBy,
  titleOf,
  waysOn,
} from './ack-page.ts';
import type { Opened } from './ack-page.ts';
import type { AckLinks } from './ack-links.ts';
import { REFUSED_ZH } from './ack-words.ts';
import { escaped, sendPage } from './bare-page.ts';
import type { CommandDesk } from './http-commands.ts';

const FORM = 'application/x-www-form-urlencoded';
type ByToken = { Params: { token: string } };

/**
 * `GET /v1/ack/{token}` shows the alert and a button for each thing that may be said to it; `POST` says it. Mail scanners
 * and chat previews fetch links: looking changes nothing. The signed token is the right to say each of them once, so no
 * bearer token is asked for.
 */
export function ackLinkRoutes(
  http: FastifyInstance,
  desk: CommandDesk & { readonly links: AckLinks },
): void {
  const opened = async (token: string): Promise<Opened | { readonly refusal: Refusal }> => {
    const link = desk.links.open(token, desk.now());
    if (!link.ok) return { refusal: link.error };
    const alert = await desk.alert(link.value.alert);
    if (!alert || alert.episode?.id !== link.value.episode)
      return { refusal: { code: 'episode_ended', detail: 'this incident is over' } };
    return { link: link.value, alert, episode: alert.episode, catalog: desk.catalog() };
  };

  void http.register((scope, _options, done) => {
    if (!scope.hasContentTypeParser(FORM))
      scope.addContentTypeParser(FORM, { parseAs: 'string' }, (_request, body, end) => {
        end(null, Object.fromEntries(new URLSearchParams(String(body))));
      });
    scope.get<ByToken>('/v1/ack/:token', async ({ params }, reply) => {
      const found = await opened(params.token);
      if ('refusal' in found) return refused(reply, found.refusal);
      const body = `${aboutAlert(found)}${actionForms(found)}${waysOn(found)}`;
      return sendPage(reply, { lang: ackWords(found).lang, title: titleOf(found), body });
    });
    scope.post<ByToken & { Body: Form }>('/v1/ack/:token', async ({ params, body }, reply) => {
      const found = await opened(params.token);
      if ('refusal' in found) return refused(reply, found.refusal);
      const { verb = 'ack' } = body ?? {};
      const known = LINK_VERBS.find((one) => one === verb);
      const said = known ? saidBy(found, known, body ?? {}) : null;
      if (!known || !said)
        return refused(reply, { code: 'invalid_parameter', detail: 'the page has no such button' });
      const { alert, link, episode } = found;
      const use = linkUse(link, known);
      if (episode.overlay.linksUsed.includes(use))
        return refused(reply, {
          code: 'link_invalid',
          detail: 'the link was used for this already',
        });
      const by = link.to ?? `receiver:${link.receiver}`;
      const asked = { id: hashText(`link ${episode.id} ${use}`), by, nowMs: desk.now() };
      const command = alertCommand(known, { alert, body: said, link: use }, asked);
      if (!command.ok) return refused(reply, command.error);
      await desk.tell(command.value);
      const done = doneText(found, known, command.value);
      return sendPage(reply, { lang: ackWords(found).lang, title: titleOf(found), body: done });
    });
    done();
  });
}

type Form = Readonly<Record<string, string>> | undefined;

/** In both languages: where a link opens nothing it is not known whom it was for. */
const refused = (reply: FastifyReply, { code, detail }: Refusal): FastifyReply =>
  sendPage(reply.status(statusOf(code)), {
    lang: 'en',
    title: 'Tidemark',
    body: `<p class="notice" role="alert">Nothing was done: ${escaped(detail)}.<br><span lang="zh-CN">未作任何更改${REFUSED_ZH[code] === undefined ? '' : `：${REFUSED_ZH[code]}`}。</span></p>`,
  });
