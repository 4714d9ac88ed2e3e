import { describe, expect, test } from 'vitest';
import type { Api, ApiAnswer, ApiRequest } from '../../../../services/cli/api.ts';
import { sendEvents } from '../../../../services/cli/import/send-events.ts';
import { TidemarkError } from '../../../../services/kernel/errors.ts';

const bytes = new Uint8Array();
const DONE: ApiAnswer = {
  bytes,
  status: 202,
  retryAfterMs: undefined,
  body: { accepted: 1, rejected: 0, results: [{ index: 0, id: 'e', status: 'accepted' }] },
};
const problem = (status: number, code: string, retryAfterMs?: number): ApiAnswer => ({
  bytes,
  status,
  retryAfterMs,
  body: { status, code, detail: `told ${code}` },
});

/** An installation that gives these answers in turn, the last one for ever. */
function installation(...answers: readonly (ApiAnswer | Error)[]): {
  api: Api;
  requests: (ApiRequest & { path: string })[];
} {
  const requests: (ApiRequest & { path: string })[] = [];
  const api: Api = (path, request = {}) => {
    requests.push({ path, ...request });
    const answer = answers[Math.min(requests.length, answers.length) - 1];
    return answer instanceof Error || !answer
      ? Promise.reject(answer ?? new Error('no answer'))
      : Promise.resolve(answer);
  };
  return { api, requests };
}
const options = { isHistorical: false, retryForMs: 1_000 };

describe('sending a batch', () => {
  test('gives the results, also where some are refused', async () => {
    const { api, requests } = installation(DONE);
    expect(await sendEvents(api, [{ id: 'e' }], options)).toEqual([
      { index: 0, id: 'e', status: 'accepted' },
    ]);
    expect(requests).toMatchObject([{ path: '/v1/events', method: 'POST', body: '[{"id":"e"}]' }]);
  });

  test('marks historical events', async () => {
    const { api, requests } = installation(DONE);
    await sendEvents(api, [], { ...options, isHistorical: true });
    expect(requests[0]?.path).toBe('/v1/events?historical=true');
  });

  test('sends the identical events again while the answer is 429, 503 or none', async () => {
    const { api, requests } = installation(
      problem(429, 'overloaded', 1),
      problem(503, 'broker_unavailable', 1),
      DONE,
    );
    const told: string[] = [];
    await sendEvents(api, [{ id: 'e' }], { ...options, onRetry: ({ code }) => told.push(code) });
    expect(told).toEqual(['overloaded', 'broker_unavailable']);
    expect(new Set(requests.map(({ body }) => body)).size).toBe(1);
  });

  test('gives up with the last reason', async () => {
    const { api } = installation(problem(503, 'registry_unavailable', 100));
    await expect(sendEvents(api, [], { ...options, retryForMs: 50 })).rejects.toMatchObject({
      code: 'registry_unavailable',
    });
    const away = installation(new TidemarkError('unreachable', 'nothing answers'));
    await expect(sendEvents(away.api, [], { ...options, retryForMs: 50 })).rejects.toMatchObject({
      code: 'unreachable',
    });
  });

  test('does not try again what stays refused', async () => {
    const { api, requests } = installation(problem(403, 'forbidden'));
    await expect(sendEvents(api, [], options)).rejects.toMatchObject({
      code: 'forbidden',
      message: 'told forbidden',
    });
    expect(requests).toHaveLength(1);
  });

  test('stops when it is told to, in the middle of waiting', async () => {
    const stop = new AbortController();
    const { api } = installation(problem(503, 'broker_unavailable', 60_000));
    const sending = sendEvents(api, [], {
      isHistorical: false,
      retryForMs: Infinity,
      signal: stop.signal,
      onRetry: () => stop.abort(),
    });
    await expect(sending).rejects.toMatchObject({ name: 'AbortError' });
  });
});
