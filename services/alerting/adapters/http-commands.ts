import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Command } from '../../kernel/command.ts';
import type { Catalog } from '../../kernel/definitions.ts';
import type { Refusal } from '../../kernel/errors.ts';
import { hashText } from '../../kernel/hash.ts';
import { readQuery } from '../../kernel/members.ts';
import { formatRfc3339 } from '../../kernel/time.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Access } from '../../platform/access.ts';
import { authorize, sendProblem } from '../../platform/http.ts';
import { alertItem } from '../core/proof/answer.ts';
import { alertCommand, VERBS } from '../core/overlay/command-request.ts';
import { silenceOrder, unsilenceCommand } from '../core/overlay/silence-request.ts';
import type { Asked, Verb } from '../core/overlay/command-request.ts';
import type { AlertState } from '../core/alert/episode.ts';
import { silenceAnswer } from '../core/proof/silence-answer.ts';
import type { Silence } from '../core/overlay/silence.ts';
import type { FindAlert } from '../find-alert.ts';
import type { ShownSilence } from '../silences.ts';

export type CommandDesk = {
  readonly catalog: () => Catalog;
  /** All of them: of a silence it is said what it covers. */
  readonly alerts: () => Promise<readonly AlertState[]>;
  readonly alert: FindAlert;
  readonly silences: () => Promise<readonly ShownSilence[]>;
  /** Writes the command. `isTaken`: every lane of this process has it. @throws broker_unavailable */
  readonly tell: (
    command: Command,
  ) => Promise<{ readonly offset: number; readonly isTaken: boolean }>;
  readonly now: () => EpochMs;
  readonly newId: () => string;
};

const KEY_MAX = 200;

type ById = { Params: { id: string } };

/**
 * `POST /v1/alerts/{id}/ack|unack|snooze|assign|comment|close`, `GET` and `POST /v1/silences`, `DELETE /v1/silences/{id}`.
 * What is answered was written; 200: it counts already, 202: it will within seconds. The same `Idempotency-Key` of the
 * same person counts once.
 */
export function commandRoutes(http: FastifyInstance, access: Access, desk: CommandDesk): void {
  for (const verb of Object.keys(VERBS) as Verb[])
    http.post<ById>(`/v1/alerts/:id/${verb}`, async (request, reply) => {
      const asked = askedBy(access, { request, reply, desk });
      if (!asked) return reply;
      const { id } = request.params;
      const alert = await desk.alert(id);
      if (!alert) return sendProblem(reply, unknown('alert', id));
      const command = alertCommand(verb, { alert, body: request.body }, asked);
      if (!command.ok) return sendProblem(reply, command.error);
      const { assignee } = command.value;
      if (assignee !== null && !isKnownOwner(desk.catalog(), assignee))
        return sendProblem(reply, { ...unknown('person or team', assignee), pointer: '/to' });
      return obeyed(reply, { command: command.value, desk });
    });
  silenceRoutes(http, access, desk);
}

function silenceRoutes(http: FastifyInstance, access: Access, desk: CommandDesk): void {
  const answerOf = (silence: ShownSilence, alerts: readonly AlertState[]): object => ({
    ...silenceAnswer(silence, alerts, { catalog: desk.catalog(), nowMs: desk.now() }),
    ...(silence.endedBy === undefined ? {} : { endedBy: silence.endedBy }),
  });
  const shown = async (silence: ShownSilence): Promise<object> =>
    answerOf(silence, await desk.alerts());

  http.get('/v1/silences', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    const query = readQuery(request.query, []);
    if (!query.ok) return sendProblem(reply, query.error);
    const [alerts, silences] = await Promise.all([desk.alerts(), desk.silences()]);
    const list = silences.toSorted((a, b) => b.startsAt - a.startsAt || (a.id < b.id ? -1 : 1));
    return { silences: list.map((silence) => answerOf(silence, alerts)) };
  });

  http.post('/v1/silences', async (request, reply) => {
    const asked = askedBy(access, { request, reply, desk });
    if (!asked) return reply;
    // Of the key, so that the same request names the same silence.
    const id = `sil-${asked.id.slice(0, 16)}`;
    const order = silenceOrder({ id, body: request.body }, asked);
    if (!order.ok) return sendProblem(reply, order.error);
    const { command, isPreview } = order.value;
    const { by, at, text: comment, silence: scope } = command;
    const silence: Silence = { id, by, at, comment, ...scope };
    if (isPreview) return { preview: true, silence: await shown(silence) };
    const { offset, isTaken } = await desk.tell(command);
    return reply
      .status(isTaken ? 200 : 202)
      .send({ command: { id: asked.id, offset }, silence: await shown(silence) });
  });

  http.delete<ById>('/v1/silences/:id', async (request, reply) => {
    const asked = askedBy(access, { request, reply, desk });
    if (!asked) return reply;
    const { id } = request.params;
    const silence = (await desk.silences()).find((one) => one.id === id);
    if (!silence) return sendProblem(reply, unknown('silence', id));
    const { offset, isTaken } = await desk.tell(unsilenceCommand(id, asked));
    const nowMs = desk.now();
    const isOver = silence.endsAt <= nowMs;
    const ended = isOver
      ? silence
      : { ...silence, endsAt: Math.max(nowMs, silence.startsAt), endedBy: asked.by };
    return reply
      .status(isTaken ? 200 : 202)
      .send({ command: { id: asked.id, offset }, silence: await shown(ended) });
  });
}

const isKnownOwner = ({ people, teams }: Catalog, owner: string): boolean => {
  const [kind = '', id = ''] = owner.split(':');
  return (kind === 'team' ? teams : people).has(id);
};

const unknown = (what: string, id: string): Refusal => {
  return { code: 'not_found', detail: `no ${what} has the id ${id}` };
};

/** Who asks, with the id under which the request counts once; undefined after the problem was sent. */
function askedBy(
  access: Access,
  call: { request: FastifyRequest; reply: FastifyReply; desk: CommandDesk },
): Asked | undefined {
  const { request, reply, desk } = call;
  const principal = authorize(access, { request, reply, role: 'owner' });
  if (!principal) return undefined;
  const query = readQuery(request.query, []);
  if (!query.ok) {
    sendProblem(reply, query.error);
    return undefined;
  }
  const key = request.headers['idempotency-key'];
  if (Array.isArray(key) || (key !== undefined && (key === '' || key.length > KEY_MAX))) {
    const detail = `Idempotency-Key must be one text of at most ${KEY_MAX} characters`;
    sendProblem(reply, { code: 'invalid_parameter', detail });
    return undefined;
  }
  const { person } = principal;
  return { id: hashText(`${person} ${key ?? desk.newId()}`), by: person, nowMs: desk.now() };
}

/** Writes it and answers with the alert as it is then. */
async function obeyed(
  reply: FastifyReply,
  { command, desk }: { command: Command; desk: CommandDesk },
): Promise<FastifyReply> {
  const { offset, isTaken } = await desk.tell(command);
  const alert = await desk.alert(command.target);
  return reply.status(isTaken ? 200 : 202).send({
    command: { id: command.id, offset, at: formatRfc3339(command.at) },
    alert: alert ? alertItem(alert, desk.catalog()) : null,
  });
}
