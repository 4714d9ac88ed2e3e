import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Refusal } from '../../kernel/errors.ts';
import { hashText } from '../../kernel/hash.ts';
import { labelsOf } from '../../kernel/series.ts';
import { formatRfc3339 } from '../../kernel/time.ts';
import { statusOf } from '../../platform/http.ts';
import { alertCommand } from '../core/overlay/command-request.ts';
import { LINK_VERBS, linkUse } from '../core/overlay/link-use.ts';
import type { AlertState, Episode } from '../core/alert/episode.ts';
import type { AckLink } from '../core/alert/message.ts';
import { actionForms, doneText, escaped, saidBy } from './ack-page.ts';
import type { AckLinks } from './ack-links.ts';
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
  const opened = async (token: string): Promise<Opened> => {
    const link = desk.links.open(token, desk.now());
    if (!link.ok) return { refusal: link.error };
    const alert = await desk.alert(link.value.alert);
    if (!alert || alert.episode?.id !== link.value.episode)
      return { refusal: { code: 'episode_ended', detail: 'this incident is over' } };
    return { link: link.value, alert, episode: alert.episode };
  };

  void http.register((scope, _options, done) => {
    if (!scope.hasContentTypeParser(FORM))
      scope.addContentTypeParser(FORM, { parseAs: 'string' }, (_request, body, end) => {
        end(null, Object.fromEntries(new URLSearchParams(String(body))));
      });
    scope.get<ByToken>('/v1/ack/:token', async ({ params }, reply) => {
      const found = await opened(params.token);
      if ('refusal' in found) return refused(reply, found.refusal);
      const body = `${about(found.alert)}${actionForms(found)}`;
      return page(reply, { title: titleOf(desk, found.alert), body });
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
      const more = '<p><a href="">More · 其他操作</a></p>';
      return page(reply, {
        title: titleOf(desk, alert),
        body: `<p>${escaped(doneText(known, command.value))}</p>${more}`,
      });
    });
    done();
  });
}

type Form = Readonly<Record<string, string>> | undefined;
type Opened =
  | { readonly refusal: Refusal }
  | { readonly link: AckLink; readonly alert: AlertState; readonly episode: Episode };

function titleOf({ catalog }: CommandDesk, { rule }: AlertState): string {
  const name = catalog().rules.get(rule)?.name;
  return name ? [name.en, name.zh].filter(Boolean).join(' · ') : rule;
}

function about({ series, machine, last, episode, severity }: AlertState): string {
  const labels = Object.entries(labelsOf(series)).map(([name, value]) => `${name} ${value}`);
  const facts = [
    `${severity}, ${machine.condition}`,
    ...labels,
    `value ${last?.value ?? '–'}`,
    ...(episode ? [`since ${formatRfc3339(episode.startedAtMs)}`] : []),
  ];
  return `<ul>${facts.map((fact) => `<li>${escaped(fact)}</li>`).join('')}</ul>`;
}

const refused = (reply: FastifyReply, { code, detail }: Refusal): FastifyReply =>
  page(reply.status(statusOf(code)), {
    title: 'Tidemark',
    body: `<p>Nothing was done: ${escaped(detail)}. 未作任何更改。</p>`,
  });

/** A page without scripts that no other may frame or read. */
const page = (
  reply: FastifyReply,
  { title, body }: { title: string; body: string },
): FastifyReply =>
  reply
    .headers({
      'content-security-policy':
        "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    .type('text/html; charset=utf-8')
    .send(
      `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="robots" content="noindex"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><h1>${escaped(title)}</h1>${body}</html>`,
    );
