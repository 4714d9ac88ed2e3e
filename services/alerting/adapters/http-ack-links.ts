import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Refusal } from '../../kernel/errors.ts';
import { hashText } from '../../kernel/hash.ts';
import { labelsOf } from '../../kernel/series.ts';
import { formatRfc3339 } from '../../kernel/time.ts';
import { statusOf } from '../../platform/http.ts';
import { ACK_FOR_MS, alertCommand } from '../core/overlay/command-request.ts';
import type { AlertState } from '../core/alert/episode.ts';
import type { AckLink } from '../core/alert/message.ts';
import type { AckLinks } from './ack-links.ts';
import type { CommandDesk } from './http-commands.ts';

const FORM = 'application/x-www-form-urlencoded';
type ByToken = { Params: { token: string } };

/**
 * `GET /v1/ack/{token}` shows what would be acknowledged and a button; `POST` does it. Mail scanners and chat previews
 * fetch links: looking changes nothing. The signed token is the right to do this once, so no bearer token is asked for.
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
    if (alert.episode.overlay.linksUsed.includes(link.value.receiver))
      return { refusal: { code: 'link_invalid', detail: 'the link was used already' } };
    return { link: link.value, alert };
  };

  void http.register((scope, _options, done) => {
    if (!scope.hasContentTypeParser(FORM))
      scope.addContentTypeParser(FORM, { parseAs: 'string' }, (_request, _body, end) => {
        end(null, undefined);
      });
    scope.get<ByToken>('/v1/ack/:token', async ({ params }, reply) => {
      const found = await opened(params.token);
      if ('refusal' in found) return refused(reply, found.refusal);
      const button = '<form method="post"><button>Acknowledge · 确认</button></form>';
      return page(reply, {
        title: titleOf(desk, found.alert),
        body: `${about(found.alert)}${button}`,
      });
    });
    scope.post<ByToken>('/v1/ack/:token', async ({ params }, reply) => {
      const found = await opened(params.token);
      if ('refusal' in found) return refused(reply, found.refusal);
      const { alert, link } = found;
      const { episode, receiver, to } = link;
      const id = hashText(`ack ${episode} ${receiver}`);
      const asked = { id, by: to ?? `receiver:${receiver}`, nowMs: desk.now() };
      const command = alertCommand('ack', { alert, body: {}, link: receiver }, asked);
      if (!command.ok) return refused(reply, command.error);
      await desk.tell(command.value);
      const until = formatRfc3339(asked.nowMs + ACK_FOR_MS);
      const body = `<p>Acknowledged by ${escaped(asked.by)} until ${until}. 已确认。</p>`;
      return page(reply, { title: titleOf(desk, alert), body });
    });
    done();
  });
}

type Opened =
  | { readonly refusal: Refusal }
  | { readonly link: AckLink; readonly alert: AlertState };

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

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`);
