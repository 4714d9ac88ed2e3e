import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { traceRoutes } from '../../../services/aggregator/adapters/http.ts';
// Through it recounts and questions about the past ask: services/aggregator/adapters/one-at-a-time.ts
import { pastRoutes } from '../../../services/aggregator/adapters/http-past.ts';
import { rebuildRoutes } from '../../../services/aggregator/adapters/http-rebuild.ts';
import { recountRoutes } from '../../../services/aggregator/adapters/http-recount.ts';
import { verifyRoutes } from '../../../services/aggregator/adapters/http-verify.ts';
import type { Silence } from '../../../services/alerting/core/overlay/silence.ts';
import { explainRoutes } from '../../../services/alerting/adapters/http-explain.ts';
import { reviewRoutes } from '../../../services/alerting/adapters/http-review.ts';
import { ruleTestRoutes } from '../../../services/alerting/adapters/http-rules.ts';
import { peopleRoutes } from '../../../services/alerting/adapters/http-people.ts';
import { alertRoutes, receiverRoutes } from '../../../services/alerting/adapters/http.ts';
import { commandRoutes } from '../../../services/alerting/adapters/http-commands.ts';
import { unsubscribeRoutes } from '../../../services/alerting/adapters/http-unsubscribe.ts';
import { unsubscribeLinks } from '../../../services/alerting/adapters/unsubscribe-links.ts';
import { addTelemetryRoute } from '../../../services/cli/telemetry-route.ts';
import { deadLetterRoutes } from '../../../services/console/adapters/dead-letters/routes.ts';
import { dashboardRoutes } from '../../../services/console/adapters/dashboards/http-dashboards.ts';
import { entryListRoutes } from '../../../services/console/adapters/entries/http-entries.ts';
import { catalogRoutes } from '../../../services/console/adapters/http-catalog.ts';
import { documentRoutes } from '../../../services/console/adapters/http-catalog-documents.ts';
import { draftRoutes } from '../../../services/console/adapters/http-catalog-drafts.ts';
import { importRoutes } from '../../../services/console/adapters/import/routes.ts';
import { manyRoutes } from '../../../services/console/adapters/overview/routes.ts';
import { kpiRoute } from '../../../services/console/adapters/http-kpi.ts';
import { readRoutes } from '../../../services/console/adapters/http-metrics.ts';
import { notificationsRoute } from '../../../services/console/adapters/http-notifications.ts';
import { streamRoute } from '../../../services/console/adapters/http-stream.ts';
import type { ConsoleReads } from '../../../services/console/service.ts';
import type { StreamHub } from '../../../services/console/stream-hub.ts';
import { ingestRoutes } from '../../../services/ingest/adapters/http.ts';
import { entryRoutes } from '../../../services/ingest/adapters/http-entries.ts';
import { createActivity } from '../../../services/ingest/heartbeats.ts';
import type { IngestObserver } from '../../../services/ingest/ports.ts';
import { createIngest } from '../../../services/ingest/service.ts';
import { ok } from '../../../services/kernel/result.ts';
import { createAccess, ROLES } from '../../../services/platform/access.ts';
import type { Access, Role } from '../../../services/platform/access.ts';
import { createHttpServer } from '../../../services/platform/http.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { createTelemetry } from '../../../services/platform/telemetry.ts';
import { bench } from '../../support/alerting.ts';
import { aCloudEvent } from '../../support/cloud-events.ts';
import { memoryEventSink } from '../../support/memory-event-sink.ts';
import { memoryEventTypes } from '../../support/memory-event-types.ts';
import { aMetric, anEventType } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';

/**
 * Who may do what: the whole policy. Rights are by role, and for writing by source as well; there are no tenants, and
 * who may read may read every object, so that what lists must not hold is anything at all for those who may not read.
 */
