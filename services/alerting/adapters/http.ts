import type { FastifyInstance } from 'fastify';
import { CONDITIONS } from '../../kernel/alert.ts';
import type { Condition } from '../../kernel/alert.ts';
import type { Catalog, OwnerRef, ReceiverDefinition, Severity } from '../../kernel/definitions.ts';
import type { Refusal } from '../../kernel/errors.ts';
import { readBody, readQuery } from '../../kernel/members.ts';
import { isOwnerRef } from '../../kernel/owner.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import { formatRfc3339 } from '../../kernel/time.ts';
import type { Access } from '../../platform/access.ts';
import { authorize, sendProblem } from '../../platform/http.ts';
import { alertDetail, alertItem, listed, orderOf } from '../core/proof/answer.ts';
import type { AlertState, Message } from '../core/alert/episode.ts';
import { isOne } from '../core/people/directory.ts';
import { readerOf } from '../core/people/recipients.ts';
import { refName } from '../core/people/ref-name.ts';
import { NOT_TRIED } from '../core/sending/delivery.ts';
import type { TellOfReceiver } from '../core/sending/reachability.ts';
import type { RuleHealth } from '../core/proof/rule-health.ts';
import type { FindAlert } from '../find-alert.ts';
import type { Messenger } from '../ports.ts';

const SEVERITIES: readonly string[] = ['critical', 'warning', 'info'] satisfies Severity[];
const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1_000;

export type AlertReader = {
  /** For names: what is published now. */
  readonly catalog: () => Catalog;
  /** All alerts of the installation, of whichever process. @throws redis_unavailable; rebuilding while a partition has no state */
  readonly alerts: () => Promise<readonly AlertState[]>;
  readonly alert: FindAlert;
  readonly health: () => readonly RuleHealth[];
};

const PARAMETERS = ['state', 'owner', 'metric', 'severity', 'cursor', 'limit'] as const;
type Query = Readonly<Partial<Record<(typeof PARAMETERS)[number], string>>>;

/** `GET /v1/alerts` and `GET /v1/alerts/{id}`. */
export function alertRoutes(http: FastifyInstance, access: Access, reader: AlertReader): void {
  http.get('/v1/alerts', async (request, reply) => {
    const principal = authorize(access, { request, reply, role: 'reader' });
    if (!principal) return reply;
    const query = readQuery(request.query, PARAMETERS);
    if (!query.ok) return sendProblem(reply, query.error);
    const page = pageOf(query.value);
    if (!page.ok) return sendProblem(reply, page.error);
    const { state, owner, metric, severity } = query.value;
    const catalog = reader.catalog();
    const isMine = (one: string): boolean => isOne(catalog, principal.person, one as OwnerRef);
    const all = listed(await reader.alerts(), {
      ...(state === undefined ? {} : { state }),
      ...(owner === undefined
        ? {}
        : { isOwner: owner === 'me' ? isMine : (one: string) => one === owner }),
      ...(metric === undefined ? {} : { metric }),
      ...(severity === undefined ? {} : { severity }),
    });
    const { after, limit } = page.value;
    const rest = after === undefined ? all : all.filter((alert) => orderOf(alert) < after);
    const alerts = rest.slice(0, limit);
    const last = rest.length > limit ? alerts.at(-1) : undefined;
    const cursor = last ? Buffer.from(orderOf(last)).toString('base64url') : null;
    const items = alerts.map((alert) => alertItem(alert, catalog));
    return { alerts: items, cursor, health: reader.health() };
  });

  http.get<{ Params: { id: string } }>('/v1/alerts/:id', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    const query = readQuery(request.query, []);
    if (!query.ok) return sendProblem(reply, query.error);
    const { id } = request.params;
    const alert = await reader.alert(id);
    if (!alert)
      return sendProblem(reply, { code: 'not_found', detail: `no alert has the id ${id}` });
    return alertDetail(alert, reader.catalog());
  });
}

