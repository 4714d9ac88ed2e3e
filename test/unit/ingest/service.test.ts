import { describe, expect, test } from 'vitest';
import { createActivity } from '../../../services/ingest/heartbeats.ts';
import type { IncomingEvent } from '../../../services/ingest/core/incoming-event.ts';
import { LIMITS } from '../../../services/ingest/core/limits.ts';
import type { IngestObserver } from '../../../services/ingest/ports.ts';
import { createIngest } from '../../../services/ingest/service.ts';
import type { AcceptTerms } from '../../../services/ingest/service.ts';
import { partitionOf } from '../../../services/kernel/partitioner.ts';
import { err, ok } from '../../../services/kernel/result.ts';
import { anIncomingEvent } from '../../support/cloud-events.ts';
import { memoryEventSink } from '../../support/memory-event-sink.ts';
import { memoryEventTypes } from '../../support/memory-event-types.ts';
import { anEventType } from '../../support/metrics.ts';

const NOW = Date.parse('2026-01-31T08:01:00Z');
const TYPE = anEventType();
const TOPIC = `events.${TYPE.id}`;
const TERMS: AcceptTerms = { isHistorical: false, isStrict: false, sources: undefined };

function setUp(options: { bytesMax?: number } = {}) {
  const seen: string[] = [];
  const note =
    (what: string) =>
    (...values: readonly unknown[]) =>
      void seen.push([what, ...values].join(' '));
  const observer: IngestObserver = {
    accepted: note('accepted'),
    rejected: note('rejected'),
    refused: note('refused'),
    produced: () => void seen.push('produced'),
    heartbeat: note('heartbeat'),
    bytesInFlight: note('bytes'),
  };
  const sink = memoryEventSink(options);
  const types = memoryEventTypes([TYPE]);
  const activity = createActivity();
  const ingest = createIngest({ types, sink, activity, observer, clock: { now: () => NOW } });
  const accept = (events: readonly Partial<IncomingEvent>[], terms: Partial<AcceptTerms> = {}) =>
    ingest.accept(
      events.map((event) => ok(anIncomingEvent(event))),
      { ...TERMS, ...terms },
    );
  const written = () => [0, 1, 2, 3].flatMap((partition) => sink.log(TOPIC, partition));
  return { ingest, accept, sink, types, activity, seen, written };
}

describe('accepting', () => {
  test('puts an event into the partition of its key and says where it is', async () => {
    const { accept, sink, seen } = setUp();
    const partition = partitionOf(Buffer.from('order-1'), 4);
    const answer = await accept([{}, { id: 'e-2' }]);
    expect(answer).toMatchObject({
      ok: true,
      value: {
        status: 202,
        body: {
          results: [
            { position: `${TOPIC}/${partition}/0` },
            { position: `${TOPIC}/${partition}/1` },
          ],
        },
      },
    });
    expect(sink.log(TOPIC, partition).map(({ key }) => String(key))).toEqual([
      'order-1',
      'order-1',
    ]);
    expect(seen).toEqual(['produced', `accepted ${TYPE.id} false 2`]);
  });

  test('refuses the bad ones of a batch, each with its code, and writes the rest', async () => {
    const { ingest, written, seen } = setUp();
    const answer = await ingest.accept(
      [
        ok(anIncomingEvent()),
        err({ code: 'not_parseable', detail: 'x' }),
        ok(anIncomingEvent({ id: undefined })),
      ],
      TERMS,
    );
    expect(answer).toMatchObject({
      ok: true,
      value: { status: 207, body: { accepted: 1, rejected: 2 } },
    });
    expect(written()).toHaveLength(1);
    expect(seen.slice(2)).toEqual(['rejected not_parseable', 'rejected id_missing']);
  });

  test('all or nothing, writes nothing when one is refused', async () => {
    const { accept, written } = setUp();
    const answer = await accept([{}, { id: undefined }], { isStrict: true });
    expect(answer).toMatchObject({
      ok: true,
      value: {
        status: 422,
        body: {
          results: [{ error: { code: 'batch_refused' } }, { error: { code: 'id_missing' } }],
        },
      },
    });
    expect(written()).toHaveLength(0);
  });

  test('all or nothing, writes all when none is refused', async () => {
    const { accept, written } = setUp();
    expect(await accept([{}, { id: 'e-2' }], { isStrict: true })).toMatchObject({
      value: { status: 202 },
    });
    expect(written()).toHaveLength(2);
  });

  test('is forbidden as a whole when the token may write none of the sources', async () => {
    const { accept, written } = setUp();
    expect(await accept([{}], { sources: new Set(['/mine']) })).toMatchObject({
      ok: false,
      error: { code: 'forbidden' },
    });
    expect(written()).toHaveLength(0);
  });

  test('refuses an event that no topic takes, by its size in Kafka', async () => {
    const { accept } = setUp({ bytesMax: 1 << 24 });
    const data = { store_id: 'x'.repeat(LIMITS.recordBytesMax), amount: '1' };
    expect(await accept([{ data }])).toMatchObject({
      value: {
        status: 422,
        body: {
          results: [
            { error: { code: 'too_large', detail: expect.stringContaining('1000000') as string } },
          ],
        },
      },
    });
  });

  test('of an empty batch is done at once', async () => {
    expect(await setUp().accept([])).toMatchObject({
      value: { status: 202, body: { accepted: 0, results: [] } },
    });
  });
});

