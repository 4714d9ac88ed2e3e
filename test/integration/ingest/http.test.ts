import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LIMITS } from '../../../services/ingest/core/limits.ts';
import { start } from '../../../services/ingest/main.ts';
import { envelopeSchema } from '../../../services/kernel/envelope.ts';
import { FRAME_BYTES, frameSchemaId } from '../../../services/platform/avro/codec.ts';
import { avroType } from '../../../services/platform/avro/types.ts';
import { readRange } from '../../../services/platform/kafka/range-reader.ts';
import { aCloudEvent } from '../../support/cloud-events.ts';
import { BATCH, ingestClient } from '../../support/ingest-client.ts';
import type { IngestClient } from '../../support/ingest-client.ts';
import { anEventType } from '../../support/metrics.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';

const TYPE = anEventType();
let platform: TestPlatform;
let url: string;
let post: IngestClient;
beforeAll(async () => {
  platform = await openTestPlatform({ eventTypes: [TYPE] });
  await platform.run(start);
  // A route beside ingest's: its parsers must stay as they were.
  platform.http.post('/neighbour', (request) => ({ got: request.body }));
  url = await platform.listen();
  post = ingestClient(url);
});
afterAll(() => platform.close());

const json = (over: Record<string, unknown> = {}): string => JSON.stringify(aCloudEvent(over));

/** The record at a position, decoded with the schema that its frame names. */
async function stored(position = ''): Promise<{ key: string; value: Record<string, unknown> }> {
  const [, topic = '', partition, offset] = /^(.+)\/(\d+)\/(\d+)$/.exec(position) ?? [];
  const range = {
    topic,
    partition: Number(partition),
    from: Number(offset),
    to: Number(offset) + 1,
  };
  const found: { key: string; value: Record<string, unknown> }[] = [];
  await readRange(platform.kafka, range, async (records) => {
    for (const { key, value } of records) {
      const schema = await platform.schemas.schemaById(frameSchemaId(value) ?? 0);
      expect(schema).toEqual(envelopeSchema(TYPE.id, TYPE.schema));
      const body = value?.subarray(FRAME_BYTES) ?? Buffer.alloc(0);
      found.push({
        key: String(key),
        value: avroType(schema ?? null).fromBuffer(body) as Record<string, unknown>,
      });
    }
    return true;
  });
  const [record] = found;
  if (!record) throw new Error(`nothing at ${position}`);
  return record;
}

describe('an accepted event is in the log where the answer says', () => {
  const envelope = {
    source: '/test',
    historical: false,
    time: Date.parse('2026-01-31T08:00:00Z'),
    subject: 'order-1',
    data: { store_id: 'S1', amount: 255, status: 'booked' },
  };

  test('in structured mode', async () => {
    const before = Date.now();
    const { status, body } = await post(json({ id: 'structured' }));
    expect({ status, body }).toMatchObject({ status: 202, body: { accepted: 1, rejected: 0 } });
    const { key, value } = await stored(body.results[0]?.position);
    expect(key).toBe('order-1');
    expect(value).toMatchObject({ ...envelope, id: 'structured' });
    expect(value['ingestedAt']).toBeGreaterThanOrEqual(before);
  });

  test('in binary mode', async () => {
    const { status, body } = await post('{"store_id":"S1","amount":2.55}', {
      headers: {
        'content-type': 'application/json; charset=UTF-8',
        'ce-specversion': '1.0',
        'ce-id': 'bin%C3%A4r',
        'ce-source': '/test',
        'ce-type': TYPE.id,
        'ce-time': '2026-01-31T09:00:00+01:00',
        'ce-subject': 'order-1',
      },
    });
    expect(status).toBe(202);
    expect((await stored(body.results[0]?.position)).value).toMatchObject({
      ...envelope,
      id: 'binär',
    });
  });

  test('in batch mode, each at its own place', async () => {
    const events = Array.from({ length: 20 }, (_, index) =>
      aCloudEvent({ id: `b-${index}`, subject: `s-${index}` }),
    );
    const { status, body } = await post(JSON.stringify(events), { headers: BATCH });
    expect({ status, accepted: body.accepted }).toEqual({ status: 202, accepted: 20 });
    expect(new Set(body.results.map(({ position }) => position)).size).toBe(20);
    expect((await stored(body.results[13]?.position)).value).toMatchObject({
      id: 'b-13',
      subject: 's-13',
    });
  });

  test('gzipped', async () => {
    const { status, body } = await post(gzipSync(json({ id: 'gzip' })), {
      headers: { 'content-encoding': 'gzip' },
    });
    expect(status).toBe(202);
    expect((await stored(body.results[0]?.position)).value).toMatchObject({ id: 'gzip' });
  });

  test('not after a rehearsal, which says what would become of it', async () => {
    const { status, body } = await post(json({ id: 'try', data: { store_id: 1 } }), {
      query: '?historical=true&dryRun=true',
    });
    expect({ status, error: body.results[0]?.error }).toMatchObject({
      status: 422,
      error: { code: 'schema_invalid', pointer: '/data/store_id' },
    });
    const good = await post(json({ id: 'try' }), { query: '?dryRun=true' });
    expect(good.status).toBe(202);
    expect(good.body.results[0]).toEqual({ index: 0, id: 'try', status: 'accepted' });
    expect((await post(json({ id: 'try' }), { query: '?dryRun=perhaps' })).status).toBe(400);
  });

  test('marked as historical', async () => {
    const { body } = await post(json({ id: 'old', time: '2010-12-01T08:26:00Z' }), {
      query: '?historical=true',
    });
    expect((await stored(body.results[0]?.position)).value).toMatchObject({
      id: 'old',
      historical: true,
    });
  });

  test('and the same key goes to the same partition', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        post(json({ id: `k-${index}`, subject: 'the same' })),
      ),
    );
    const partitions = answers.map(({ body }) => body.results[0]?.position?.split('/')[1]);
    expect(new Set(partitions).size).toBe(1);
  });
});

