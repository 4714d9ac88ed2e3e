import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { traceRoutes } from '../../../services/aggregator/adapters/http.ts';
import { verifyRoutes } from '../../../services/aggregator/adapters/http-verify.ts';
import type { VerifyQuestion } from '../../../services/aggregator/verify-question.ts';
import { createAccess } from '../../../services/platform/access.ts';
import { createHttpServer } from '../../../services/platform/http.ts';
import { createLogger } from '../../../services/platform/logger.ts';

let http: FastifyInstance;
const asked: VerifyQuestion[] = [];

beforeAll(() => {
  http = createHttpServer(createLogger({ level: 'silent', name: 'test', isTty: false }));
  const access = createAccess({ tokensFile: '', host: '127.0.0.1' });
  verifyRoutes(http, access, {
    zoneOf: (metric) => (metric === 'net-sales' ? 'Asia/Shanghai' : undefined),
    verify: async (question) => void asked.push(question),
  });
  traceRoutes(http, access, () => Promise.reject(new Error('it was traced')));
});
afterAll(() => http.close());

const verify = async (payload: object) =>
  (await http.inject({ method: 'POST', url: '/v1/metrics/net-sales/verify', payload })).json<{
    code: string;
    detail: string;
  }>();

test('a date is midnight in the zone of the metric', async () => {
  await verify({ from: '2026-03-01', to: '2026-03-02T00:00:00Z' });
  expect(asked).toEqual([
    {
      metric: 'net-sales',
      fromMs: Date.parse('2026-03-01T00:00:00+08:00'),
      toMs: Date.parse('2026-03-02T00:00:00Z'),
    },
  ]);
});

test('what is not read is refused', async () => {
  expect(await verify({ from: '2026-03-01', to: '2026-03-02', grain: 'day' })).toMatchObject({
    code: 'invalid_parameter',
    detail: 'no field is called grain; there are from, to',
  });
  expect((await http.inject('/v1/events/%2Fshop/e-1?postion=a')).json()).toMatchObject({
    code: 'invalid_parameter',
    detail: 'no parameter is called postion; there are position, time',
  });
});