describe('when the world is not well', () => {
  test('an event whose record is not acknowledged is not accepted, and nothing counts as on its way any more', async () => {
    const { accept, sink, activity, seen } = setUp();
    sink.fail('the broker is away');
    await expect(accept([{}])).rejects.toMatchObject({ code: 'broker_unavailable' });
    expect(activity.oldestAcceptedMs(NOW + 5_000)).toBe(NOW + 5_000);
    expect(seen).toEqual([]);
  });

  test('a rehearsal says of each event what the real thing would, and writes and counts nothing', async () => {
    const { accept, written, seen, activity } = setUp();
    const events = [{}, { id: 'e-2', data: { store_id: 'S1', amount: 'x' } }];
    const rehearsed = await accept(events, { isRehearsal: true });
    expect(written()).toEqual([]);
    expect(seen).toEqual([]);
    expect(activity.lastWrittenMs(TOPIC, partitionOf(Buffer.from('order-1'), 4))).toBeUndefined();
    const real = await accept(events);
    const fates = (answer: typeof real) =>
      answer.ok && answer.value.body.results.map((fate) => ({ ...fate, position: null }));
    expect(fates(rehearsed)).toEqual(fates(real));
    expect(rehearsed).toMatchObject({ value: { status: 207 } });
    expect(written()).toHaveLength(1);
  });

  test('a batch that would pass the bytes in flight is refused whole', async () => {
    const { accept, written } = setUp({ bytesMax: 200 });
    await expect(accept([{}, { id: 'e-2' }, { id: 'e-3' }, { id: 'e-4' }])).rejects.toMatchObject({
      code: 'overloaded',
    });
    expect(written()).toHaveLength(0);
  });

  test('without the registry only types that were never opened wait for it', async () => {
    const { accept, types } = setUp();
    await accept([{}]);
    types.setAway(true);
    expect(await accept([{ id: 'e-2' }])).toMatchObject({ value: { status: 202 } });
    types.publish([TYPE, anEventType({ id: 'com.example.new' })]);
    await expect(accept([{ type: 'com.example.new' }])).rejects.toMatchObject({
      code: 'registry_unavailable',
    });
  });
});

test('while a record waits for its acknowledgement its accept time is the oldest', async () => {
  const { accept, sink, activity } = setUp();
  const partition = partitionOf(Buffer.from('order-1'), 4);
  sink.hold(TOPIC, partition);
  const answer = accept([{}]);
  await expect.poll(() => activity.oldestAcceptedMs(NOW + 60_000)).toBe(NOW);
  sink.release(TOPIC, partition);
  await answer;
  expect(activity.oldestAcceptedMs(NOW + 60_000)).toBe(NOW + 60_000);
});
