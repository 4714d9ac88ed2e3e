import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { LIMITS } from '../../../services/ingest/core/limits.ts';
import { start } from '../../../services/ingest/main.ts';
import { TidemarkError } from '../../../services/kernel/errors.ts';
import type { RunningService } from '../../../services/platform/platform.ts';
import { aCloudEvent } from '../../support/cloud-events.ts';
import { BATCH, ingestClient } from '../../support/ingest-client.ts';
import type { IngestAnswer, IngestClient } from '../../support/ingest-client.ts';
import { anEventType } from '../../support/metrics.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { readPartition } from '../../support/read-log.ts';
import { servers } from '../../support/servers.ts';
import { kafkaThrough, tcpProxy } from '../../support/tcp-proxy.ts';
import type { TcpProxy } from '../../support/tcp-proxy.ts';

const TYPE = anEventType();
let proxy: TcpProxy;
let platform: TestPlatform;
let ingest: RunningService;
let isRegistryAway = false;
let post: IngestClient;
let url: string;
beforeAll(async () => {
  proxy = await tcpProxy(servers().brokers[0] ?? '');
  platform = await openTestPlatform({ eventTypes: [TYPE] });
  const { schemas } = platform;
  ingest = await platform.run((world) =>
    start({
      ...world,
      kafka: kafkaThrough(proxy, servers().brokers),
      schemas: {
        ...schemas,
        register: (subject, schema) =>
          isRegistryAway
            ? Promise.reject(new TidemarkError('registry_unavailable', 'the registry is away'))
            : schemas.register(subject, schema),
      },
    }),
  );
  url = await platform.listen();
  post = ingestClient(url);
  await vi.waitFor(() => expect(ingest.missing()).toEqual([]), { timeout: 30_000 });
});
afterEach(() => {
  isRegistryAway = false;
  proxy.restore();
});
afterAll(async () => {
  await platform.close();
  await proxy.close();
});

const one = (id: string, over: Record<string, unknown> = {}): string =>
  JSON.stringify(aCloudEvent({ id, subject: id, ...over }));

/** Values of all records at the positions of answers. */
async function idsInLog(answers: readonly IngestAnswer[]): Promise<ReadonlySet<string>> {
  const positions = answers.flatMap(({ body }) =>
    body.results.flatMap(({ id, position }) =>
      position === undefined ? [] : [{ id: id ?? '', position }],
    ),
  );
  const found = new Set<string>();
  for (const [partition, ones] of Map.groupBy(
    positions,
    ({ position }) => position.split('/')[1],
  )) {
    const records = await readPartition(
      platform.kafka,
      ones[0]?.position.split('/')[0] ?? '',
      Number(partition),
    );
    for (const { id, position } of ones) {
      const record = records.find(({ offset }) => String(offset) === position.split('/')[2]);
      if (record?.value?.includes(id)) found.add(id);
    }
  }
  return found;
}

describe('with the broker away', () => {
  test('F-003 F-006 the answer is 503 within the deadline, and goes over to 202 when it is back', async () => {
    proxy.cut();
    const startedMs = performance.now();
    const answer = await post(one('away'));
    expect(performance.now() - startedMs).toBeLessThan(30_000);
    expect({ status: answer.status, code: answer.body.code }).toEqual({
      status: 503,
      code: 'broker_unavailable',
    });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(ingest.missing().join()).toMatch(/Kafka does not acknowledge/);
    proxy.restore();
    await expect.poll(async () => (await post(one('back'))).status, { timeout: 30_000 }).toBe(202);
    await expect.poll(() => ingest.missing(), { timeout: 30_000 }).toEqual([]);
  });

  test('for a while, every event that was answered as accepted is in the log', async () => {
    const answers: IngestAnswer[] = [];
    const sendAll = async (): Promise<void> => {
      for (let round = 0; round < 40; round++)
        answers.push(
          await post(
            JSON.stringify([
              aCloudEvent({ id: `r${round}-a`, subject: `${round}` }),
              aCloudEvent({ id: `r${round}-b` }),
            ]),
            { headers: BATCH },
          ),
        );
    };
    const sending = sendAll();
    await expect.poll(() => answers.length, { interval: 2 }).toBeGreaterThan(5);
    proxy.cut();
    await expect.poll(() => ingest.missing().length, { timeout: 30_000 }).toBeGreaterThan(0);
    proxy.restore();
    await sending;
    const accepted = answers.flatMap(({ body }) => (body.results ?? []).map(({ id }) => id));
    expect(accepted.length).toBeGreaterThan(10);
    expect(await idsInLog(answers.filter(({ status }) => status === 202))).toEqual(
      new Set(accepted),
    );
  });
});

