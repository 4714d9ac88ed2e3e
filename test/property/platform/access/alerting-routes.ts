import type { FastifyInstance } from 'fastify';
import type { Silence } from '../../../../services/alerting/core/overlay/silence.ts';
import { explainRoutes } from '../../../../services/alerting/adapters/http-explain.ts';
import { reviewRoutes } from '../../../../services/alerting/adapters/http-review.ts';
import { ruleTestRoutes } from '../../../../services/alerting/adapters/http-rules.ts';
import { peopleRoutes } from '../../../../services/alerting/adapters/http-people.ts';
import { alertRoutes, receiverRoutes } from '../../../../services/alerting/adapters/http.ts';
import { commandRoutes } from '../../../../services/alerting/adapters/http-commands.ts';
import { unsubscribeRoutes } from '../../../../services/alerting/adapters/http-unsubscribe.ts';
import { unsubscribeLinks } from '../../../../services/alerting/adapters/unsubscribe-links.ts';
import { ok } from '../../../../services/kernel/result.ts';
import type { Access } from '../../../../services/platform/access.ts';
import { bench } from '../../../support/alerting.ts';
import { catalogOf } from '../../../support/platform.ts';
import { answer, CANARY, NOW, told } from './canary.ts';
import { catalog } from './catalog.ts';

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
const burning = () => {
  const b = bench();
  b.hour(0, 10);
  return b.alert();
};

/** Routes of alerting. @returns how many commands were told */
export function alertingRoutes(http: FastifyInstance, access: Access): () => number {
  const alert = { ...burning(), id: CANARY };
  let commands = 0;
  alertRoutes(http, access, {
    catalog,
    alerts: () => Promise.resolve([alert]),
    alert: () => Promise.resolve(alert),
    health: () => [],
  });
  explainRoutes(http, access, {
    catalog,
    alert: () => Promise.resolve(alert),
    recount: answer,
    valueNow: () => Promise.resolve(undefined),
  });
  reviewRoutes(http, access, {
    zoneOf: () => 'UTC',
    health: () => [],
    review: () => Promise.resolve(told as never),
    now: () => NOW,
  });
  ruleTestRoutes(http, access, {
    plan: () => ok({ ...told, metric: { timezone: 'UTC' } } as never),
    test: () => Promise.resolve(told as never),
    now: () => NOW,
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
    settled: async () => undefined,
    now: () => NOW,
    newId: () => 'x',
  });
  return () => commands;
}