const POLICY: Readonly<Record<string, Role | readonly Role[]>> = {
  'GET /v1/metrics': 'reader',
  'GET /v1/metrics/:id': 'reader',
  'GET /v1/metrics/:id/values': 'reader',
  'GET /v1/metrics/:id/current': 'reader',
  'GET /v1/metrics/:id/entries': 'reader',
  'POST /v1/metrics/:id/entries': ['owner', 'steward'],
  'GET /v1/entries': 'reader',
  'GET /v1/me': 'reader',
  'GET /v1/current': 'reader',
  'GET /v1/corrections': 'reader',
  'GET /v1/dashboards': 'reader',
  'GET /v1/dashboards/:id': 'reader',
  'POST /v1/metrics/:id/verify': 'reader',
  'POST /v1/metrics/:id/recount': 'reader',
  'POST /v1/metrics/:id/past': 'reader',
  'POST /v1/metrics/:id/rebuild': 'steward',
  'GET /v1/catalog/prune': 'reader',
  'GET /v1/catalog/lineage/:metric': 'reader',
  'GET /v1/tree': 'reader',
  'POST /v1/catalog/impact': 'reader',
  'GET /v1/alerts/:id/explain': 'reader',
  'GET /v1/rules/:id/review': 'reader',
  'POST /v1/rules/test': 'reader',
  'GET /v1/pipeline': 'reader',
  'GET /v1/dead-letters': 'reader',
  'GET /v1/dead-letters/:id': 'reader',
  'POST /v1/dead-letters/:id/resend': 'steward',
  'POST /v1/dead-letters/resend': 'steward',
  'GET /v1/late-events': 'reader',
  'GET /v1/catalog/documents': 'reader',
  'GET /v1/catalog/documents/:kind/:id': 'reader',
  'GET /v1/catalog/documents/:kind/:id/history': 'reader',
  'GET /v1/catalog/drafts/:kind/:id/difference': 'reader',
  'POST /v1/catalog/check': 'reader',
  'PUT /v1/catalog/drafts/:kind/:id': ['steward', 'owner'],
  'DELETE /v1/catalog/drafts/:kind/:id': ['steward', 'owner'],
  'POST /v1/catalog/drafts/:kind/:id/submit': ['steward', 'owner'],
  'POST /v1/catalog/drafts/:kind/:id/withdraw': ['steward', 'owner'],
  'POST /v1/catalog/drafts/:kind/:id/reject': 'approver',
  'POST /v1/catalog/drafts/:kind/:id/approve': 'approver',
  'POST /v1/catalog/documents/:kind/:id/retire': 'approver',
  'POST /v1/catalog/documents/:kind/:id/rollback': 'approver',
  'GET /v1/event-types': 'reader',
  'GET /v1/imports': 'historical',
  'GET /v1/imports/:id': 'historical',
  'PUT /v1/imports/:id': 'historical',
  'GET /metrics': 'reader',
  'GET /metrics/kpi': 'reader',
  'GET /v1/stream': 'reader',
  'GET /v1/notifications': 'reader',
  'GET /v1/events/:source/:id': 'reader',
  'POST /v1/routes/preview': 'reader',
  'POST /v1/subscriptions/:id/unsubscribe': 'reader',
  'POST /v1/subscriptions/:id/subscribe': 'reader',
  'GET /v1/responsibilities': 'reader',
  'GET /v1/alerts': 'reader',
  'GET /v1/alerts/:id': 'reader',
  'POST /v1/alerts/:id/ack': 'owner',
  'POST /v1/alerts/:id/unack': 'owner',
  'POST /v1/alerts/:id/snooze': 'owner',
  'POST /v1/alerts/:id/assign': 'owner',
  'POST /v1/alerts/:id/comment': 'owner',
  'POST /v1/alerts/:id/feedback': 'owner',
  'POST /v1/alerts/:id/close': 'owner',
  'GET /v1/silences': 'reader',
  'POST /v1/silences': 'owner',
  'DELETE /v1/silences/:id': 'owner',
  'POST /v1/receivers/:id/test': 'owner',
  'POST /v1/receivers/:id/enable': 'owner',
  'POST /v1/events': 'ingest',
  'POST /v1/events?historical=true': 'historical',
};
/** Answered to everyone: the handshake of webhook senders says nothing of what is here. */
const OPEN = new Set([
  'OPTIONS /v1/events',
  'GET /v1/unsubscribe/:token',
  'POST /v1/unsubscribe/:token',
]);
/** Stands in every object's name. */
const CANARY = 'canary';
const SOURCES = ['/erp', '/crm', '/shop'] as const;
const NOW = Date.parse('2026-01-31T08:01:00Z');
const SILENCE: Silence = {
  id: CANARY,
  kind: 'silence',
  matchers: [{ name: 'store', op: '=', value: 'S1' }],
  startsAt: NOW,
  endsAt: NOW + 1_000,
  by: 'person:li-wei',
  at: NOW,
  comment: null,
};
/** Enough for every route that takes a command. */
const COMMAND = {
  verdict: 'real',
  for: 'PT1H',
  text: CANARY,
  to: 'team:sales',
  matchers: [`store=${CANARY}`],
};
const IMPORT = { file: CANARY, plan: '', startedAt: '', rows: 0, accepted: 0, rejected: 0 };
const HOUR = { start: '2026-01-31T08:00:00Z', end: '2026-01-31T09:00:00Z' };
/** Bodies that routes ask for. */
const BODIES: Readonly<Record<string, object>> = {
  'POST /v1/metrics/:id/verify': { from: HOUR.start, to: HOUR.end },
  'POST /v1/metrics/:id/recount': HOUR,
  'POST /v1/metrics/:id/past': {
    version: 'v1',
    grain: 'hour',
    windows: [HOUR],
    series: [],
    asOf: HOUR.end,
  },
  'POST /v1/rules/test': { rule: CANARY, from: HOUR.start, to: HOUR.end },
};
/** Where it is not 200. */
const DONE_WITH: Readonly<Record<string, number>> = {
  'GET /v1/stream': 404,
  'POST /v1/metrics/:id/entries': 201,
  'POST /v1/metrics/:id/rebuild': 202,
};
const TYPE = anEventType();
const telemetry = createTelemetry();

