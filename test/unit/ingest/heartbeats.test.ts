import { describe, expect, test } from 'vitest';
import { createActivity, createHeartbeats } from '../../../services/ingest/heartbeats.ts';
import type { IngestObserver } from '../../../services/ingest/ports.ts';
import { memoryEventSink } from '../../support/memory-event-sink.ts';
import { memoryEventTypes } from '../../support/memory-event-types.ts';
import { anEventType } from '../../support/metrics.ts';

const TYPE = anEventType();
const TOPIC = `events.${TYPE.id}`;
const START = 1_000_000;

/** Heartbeats whose record is the time that they vouch for, over a clock that the test moves. */
async function setUp(options: { bytesMax?: number; encodes?: boolean } = {}) {
  let nowMs = START;
  const outcomes: string[] = [];
  const none = (): void => {};
  const observer: IngestObserver = {
    accepted: none,
    rejected: none,
    refused: none,
    produced: none,
    bytesInFlight: none,
    heartbeat: (outcome) => void outcomes.push(outcome),
  };
  const types = memoryEventTypes([TYPE], { partitions: 3 });
  await types.open(TYPE.id);
  const sink = memoryEventSink(options);
  const activity = createActivity();
  const heartbeats = createHeartbeats(
    { types, sink, activity, observer, clock: { now: () => nowMs } },
    (oldest) => (options.encodes === false ? undefined : Buffer.from(String(oldest - START))),
  );
  const beatAt = async (ms: number): Promise<readonly string[]> => {
    nowMs = START + ms;
    heartbeats.beat();
    await new Promise(setImmediate);
    return [0, 1, 2].map((partition) =>
      sink
        .log(TOPIC, partition)
        .map(({ value }) => String(value))
        .join(' '),
    );
  };
  const record = (partition: number) => ({
    topic: TOPIC,
    partition,
    key: null,
    value: Buffer.from('event'),
  });
  return { beatAt, heartbeats, sink, activity, outcomes, record };
}

describe('heartbeats', () => {
  test('go into every idle partition at once, and then each second', async () => {
    const { beatAt } = await setUp();
    expect(await beatAt(0)).toEqual(['0', '0', '0']);
    expect(await beatAt(999)).toEqual(['0', '0', '0']);
    expect(await beatAt(1_000)).toEqual(['0 1000', '0 1000', '0 1000']);
  });

  test('spare a partition that events were written to, but not for historical ones', async () => {
    const { beatAt, activity, record } = await setUp();
    await beatAt(0);
    activity.begin([record(0)], { acceptedMs: START + 500, isHistorical: false })();
    activity.begin([record(1)], { acceptedMs: START + 500, isHistorical: true })();
    expect(await beatAt(1_000)).toEqual(['0', '0 1000', '0 1000']);
    expect(await beatAt(1_500)).toEqual(['0 1500', '0 1000', '0 1000']);
  });

  test('carry the accept time of the oldest event on its way, wherever it goes', async () => {
    const { beatAt, activity, record } = await setUp();
    const settled = activity.begin([record(2)], { acceptedMs: START - 700, isHistorical: false });
    activity.begin([record(2)], { acceptedMs: START - 100, isHistorical: false });
    expect(await beatAt(0)).toEqual(['-700', '-700', '']);
    settled();
    expect(await beatAt(1_000)).toEqual(['-700 -100', '-700 -100', '-100']);
  });

  test('do not pile up behind a stuck partition, and go on in the others', async () => {
    const { beatAt, sink } = await setUp();
    sink.hold(TOPIC, 1);
    await beatAt(0);
    await beatAt(1_000);
    expect(await beatAt(2_000)).toEqual(['0 1000 2000', '', '0 1000 2000']);
    sink.release(TOPIC, 1);
    await expect.poll(() => sink.log(TOPIC, 1)).toHaveLength(1);
    expect((await beatAt(3_000))[1]).toBe('0 3000');
  });

  test('that fail are counted and tried again, whether the sink is full or the broker away', async () => {
    const away = await setUp();
    away.sink.fail('away');
    await away.beatAt(0);
    expect(away.outcomes).toEqual(['failed', 'failed', 'failed']);
    away.sink.fail(undefined);
    expect(await away.beatAt(1_000)).toEqual(['1000', '1000', '1000']);
    const full = await setUp({ bytesMax: 0 });
    await full.beatAt(0);
    expect(full.outcomes).toEqual(['failed', 'failed', 'failed']);
  });

  test('wait for their schema id', async () => {
    const { beatAt } = await setUp({ encodes: false });
    expect(await beatAt(0)).toEqual(['', '', '']);
  });

  test('are drained when none is on its way', async () => {
    const { heartbeats, sink } = await setUp();
    sink.hold(TOPIC, 0);
    heartbeats.beat();
    let isDrained = false;
    const drained = heartbeats.drained().then(() => (isDrained = true));
    await new Promise(setImmediate);
    expect(isDrained).toBe(false);
    sink.release(TOPIC, 0);
    await drained;
    expect(sink.log(TOPIC, 0)).toHaveLength(1);
  });
});
