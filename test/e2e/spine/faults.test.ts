import { afterAll, beforeAll, expect, test } from 'vitest';
import { signalGroup } from '../../../services/platform/embedded/process.ts';
import { readRunFile } from '../../../services/platform/embedded/run-file.ts';
import { EVENT_TYPE, SOURCE, invoiceLine, postEvent } from '../../support/invoice-lines.ts';
import { readConservation, readSeries } from '../../support/retail.ts';
import { startStack } from '../../support/stack.ts';
import type { Stack } from '../../support/stack.ts';

const SOON = { timeout: 60_000, interval: 100 };

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ name: 'e2e-faults' });
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const server = (name: string) => {
  const found = readRunFile(stack.dataDir).processes.find((process) => process.name === name);
  if (!found) throw new Error(`${name} does not run`);
  return found;
};

/** Freezes a server for as long as `during` takes: connections stay open and nothing is answered. */
async function frozen<T>(name: string, during: () => Promise<T>): Promise<T> {
  signalGroup(server(name), 'SIGSTOP');
  try {
    return await during();
  } finally {
    signalGroup(server(name), 'SIGCONT');
  }
}

/** Sum of all Testland lines of the test, over days. */
async function total(): Promise<string> {
  try {
    return await readTotal();
  } catch (error) {
    return (error as Error).message; // While Redis is away the answer is a problem: asked again.
  }
}

async function readTotal(): Promise<string> {
  const from = new Date(Date.now() - 2 * 86_400_000).toISOString();
  const to = new Date(Date.now() + 86_400_000).toISOString();
  const [series] = await readSeries(stack.url, 'net-sales', { grain: 'day', from, to });
  const cents = (series?.points ?? []).map(({ value }) => Math.round(Number(value ?? 0) * 100));
  return (cents.reduce((sum, one) => sum + one, 0) / 100).toFixed(2);
}

const send = (id: string, amount: string) => postEvent(stack.url, invoiceLine({ id, amount }));
const ready = async () => (await fetch(`${stack.url}/readyz`)).json();

test('Redis that does not answer holds the value back, says so, and loses nothing', async () => {
  expect((await send('R0', '1.00')).status).toBe(202);
  await expect.poll(total, SOON).toBe('1.00');
  await frozen('redis', async () => {
    for (const id of ['R1', 'R2', 'R3']) expect((await send(id, '1.00')).status).toBe(202);
    await expect.poll(ready, SOON).toMatchObject({ ready: false });
  });
  await expect.poll(total, SOON).toBe('4.00');
});

test('Redis that is killed is started again, and values go on from the log, exactly', async () => {
  const killed = server('redis');
  signalGroup(killed, 'SIGKILL');
  for (const id of ['R4', 'R5']) expect((await send(id, '1.00')).status).toBe(202);
  await expect.poll(stack.output, SOON).toContain('redis ended (SIGKILL); it is started again');
  await expect.poll(total, SOON).toBe('6.00');
  await expect.poll(ready, SOON).toEqual({ ready: true, missing: [] });
  expect(server('redis').pid).not.toBe(killed.pid);
});

test('a broker that is killed is started again, with all that it acknowledged', async () => {
  signalGroup(server('kafka-1'), 'SIGKILL');
  await expect.poll(async () => (await send('R6', '1.00')).status, SOON).toBe(202);
  await expect.poll(total, SOON).toBe('7.00');
});

test('a broker that does not answer: 503 with Retry-After, and the same event again counts once', async () => {
  await frozen('kafka-1', async () => {
    const refused = await send('K1', '1.00');
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBeTruthy();
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(await refused.json()).toMatchObject({ code: 'broker_unavailable' });
  });
  await expect.poll(async () => (await send('K1', '1.00')).status, SOON).toBe(202);
  await expect.poll(total, SOON).toBe('8.00');
});

test('a registry that does not answer disturbs no event type that is known', async () => {
  await frozen('registry', async () => {
    expect((await send('G1', '1.00')).status).toBe(202);
    await expect.poll(total, SOON).toBe('9.00');
  });
});

test('refused input leaves no trace in any value, and the equation still closes', async () => {
  const event = { ...invoiceLine({ id: 'B1', amount: '5.00' }) };
  const tooLate = new Date(Date.now() + 3_600_000).toISOString();
  const refusals = [
    [{ ...event, type: 'com.example.unknown' }, 'type_unknown'],
    [{ ...event, time: tooLate }, 'event_time_in_future'],
    [{ ...event, data: { quantity: 'many' } }, 'schema_invalid'],
    [{ ...event, id: undefined }, 'id_missing'],
  ] as const;
  for (const [bad, code] of refusals) {
    const answer = await postEvent(stack.url, bad);
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ rejected: 1, results: [{ error: { code } }] });
  }
  const malformed = await fetch(`${stack.url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: '{"specversion":',
  });
  expect(malformed.status).toBe(400);
  const large = await fetch(`${stack.url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify({ ...event, padding: 'x'.repeat(6 * 1024 * 1024) }),
  });
  expect(large.status).toBe(413);
  expect((await send('B2', '2.00')).status).toBe(202);
  await expect.poll(total, SOON).toBe('11.00');
  for (const terms of await readConservation(stack.url)) expect(terms.difference).toBe(0);
  const trace = await stack.tidemark('events', 'trace', SOURCE, 'B2', '--output', 'json');
  expect(JSON.parse(trace.stdout)).toMatchObject({ type: EVENT_TYPE, outcome: 'counted' });
});