function pageOf(query: Query): Result<{ after: string | undefined; limit: number }, Refusal> {
  const invalid = (detail: string) => err({ code: 'invalid_parameter' as const, detail });
  if (query.state !== undefined && !CONDITIONS.includes(query.state as Condition))
    return invalid(`state must be one of ${CONDITIONS.join(', ')}`);
  if (query.severity !== undefined && !SEVERITIES.includes(query.severity))
    return invalid(`severity must be one of ${SEVERITIES.join(', ')}`);
  if (query.owner !== undefined && query.owner !== 'me' && !isOwnerRef(query.owner))
    return invalid('owner must be me, person:ID or team:ID');
  const limit = query.limit === undefined ? LIMIT_DEFAULT : Number(query.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX)
    return invalid(`limit must be an integer from 1 to ${LIMIT_MAX}`);
  if (query.cursor === undefined) return ok({ after: undefined, limit });
  const after = Buffer.from(query.cursor, 'base64url').toString('utf8');
  return /^\d{16} [0-9a-f]{32}$/.test(after)
    ? ok({ after, limit })
    : invalid('cursor must be one that a page gave');
}

export type ReceiverTester = {
  /** What is published now. */
  readonly catalog: () => Catalog;
  readonly enable: (receiver: ReceiverDefinition) => Promise<boolean>;
  readonly messenger: Messenger;
  /** Hears of a test that arrived. */
  readonly settled: TellOfReceiver;
  readonly now: () => number;
  readonly newId: () => string;
};

/**
 * `POST /v1/receivers/{id}/test`: sends one message to the receiver by the very path that alerts take, and answers what
 * became of it, in the words of whoever reads there. It is tried once. One that arrives says that the receiver is reachable; one that
 * fails says nothing: no message was given up. `POST /v1/receivers/{id}/enable`: messages go again to a receiver that answered 410.
 */
export function receiverRoutes(
  http: FastifyInstance,
  access: Access,
  tester: ReceiverTester,
): void {
  http.post<{ Params: { id: string } }>('/v1/receivers/:id/test', async (request, reply) => {
    const principal = authorize(access, { request, reply, role: 'owner' });
    if (!principal) return reply;
    const body = readBody(request.body, []);
    if (!body.ok) return sendProblem(reply, body.error);
    const { id } = request.params;
    const catalog = tester.catalog();
    if (!catalog.receivers.has(id))
      return sendProblem(reply, { code: 'not_found', detail: `no receiver ${id} is published` });
    const nowMs = tester.now();
    const { locale, timezone } = readerOf(catalog, id, { asker: principal.person, atMs: nowMs });
    const refs = Object.fromEntries(
      [principal.person, `receiver:${id}`].flatMap((ref) => {
        const name = refName(catalog, ref);
        return name === null ? [] : [[ref, name[locale] ?? name.en]];
      }),
    );
    const message: Message = {
      id: `msg_${tester.newId()}`,
      receiver: id,
      to: principal.person,
      locale,
      timezone,
      kind: 'firing',
      body: JSON.stringify({
        type: 'receiver.test',
        timestamp: formatRfc3339(nowMs),
        data: {
          receiver: id,
          askedBy: principal.person,
          ...(Object.keys(refs).length > 0 ? { names: { refs } } : {}),
        },
      }),
      decidedAtMs: nowMs,
      shownAtMs: nowMs,
    };
    const { kind, detail } = await tester.messenger(message);
    if (kind === 'delivered') {
      const once = { attempts: 1, firstAttemptMs: nowMs, nextAttemptMs: nowMs, detail };
      // The asker does not wait for Kafka.
      void tester.settled(message, { ...NOT_TRIED, ...once, status: 'delivered' });
    }
    return { receiver: id, outcome: kind, detail };
  });

  http.post<{ Params: { id: string } }>('/v1/receivers/:id/enable', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'owner' })) return reply;
    const body = readBody(request.body, []);
    if (!body.ok) return sendProblem(reply, body.error);
    const { id } = request.params;
    const receiver = tester.catalog().receivers.get(id);
    if (!receiver)
      return sendProblem(reply, { code: 'not_found', detail: `no receiver ${id} is published` });
    return { receiver: id, wasDisabled: await tester.enable(receiver) };
  });
}