describe('events are refused one by one', () => {
  test('with 207, code and pointer where some are good', async () => {
    const events = [
      aCloudEvent({ id: 'good' }),
      aCloudEvent({ id: 'wrong', data: { store_id: 'S1', amount: 'x' } }),
      'no event',
      aCloudEvent({ id: 'unknown', type: 'com.example.unknown' }),
      aCloudEvent({ id: 'future', time: '2999-01-01T00:00:00Z' }),
    ];
    const { status, body } = await post(JSON.stringify(events), { headers: BATCH });
    expect({ status, accepted: body.accepted, rejected: body.rejected }).toEqual({
      status: 207,
      accepted: 1,
      rejected: 4,
    });
    expect(body.results.map(({ id, error }) => [id, error?.code, error?.pointer])).toEqual([
      ['good', undefined, undefined],
      ['wrong', 'schema_invalid', '/data/amount'],
      [undefined, 'not_parseable', ''],
      ['unknown', 'type_unknown', '/type'],
      ['future', 'event_time_in_future', '/time'],
    ]);
  });

  test('with 422 where none is good', async () => {
    expect(await post(json({ time: undefined }))).toMatchObject({
      status: 422,
      body: { accepted: 0, rejected: 1, results: [{ error: { code: 'event_time_missing' } }] },
    });
  });

  test('all together with Prefer: handling=strict', async () => {
    const events = [aCloudEvent({ id: 'good' }), aCloudEvent({ id: undefined })];
    const answer = await post(JSON.stringify(events), {
      headers: { ...BATCH, prefer: 'respond-async, handling=strict' },
    });
    expect(answer).toMatchObject({ status: 422, body: { accepted: 0, rejected: 2 } });
    expect(answer.headers.get('preference-applied')).toBe('handling=strict');
  });

  test('F-011 when one alone is too large for Kafka', async () => {
    const data = { store_id: 'x'.repeat(LIMITS.recordBytesMax + 1), amount: '1' };
    expect(await post(json({ data }))).toMatchObject({
      status: 422,
      body: { results: [{ error: { code: 'too_large' } }] },
    });
  });

  test('while a record just below the limit is taken', async () => {
    const data = { store_id: 'x'.repeat(LIMITS.recordBytesMax - 200), amount: '1' };
    expect((await post(json({ id: 'large', data }))).status).toBe(202);
  });
});

