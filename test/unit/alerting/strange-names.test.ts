import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { alertRoutes, receiverRoutes } from '../../../services/alerting/adapters/http.ts';
import { commandRoutes } from '../../../services/alerting/adapters/http-commands.ts';
import { explainRoutes } from '../../../services/alerting/adapters/http-explain.ts';
import { peopleRoutes } from '../../../services/alerting/adapters/http-people.ts';
import { reviewRoutes } from '../../../services/alerting/adapters/http-review.ts';
import { ruleTestRoutes } from '../../../services/alerting/adapters/http-rules.ts';
import { unsubscribeRoutes } from '../../../services/alerting/adapters/http-unsubscribe.ts';
import { createAccess } from '../../../services/platform/access.ts';
import { createHttpServer } from '../../../services/platform/http.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { bench, salesCatalog } from '../../support/alerting.ts';
import { catalogOf } from '../../support/platform.ts';

/** A server whose parts do whatever they are asked for; what reaches one was not refused. */
let http: FastifyInstance;
let isDone = false;

beforeAll(() => {
  const b = bench();
  b.hour(0, 900);
  const alert = b.alert();
  const done = async (): Promise<never> => {
    isDone = true;
    throw new Error('it was done');
  };
  const catalog = () => catalogOf(salesCatalog());
  http = createHttpServer(createLogger({ level: 'silent', name: 'test', isTty: false }));
  const access = createAccess({ tokensFile: '', host: '127.0.0.1' });
  const at = { catalog, now: () => 0, newId: () => 'n' };
  const known = async () => alert;
  alertRoutes(http, access, { catalog, alerts: done, alert: done, health: () => [] });
  receiverRoutes(http, access, { ...at, enable: done, messenger: done, settled: done });
  commandRoutes(http, access, { ...at, alerts: done, alert: known, silences: done, tell: done });
  explainRoutes(http, access, { catalog, alert: done, recount: done, valueNow: done });
  peopleRoutes(http, access, { ...at, unsubscribed: done });
  reviewRoutes(http, access, { zoneOf: () => 'UTC', health: () => [], review: done, now: () => 1 });
  ruleTestRoutes(http, access, {
    now: () => 1,
    plan: () => {
      isDone = true;
      throw new Error('it was done');
    },
    test: done,
  });
  unsubscribeRoutes(http, access, {
    ...at,
    tell: done,
    links: { open: () => ({ ok: false, error: { code: 'link_invalid', detail: '' } }) } as never,
  });
});
afterAll(() => http.close());

const verbs = ['ack', 'unack', 'snooze', 'assign', 'comment', 'close', 'feedback'];
const BODIES: readonly [string, object][] = [
  ...verbs.map((verb): [string, object] => [`/v1/alerts/a1/${verb}`, { text: 'x', for: 'PT1H' }]),
  ['/v1/silences', { matchers: ['store=S1'], for: 'PT1H' }],
  ['/v1/routes/preview', { metric: 'net-sales' }],
  ['/v1/rules/test', { rule: 'net-sales-low', from: '2026-01-01T00:00:00Z' }],
  ['/v1/receivers/ops-hook/test', {}],
  ['/v1/receivers/ops-hook/enable', {}],
  ['/v1/subscriptions/a/unsubscribe', {}],
  ['/v1/subscriptions/a/subscribe', {}],
];

test.each(BODIES)(
  'a field that %s does not read is refused, and nothing is done',
  async (url, body) => {
    isDone = false;
    const payload = { strange: true, ...body };
    const answer = await http.inject({ method: 'POST', url, payload });
    expect(answer.json()).toMatchObject({
      status: 400,
      code: 'invalid_parameter',
      detail: expect.stringMatching(/^no field is called strange; there (are .+|is none)$/),
      pointer: '/strange',
    });
    expect(isDone).toBe(false);
  },
);

test.each([
  ['GET', '/v1/alerts'],
  ['GET', '/v1/alerts/a1'],
  ['GET', '/v1/alerts/a1/explain'],
  ['GET', '/v1/silences'],
  ['POST', '/v1/silences'],
  ['DELETE', '/v1/silences/sil-1'],
  ['POST', '/v1/alerts/a1/ack'],
  ['GET', '/v1/responsibilities'],
  ['GET', '/v1/rules/net-sales-low/review'],
] as const)(
  'a parameter that %s %s does not read is refused, and nothing is done',
  async (method, url) => {
    isDone = false;
    const answer = await http.inject({ method, url: `${url}?strange=1` });
    expect(answer.json()).toMatchObject({
      status: 400,
      code: 'invalid_parameter',
      detail: expect.stringMatching(/^no parameter is called strange; there (are .+|is none)$/),
    });
    expect(isDone).toBe(false);
  },
);

test.each(['owner=foo', 'owner=person:', 'owner=me&owner=me', 'state=firing&state=ok'])(
  'alerts by %s are refused: nothing can be so',
  async (query) => {
    expect((await http.inject(`/v1/alerts?${query}`)).json()).toMatchObject({
      code: 'invalid_parameter',
    });
  },
);