const folder = mkdtempSync(join(tmpdir(), 'tidemark-access-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Every route that asks for a principal, over parts in memory. */
function serverOf(access: Access) {
  const logger = createLogger({ level: 'silent', name: 'test', isTty: false });
  const http = createHttpServer(logger);
  const routes: string[] = [];
  http.addHook('onRoute', ({ method, url }) => {
    routes.push(...[method].flat().map((one) => `${one} ${url}`));
  });
  const told = { id: CANARY, list: [CANARY] };
  const answer = () => Promise.resolve(ok(told as never));
  const reads: Partial<ConsoleReads> = {
    list: answer,
    show: answer,
    values: answer,
    current: answer,
    pipeline: () => Promise.resolve(told as never),
  };
  const follow = { who: 'person:0', metric: CANARY, where: {}, severity: 'info' } as const;
  const catalog = () =>
    catalogOf({
      metrics: [aMetric({ id: CANARY })],
      subscriptions: [{ id: CANARY, ...follow }],
    });
  readRoutes(http, access, { ...(reads as ConsoleReads), file: answer });
  kpiRoute(http, access, () => Promise.resolve(CANARY));
  manyRoutes(http, access, {
    catalog: () => catalogOf({ metrics: [aMetric({ id: CANARY })] }),
    now: () => NOW,
    many: { current: answer, corrections: answer },
  });
  let resent = 0;
  const again = () => {
    resent++;
    return answer();
  };
  entryListRoutes(http, access, { sheets: () => told as never, list: answer });
  entryRoutes(http, access, { enter: again });
  const dashboard = { id: CANARY, name: { en: CANARY }, tags: [], rangeMs: 1, panels: [] };
  dashboardRoutes(http, access, () => catalogOf({ dashboards: [dashboard] }));
  importRoutes(http, access, {
    catalog: () => catalogOf({ eventTypes: [anEventType({ id: CANARY })] }),
    ledger: { read: () => IMPORT, write: () => resent++, hashes: () => [CANARY] },
  });
  deadLetterRoutes(http, access, {
    letters: { list: answer, show: answer, resend: again, resendAll: again },
    lateEvents: answer,
  });
  notificationsRoute(http, access, { catalog, newest: () => Promise.resolve([told as never]) });
  streamRoute(http, access, { hub: { readers: () => 0 } as StreamHub, catalog });
  traceRoutes(http, access, () => Promise.resolve({ kind: 'found', trace: told } as never));
  verifyRoutes(http, access, () => Promise.resolve(told as never));
  const alert = { ...burning(), id: CANARY };
  alertRoutes(http, access, {
    catalog,
    alerts: () => Promise.resolve([alert]),
    alert: () => Promise.resolve(alert),
    health: () => [],
  });
  recountRoutes(http, access, () => Promise.resolve(told as never));
  pastRoutes(http, access, () => Promise.resolve(told as never));
  rebuildRoutes(http, access, () => {
    resent++;
    return Promise.resolve(told as never);
  });
  catalogRoutes(http, access, {
    prune: answer,
    lineage: () => ok(told as never),
    tree: () => told as never,
    impact: () => ok(told as never),
  });
  explainRoutes(http, access, {
    catalog,
    alert: () => Promise.resolve(alert),
    recount: answer,
    valueNow: () => Promise.resolve(undefined),
  });
  reviewRoutes(http, access, {
    isKnown: () => true,
    review: () => Promise.resolve(told as never),
    now: () => NOW,
  });
  ruleTestRoutes(http, access, {
    plan: () => ok(told as never),
    test: () => Promise.resolve(told as never),
    now: () => NOW,
  });
  let commands = 0;
  documentRoutes(http, access, {
    list: () => ok(told as never),
    show: () => ok(told as never),
    history: () => ok(told as never),
    check: () => told as never,
    difference: answer,
  });
  draftRoutes(http, access, {
    tell: () => {
      commands++;
      return answer();
    },
  });
  commandRoutes(http, access, {
    catalog,
    alerts: () => Promise.resolve([alert]),
    alert: () => Promise.resolve(alert),
    silences: () => Promise.resolve([SILENCE]),
    tell: () => Promise.resolve({ offset: commands++, isTaken: true }),
    now: () => NOW,
    newId: () => 'x',
  });
  peopleRoutes(http, access, { catalog, now: () => NOW, unsubscribed: async () => new Set() });
  unsubscribeRoutes(http, access, {
    catalog,
    tell: () => Promise.resolve({ offset: 0, isTaken: true }),
    now: () => NOW,
    newId: () => 'x',
    links: unsubscribeLinks('', undefined),
  });
  receiverRoutes(http, access, {
    catalog: () => catalogOf({ receivers: [{ id: CANARY, type: 'browser' }] }),
    enable: () => Promise.resolve(true),
    messenger: () => Promise.resolve({ kind: 'delivered', detail: CANARY } as never),
    now: () => NOW,
    newId: () => 'x',
  });
  addTelemetryRoute({ http, access, telemetry });
  const sink = memoryEventSink();
  const observer = Object.fromEntries(
    ['accepted', 'rejected', 'refused', 'produced', 'heartbeat', 'bytesInFlight'].map((name) => [
      name,
      () => {},
    ]),
  ) as unknown as IngestObserver;
  const ingest = createIngest({
    types: memoryEventTypes([TYPE]),
    sink,
    activity: createActivity(),
    observer,
    clock: { now: () => NOW },
  });
  ingestRoutes(http, { access, ingest, observer, closed: () => undefined });
  const written = (): number =>
    [0, 1, 2, 3].reduce(
      (sum, at) => sum + sink.log(`events.${TYPE.id}`, at).length,
      commands + resent,
    );
  return { http, routes, written };
}
const burning = () => {
  const b = bench();
  b.hour(0, 10);
  return b.alert();
};

/** Who sends none. */
const NO_TOKEN = -1;
type Person = { readonly roles: readonly Role[]; readonly sources: readonly string[] | null };
const people = fc.array(
  fc.record({
    roles: fc.subarray([...ROLES]),
    sources: fc.option(fc.subarray([...SOURCES])),
  }),
  { minLength: 1, maxLength: 4 },
);
const requests = fc.array(
  fc.record({
    // Writing more often: there it depends on the sources too.
    route: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...Object.keys(POLICY)) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('POST /v1/events', 'POST /v1/events?historical=true'),
      },
    ),
    /** Who asks; beyond the people it is nobody: without a token, or with one that nobody has. */
    who: fc.constantFrom(0, 1, 2, 3, 4, NO_TOKEN),
    sources: fc.array(fc.constantFrom(...SOURCES), { minLength: 1, maxLength: 4 }),
  }),
  { minLength: 10, maxLength: 40, size: 'max' },
);
const tokenOf = (who: number): string => `token-${who}`;
function accessOf(all: readonly Person[]): Access {
  const file = join(folder, 'tokens.json');
  const entries = all.map(({ roles, sources }, who) => [
    createHash('sha256').update(tokenOf(who)).digest('hex'),
    { person: `person:${who}`, roles, ...(sources ? { sources } : {}) },
  ]);
  writeFileSync(file, JSON.stringify(Object.fromEntries(entries)));
  return createAccess({ tokensFile: file, host: '0.0.0.0' });
}

