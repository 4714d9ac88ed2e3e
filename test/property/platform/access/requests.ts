import type { FastifyInstance } from 'fastify';
import { CANARY } from './canary.ts';
import { NO_TOKEN, tokenOf } from './people.ts';

export const IMPORT = { file: CANARY, plan: '', startedAt: '', rows: 0, accepted: 0, rejected: 0 };
const HOUR = { start: '2026-01-31T08:00:00Z', end: '2026-01-31T09:00:00Z' };
/** Bodies that routes ask for. */
const BODIES: Readonly<Record<string, object>> = {
  'POST /mcp': {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'list_metrics', arguments: {} },
  },
  'POST /v1/metrics/:id/verify': { from: HOUR.start, to: HOUR.end },
  'POST /v1/metrics/:id/recount': HOUR,
  'POST /v1/metrics/:id/past': {
    version: 'v1',
    grain: 'hour',
    windows: [HOUR],
    series: [],
    asOf: HOUR.end,
  },
  'POST /v1/alerts/:id/snooze': { for: 'PT1H' },
  'POST /v1/alerts/:id/assign': { to: 'team:sales' },
  'POST /v1/alerts/:id/comment': { text: CANARY },
  'POST /v1/alerts/:id/feedback': { verdict: 'real' },
  'POST /v1/silences': { matchers: [`store=${CANARY}`], for: 'PT1H' },
  'POST /v1/rules/test': { rule: CANARY, from: HOUR.start, to: HOUR.end },
};
/** Where it is not 200. */
export const DONE_WITH: Readonly<Record<string, number>> = {
  'GET /v1/stream': 404,
  'POST /v1/metrics/:id/entries': 201,
  'POST /v1/metrics/:id/notes': 201,
  'POST /v1/metrics/:id/rebuild': 202,
};

/** Asks for the route, with whatever body it wants. */
export const send = (
  http: FastifyInstance,
  one: { route: string; who: number; events: readonly object[] },
) => {
  const [method = '', path = ''] = one.route.split(' ');
  const url = path.replace(/:(?:source|kind|id|metric|note)/g, CANARY);
  const isStream = path === '/v1/stream';
  return http.inject({
    method: method as 'GET',
    // A reader of the stream stays: ask for what is not there, which only those who may read learn.
    url: isStream ? `${url}?metric=none` : url,
    headers: {
      accept: path === '/mcp' ? 'application/json, text/event-stream' : '*/*',
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
    ...(method === 'POST' && path.startsWith('/v1/events')
      ? { payload: JSON.stringify(one.events) }
      : {}),
  });
};
