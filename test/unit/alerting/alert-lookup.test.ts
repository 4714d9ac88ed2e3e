import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { ackLinks } from '../../../services/alerting/adapters/ack-links.ts';
import { ackLinkRoutes } from '../../../services/alerting/adapters/http-ack-links.ts';
import { commandRoutes } from '../../../services/alerting/adapters/http-commands.ts';
import { explainRoutes } from '../../../services/alerting/adapters/http-explain.ts';
import { alertRoutes } from '../../../services/alerting/adapters/http.ts';
import { storedDocumentOf } from '../../../services/alerting/core/alert/record.ts';
import { alertFinder } from '../../../services/alerting/find-alert.ts';
import { createAccess } from '../../../services/platform/access.ts';
import { createHttpServer } from '../../../services/platform/http.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { bench, HOUR, salesCatalog, T0 } from '../../support/alerting.ts';
import { memoryAlertStore } from '../../support/memory-alert-store.ts';
import { catalogOf } from '../../support/platform.ts';

const PARTITIONS = 3;
const OTHERS = 1_000;
const links = ackLinks('http://console', randomBytes(32));

/** All routes of one alert, over a store with many; counts the documents that the store gave. */
async function served() {
  const b = bench();
  b.hour(0, 900);
  const alert = b.alert();
  const store = memoryAlertStore();
  const start = { cursor: 0, activeFrom: 0, logMs: 0, awakeMs: 0, alertsNext: 0 };
  const others = Array.from({ length: OTHERS }, (_, i) => [`other-${i}`, '{}'] as const);
  for (let partition = 0; partition < PARTITIONS; partition++) {
    await store.create(partition, 'a', start);
    const own = partition === 1 ? [[alert.id, storedDocumentOf(alert)] as const] : [];
    const look = JSON.stringify([null, alert.last, false]);
    const fields = new Map(own.map(([id]) => [`l|${id}`, look]));
    const changes = { fields, documents: new Map([...others, ...own]) };
    await store.commit(partition, 'a', { ...start, from: 0, to: 0, changes });
  }
  let read = 0;
  const find = alertFinder({
    updates: { partitions: async () => PARTITIONS },
    store: {
      async document(partition, id) {
        const found = await store.document(partition, id);
        if (found && found !== 'unknown') read++;
        return found;
      },
    },
  });
  const all = (): never => {
    throw new Error('all alerts are read for one');
  };
  const http = createHttpServer(createLogger({ level: 'silent', name: 'test', isTty: false }));
  const access = createAccess({ tokensFile: '', host: '127.0.0.1' });
  const catalog = () => catalogOf(salesCatalog());
  alertRoutes(http, access, { catalog, alerts: all, alert: find, health: () => [] });
  explainRoutes(http, access, {
    catalog,
    alert: find,
    recount: async () => ({ kind: 'unavailable', detail: 'not asked' }) as never,
    valueNow: async () => undefined,
  });
  const desk = {
    catalog,
    alerts: all,
    alert: find,
    silences: async () => [],
    tell: async () => ({ offset: 0, isTaken: true }),
    now: () => T0 + 1.5 * HOUR,
    newId: () => 'x',
  };
  commandRoutes(http, access, desk);
  ackLinkRoutes(http, { ...desk, links });
  const of = { alert: alert.id, episode: alert.episode?.id ?? '', receiver: 'ops-hook' };
  const link = links.urlOf({ ...of, to: 'person:bo', expiresAt: T0 + 9 * HOUR }) ?? '';
  return { http, alert, find, read: () => read, token: link.slice(link.lastIndexOf('/') + 1) };
}

test.each([
  ['GET', '/v1/alerts/ID', 1],
  ['GET', '/v1/alerts/ID/explain', 1],
  // Before the command, for what it means; after it, for what is answered.
  ['POST', '/v1/alerts/ID/unack', 2],
  ['POST', '/v1/alerts/ID/close', 2],
  ['GET', '/v1/ack/TOKEN', 1],
] as const)('%s %s reads the one document that it is about', async (method, path, count) => {
  const { http, alert, read, token } = await served();
  const url = path.replace('ID', alert.id).replace('TOKEN', token);
  const answer = await http.inject({ method, url, ...(method === 'POST' ? { payload: {} } : {}) });
  expect(answer.statusCode, answer.body).toBeLessThan(300);
  expect(read()).toBe(count);
  await http.close();
});

test('what is found has its last look; what is nowhere is unknown, and not while a partition has no state', async () => {
  const { http, alert, find } = await served();
  expect(await find(alert.id)).toMatchObject({ id: alert.id, last: alert.last });
  expect(await find('nowhere')).toBeUndefined();
  expect((await http.inject('/v1/alerts/nowhere')).statusCode).toBe(404);
  await http.close();
  const lost = alertFinder({
    updates: { partitions: async () => 1 },
    store: { document: async () => undefined },
  });
  await expect(lost('nowhere')).rejects.toMatchObject({ code: 'rebuilding' });
});