const send = (
  http: FastifyInstance,
  one: { route: string; who: number; events: readonly object[] },
) => {
  const [method = '', path = ''] = one.route.split(' ');
  const url = path.replace(/:(?:source|kind|id|metric)/g, CANARY);
  const isStream = path === '/v1/stream';
  return http.inject({
    method: method as 'GET',
    // A reader of the stream stays: ask for what is not there, which only those who may read learn.
    url: isStream ? `${url}?metric=none` : url,
    headers: {
      ...(one.who === NO_TOKEN ? {} : { authorization: `Bearer ${tokenOf(one.who)}` }),
      ...(path.startsWith('/v1/events') && method === 'POST'
        ? { 'content-type': 'application/cloudevents-batch+json' }
        : {}),
    },
    ...(one.route in BODIES ? { payload: BODIES[one.route] as object } : {}),
    ...(/\/check$|\/drafts\/:kind\/:id$/.test(path) && method !== 'DELETE'
      ? { payload: { text: CANARY } }
      : {}),
    ...(/\/(?:reject|retire)$/.test(path) ? { payload: { reason: CANARY } } : {}),
    ...(method === 'PUT' && path.startsWith('/v1/imports') ? { payload: IMPORT } : {}),
    ...(path.endsWith('/rollback') ? { payload: { revision: 1 } } : {}),
    ...(path.endsWith('/preview') ? { payload: { metric: CANARY } } : {}),
    ...(method === 'POST' && /^\/v1\/(alerts|silences)/.test(path) ? { payload: COMMAND } : {}),
    ...(method === 'POST' && path.startsWith('/v1/events')
      ? { payload: JSON.stringify(one.events) }
      : {}),
  });
};

