import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { peopleRoutes } from '../../../services/alerting/adapters/http-people.ts';
import { createAccess } from '../../../services/platform/access.ts';
import { createHttpServer } from '../../../services/platform/http.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { aReceiver, aRule, salesCatalog } from '../../support/alerting.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const person = (id: string) => ({
  id,
  name: { en: id },
  locale: 'zh-CN',
  timezone: 'Asia/Shanghai',
  receivers: [`${id}-hook`],
});
const catalog = catalogOf(
  salesCatalog({
    metrics: [
      aMetric({
        timezone: 'UTC',
        owner: 'person:anna',
        dimensions: { store: 'data.store' },
        breakdowns: [[], ['store']],
      }),
    ],
    rules: [aRule({ severity: 'warning' })],
    people: [
      {
        ...person('anna'),
        absences: [{ from: '2026-06-10', to: '2026-06-20', deputy: 'person:bo' }],
      },
      { ...person('bo'), quietHours: [{ from: '18:00', to: '09:00' }] },
      person('cy'),
      { ...person('di'), receivers: [] },
    ],
    receivers: ['anna-hook', 'bo-hook', 'cy-hook'].map((id) => aReceiver({ id })),
    responsibilities: [
      {
        id: 'sales-owners',
        entries: [
          {
            metric: 'net-sales',
            where: { store: 'S1' },
            accountable: 'person:anna',
            escalation: [{ afterMs: 1_800_000, to: 'person:cy' }],
          },
        ],
      },
    ],
    subscriptions: [
      { id: 'cy-follows', who: 'person:cy', rule: 'net-sales-low', where: {}, severity: 'info' },
      {
        id: 'di-follows',
        who: 'person:di',
        metric: 'net-sales',
        where: { store: 'S9' },
        severity: 'info',
        receiver: 'cy-hook',
      },
    ],
  }),
);

let http: FastifyInstance;
const unsubscribed = new Set<string>();
beforeEach(() => {
  http = createHttpServer(createLogger({ level: 'silent', name: 'test', isTty: false }));
  const access = createAccess({ tokensFile: '', host: '127.0.0.1' });
  peopleRoutes(http, access, {
    catalog: () => catalog,
    unsubscribed: async () => unsubscribed,
    now: () => NOW,
  });
});
afterEach(() => http.close());
const preview = async (payload: object) => {
  const { statusCode, body } = await http.inject({
    method: 'POST',
    url: '/v1/routes/preview',
    payload,
  });
  return { statusCode, answer: JSON.parse(body) };
};

test('a preview says who is told, why he, when, by what and in which language', async () => {
  const { answer } = await preview({
    rule: 'net-sales-low',
    labels: { store: 'S1' },
    at: '2026-06-15T12:00:00Z',
  });
  expect(answer).toEqual({
    metric: 'net-sales',
    labels: { store: 'S1' },
    rule: 'net-sales-low',
    severity: 'warning',
    at: '2026-06-15T12:00:00.000Z',
    accountable: 'person:anna',
    deputy: null,
    via: 'sales-owners/absence',
    answering: { who: 'person:bo', as: 'absence' },
    passedOver: [{ who: 'person:anna', as: 'accountable', reason: 'absent', until: '2026-06-20' }],
    hearers: [
      {
        receiver: 'bo-hook',
        type: 'webhook',
        to: 'person:bo',
        name: 'bo',
        why: 'sales-owners/absence',
        isInformation: false,
        locale: 'zh',
        timezone: 'Asia/Shanghai',
        heldUntil: '2026-06-16T01:00:00.000Z',
      },
      expect.objectContaining({
        receiver: 'cy-hook',
        why: 'subscription cy-follows',
        isInformation: true,
        heldUntil: null,
      }),
    ],
    escalation: [
      {
        after: 1800,
        to: 'person:cy',
        hearers: [expect.objectContaining({ receiver: 'cy-hook', why: 'escalation person:cy' })],
      },
    ],
  });
});

test('who follows by a receiver that is named is told, also without one of his own', async () => {
  const { answer } = await preview({ metric: 'net-sales', labels: { store: 'S9' } });
  expect(answer.hearers.at(-1)).toMatchObject({
    receiver: 'cy-hook',
    to: 'person:di',
    why: 'subscription di-follows',
  });
});

test('a critical one is not held; without a rule nobody follows it', async () => {
  unsubscribed.add('cy-follows person:cy');
  const gone = await preview({ rule: 'net-sales-low' });
  expect(gone.answer.hearers).toHaveLength(1);
  unsubscribed.clear();
  const { answer } = await preview({ metric: 'net-sales', severity: 'critical' });
  expect(answer).toMatchObject({
    via: 'metric/absence',
    answering: { who: 'person:bo', as: 'absence' },
    hearers: [{ receiver: 'bo-hook', heldUntil: null }],
  });
});

test.each<[object, number, string]>([
  [{}, 400, 'invalid_parameter'],
  [{ metric: 'nothing' }, 404, 'not_found'],
  [{ rule: 'nothing' }, 404, 'not_found'],
  [{ metric: 'net-sales', at: 'noon' }, 400, 'invalid_parameter'],
  [{ metric: 'net-sales', severity: 'bad' }, 400, 'invalid_parameter'],
  [{ metric: 'net-sales', labels: { store: 1 } }, 400, 'invalid_parameter'],
  [{ metric: 'net-sales', labels: { shop: 'S1' } }, 422, 'breakdown_unavailable'],
])('%j is refused', async (payload, status, code) => {
  const { statusCode, answer } = await preview(payload);
  expect([statusCode, answer.code]).toEqual([status, code]);
});

test('the matrix by date, of one metric or of all', async () => {
  const { body } = await http.inject(
    '/v1/responsibilities?metric=net-sales&from=2026-06-01&to=2026-07-01',
  );
  const answer = JSON.parse(body);
  expect(answer).toMatchObject({
    from: '2026-06-01',
    to: '2026-07-01',
    responsibilities: [{ where: {} }, { where: { store: 'S1' } }],
  });
  expect(answer.responsibilities[1].spans.map((one: { via: string }) => one.via)).toEqual([
    'sales-owners',
    'sales-owners/absence',
    'sales-owners',
  ]);
  const all = await http.inject('/v1/responsibilities');
  expect(JSON.parse(all.body)).toMatchObject({ from: '2026-05-16', to: '2026-09-13' });
  for (const query of ['metric=nothing', 'from=2026-02-30', 'from=2026-02-01&to=2026-01-01']) {
    const refused = await http.inject(`/v1/responsibilities?${query}`);
    expect(refused.statusCode).toBe(query.startsWith('metric') ? 404 : 400);
  }
});