describe('with more than it holds', () => {
  test('the answer is 429, and 202 again when there is room', async () => {
    await post(one('warm'));
    proxy.mute();
    const data = { store_id: 'x'.repeat(LIMITS.recordBytesMax - 200), amount: '1' };
    const bodies = Array.from({ length: 5 }, (_, index) =>
      aCloudEvent({ id: `big-${index}`, data }),
    );
    const flood = Array.from({ length: 12 }, () =>
      post(JSON.stringify(bodies), { headers: BATCH }),
    );
    const first = await Promise.race(flood);
    expect({ status: first.status, code: first.body.code }).toEqual({
      status: 429,
      code: 'overloaded',
    });
    expect(Number(first.headers.get('retry-after'))).toBeGreaterThan(0);
    proxy.restore();
    const statuses = (await Promise.all(flood)).map(({ status }) => status);
    expect(statuses).toContain(202);
    expect((await post(one('room'))).status).toBe(202);
    expect(await platform.telemetry.registry.metrics()).toMatch(/tidemark_ingest_request_bytes 0/);
  });
});

describe('with the registry away', () => {
  test('known types are taken, others get 503 until it is back', async () => {
    const added = anEventType({ id: 'com.example.later' });
    await platform.publish({ eventTypes: [TYPE] });
    isRegistryAway = true;
    await platform.publish({ eventTypes: [TYPE, added] });
    expect((await post(one('known'))).status).toBe(202);
    const answer = await post(one('unknown', { type: added.id }));
    expect({ status: answer.status, code: answer.body.code }).toEqual({
      status: 503,
      code: 'registry_unavailable',
    });
    expect(ingest.missing().join()).toContain(added.id);
    isRegistryAway = false;
    await expect.poll(() => ingest.missing(), { timeout: 30_000 }).toEqual([]);
    expect((await post(one('unknown', { type: added.id }))).status).toBe(202);
  });
});

test('F-016 a request that breaks off is dropped, and takes no memory with it', async () => {
  const stop = new AbortController();
  const body = new ReadableStream(
    { pull: (controller) => controller.enqueue(new Uint8Array(1_000).fill(0x20)) },
    { highWaterMark: 1 },
  );
  const request = fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: BATCH,
    body,
    duplex: 'half',
    signal: stop.signal,
  } as RequestInit);
  setImmediate(() => stop.abort());
  await expect(request).rejects.toThrow('aborted');
  await expect
    .poll(async () =>
      (await platform.telemetry.registry.metrics()).includes('tidemark_ingest_request_bytes 0'),
    )
    .toBe(true);
});

test('stopping writes what was taken, then takes no more', async () => {
  const answers = Array.from({ length: 50 }, (_, index) => post(one(`last-${index}`)));
  await Promise.race(answers);
  await ingest.stop();
  const settled = await Promise.all(answers);
  const accepted = settled.filter(({ status }) => status === 202);
  expect(await idsInLog(accepted)).toEqual(
    new Set(accepted.map(({ body }) => body.results[0]?.id)),
  );
  expect(await post(one('too late'))).toMatchObject({
    status: 503,
    body: { code: 'broker_unavailable' },
  });
});