type Server = Pick<ReturnType<typeof serverOf>, 'http' | 'written'>;
type Asked = {
  readonly route: string;
  /** Index of a person; of none, a token that nobody has; NO_TOKEN. */
  readonly who: number;
  readonly sources: readonly (typeof SOURCES)[number][];
};
let events = 0;

/** @returns the status, when the answer is that of the table */
async function expectPolicy(
  { http, written }: Server,
  all: readonly Person[],
  { route, who, sources }: Asked,
): Promise<number> {
  const batch = sources.map((source) => aCloudEvent({ id: `e-${events++}`, source }));
  const before = written();
  const response = await send(http, { route, who, events: batch });
  const { statusCode } = response;
  const person = all[who];
  const isAllowed =
    [POLICY[route] ?? []].flat().some((role) => person?.roles.includes(role)) ||
    person?.roles.includes('admin') === true;
  if (!isAllowed) {
    expect([route, statusCode]).toEqual([route, person ? 403 : 401]);
    expect(response.body).not.toContain(CANARY);
    expect(written()).toBe(before);
    return statusCode;
  }
  if (route.startsWith('POST /v1/events')) {
    const may = sources.map((source) => person?.sources?.includes(source) ?? true);
    const { results = [] } = response.json<{
      results?: { status: string; error?: { code: string } }[];
    }>();
    const told = results.map(({ status, error }) => error?.code ?? status);
    // When nothing of the request is allowed, it is refused as a whole.
    if (may.includes(true))
      expect(told).toEqual(may.map((one) => (one ? 'accepted' : 'forbidden')));
    else expect(response.json<{ code?: string }>().code ?? told[0]).toBe('forbidden');
    expect(written() - before).toBe(may.filter(Boolean).length);
    return statusCode;
  }
  expect([route, statusCode]).toEqual([route, DONE_WITH[route] ?? 200]);
  if (route !== 'GET /v1/stream' && route !== 'GET /metrics')
    expect(response.body).toContain(CANARY);
  return statusCode;
}

test('every role alone may do what the policy table says of it, and nothing else', async () => {
  const all: readonly Person[] = [[], ...ROLES.map((role) => [role])].map((roles) => ({
    roles,
    sources: null,
  }));
  const server = serverOf(accessOf(all));
  await server.http.ready();
  const listed = server.routes.filter((one) => !one.startsWith('HEAD ') && !OPEN.has(one));
  expect(new Set(Object.keys(POLICY).map((one) => one.replace(/\?.*/, '')))).toEqual(
    new Set(listed),
  );
  for (const route of Object.keys(POLICY))
    for (const who of [...all.keys(), all.length, NO_TOKEN])
      await expectPolicy(server, all, { route, who, sources: ['/erp'] });
  await server.http.close();
});

test('P-16 whoever asks for whatever, the answer is that of the policy table, and the forbidden see no object and write none', async () => {
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(people, requests, async (all, list) => {
      const server = serverOf(accessOf(all));
      await server.http.ready();
      for (const asked of list) seen.add(await expectPolicy(server, all, asked));
      await server.http.close();
    }),
    { numRuns: 60 },
  );
  for (const status of [200, 202, 207, 401, 403, 404]) expect(seen).toContain(status);
});