describe('a request is refused as a whole', () => {
  const nested = `${'['.repeat(LIMITS.nestingMax + 1)}${']'.repeat(LIMITS.nestingMax + 1)}`;
  test.each<[string, string | Buffer<ArrayBuffer>, Record<string, string>, number, string]>([
    ['broken JSON', '{"id":', {}, 400, 'not_parseable'],
    ['an empty body', '', {}, 400, 'not_parseable'],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22]), {}, 400, 'not_parseable'],
    ['a body nested too deep', nested, BATCH, 400, 'not_parseable'],
    ['a batch that is no list', '{}', BATCH, 400, 'not_parseable'],
    ['a damaged gzip', 'no gzip', { 'content-encoding': 'gzip' }, 400, 'not_parseable'],
    [
      'a gzip that is cut off',
      gzipSync('[]').subarray(0, 12),
      { ...BATCH, 'content-encoding': 'gzip' },
      400,
      'not_parseable',
    ],
    [
      'too many events',
      JSON.stringify(Array.from({ length: LIMITS.batchEventsMax + 1 }, () => ({}))),
      BATCH,
      413,
      'too_large',
    ],
    ['6 MB', Buffer.alloc(6_000_000, 0x20), BATCH, 413, 'too_large'],
    [
      '6 MB that come as 6 kB',
      gzipSync(Buffer.alloc(6_000_000, 0x20)),
      { ...BATCH, 'content-encoding': 'gzip' },
      413,
      'too_large',
    ],
    [
      'JSON without ce-* headers',
      '{}',
      { 'content-type': 'application/json' },
      415,
      'unsupported_media_type',
    ],
    [
      'a type that is no JSON',
      '<a/>',
      { 'content-type': 'text/xml', 'ce-id': '1' },
      415,
      'unsupported_media_type',
    ],
    [
      'CloudEvents in another format',
      'x',
      { 'content-type': 'application/cloudevents+avro', 'ce-id': '1' },
      415,
      'unsupported_media_type',
    ],
    [
      'another charset',
      '{}',
      { 'content-type': 'application/cloudevents+json; charset=latin1' },
      415,
      'unsupported_media_type',
    ],
    ['another encoding', '{}', { 'content-encoding': 'br' }, 415, 'unsupported_media_type'],
  ])('%s', async (_, ...[body, headers, status, code]) => {
    const answer = await post(body, { headers });
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ type: `https://tidemark.dev/errors/${code}`, status });
  });

  test('F-017 a body without end, as soon as the limit is passed', async () => {
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 65_536;
        if (sent > 64 * 1024 * 1024) controller.close();
        else controller.enqueue(new Uint8Array(65_536).fill(0x20));
      },
    });
    const response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: BATCH,
      body: endless,
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({
      detail: expect.stringContaining(String(LIMITS.bodyBytesMax)) as string,
    });
  });

  test('a historical that is neither true nor false', async () => {
    expect(await post(json(), { query: '?historical=yes' })).toMatchObject({
      status: 400,
      body: { code: 'invalid_parameter' },
    });
  });

  test('no content type at all', async () => {
    const response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      body: new Uint8Array([123, 125]),
    });
    expect(response.status).toBe(415);
  });
});

test('a batch of exactly the limit is taken', async () => {
  const events = Array.from({ length: LIMITS.batchEventsMax }, (_, index) =>
    aCloudEvent({ id: `full-${index}` }),
  );
  expect(await post(JSON.stringify(events), { headers: BATCH })).toMatchObject({
    status: 202,
    body: { accepted: 1_000 },
  });
});

test('an event type that is published later needs no restart', async () => {
  const added = anEventType({ id: 'com.example.added' });
  const event = json({ id: 'added', type: added.id });
  expect((await post(event)).status).toBe(422);
  await platform.publish({ eventTypes: [TYPE, added] });
  expect((await post(event)).status).toBe(202);
  await platform.publish({ eventTypes: [TYPE] });
});

test('the handshake of webhook senders is answered', async () => {
  const response = await fetch(`${url}/v1/events`, {
    method: 'OPTIONS',
    headers: { 'webhook-request-origin': 'sender.example', 'webhook-request-rate': '100' },
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('webhook-allowed-origin')).toBe('sender.example');
  expect(response.headers.get('webhook-allowed-rate')).toBe('*');
  expect(response.headers.get('allow')).toContain('POST');
});

test('routes of other services on the same server keep their parsers', async () => {
  const response = await fetch(`${url}/neighbour`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"a":1}',
  });
  expect(await response.json()).toEqual({ got: { a: 1 } });
});

test('what was accepted and refused is counted by code', async () => {
  const text = await platform.telemetry.registry.metrics();
  expect(text).toMatch(
    /tidemark_ingest_accepted_events_total\{event_type="com.example.sales.order-booked",historical="true"\} 1/,
  );
  expect(text).toMatch(/tidemark_ingest_rejected_events_total\{code="event_time_missing"\} 1/);
  expect(text).toMatch(/tidemark_ingest_refused_requests_total\{code="too_large"\} [1-9]/);
  expect(text).toMatch(/tidemark_ingest_produce_seconds_count [1-9]/);
  expect(text).toMatch(/tidemark_ingest_request_bytes 0/);
});
