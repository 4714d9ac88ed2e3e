import { expect, test } from 'vitest';
import { createLanes } from '../../../services/aggregator/lanes.ts';
import type { SourceConsumer, SourceHandlers } from '../../../services/aggregator/ports.ts';
import { frameSchemaIdAt } from '../../../services/platform/avro/codec.ts';
import { createBatch } from '../../simulation/batch.ts';
import { createProcess } from '../../simulation/process.ts';
import { createScheduler } from '../../simulation/scheduler.ts';
import { stretchesOf } from '../../simulation/stretches.ts';
import { createTopic } from '../../simulation/topic.ts';
import { envelopes } from '../../support/envelopes.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';
import { aMetric, anEventType } from '../../support/metrics.ts';
import { anOrder } from '../../support/order-events.ts';

const TYPE = anEventType();
const T0 = Date.UTC(2026, 0, 5, 12);
const [A, B, C] = ['a', 'b', 'c'].map((id) => aMetric({ id, grains: ['hour'] })) as [
  ReturnType<typeof aMetric>,
  ReturnType<typeof aMetric>,
  ReturnType<typeof aMetric>,
];
const PLACE = { topic: 't', partition: 0 };
const REACH = 100;
const NOTHING = (): void => undefined;

/** Both lanes of one partition over a log in memory; each reads when the test says so. */
async function bothLanes() {
  const scheduler = createScheduler();
  const { clock } = createProcess(scheduler, 'w');
  const topic = createTopic(PLACE.topic, 1);
  const store = memoryProjectionStore();
  const { record, reader, plan } = envelopes(TYPE);
  let generations = 0;

  const aConsumer = () => {
    let handlers: SourceHandlers | undefined;
    let [position, isPaused, isStopped] = [0, true, false];
    const seeks: number[] = [];
    const consumer: SourceConsumer = {
      run: async (_topic, next) => {
        handlers = next;
      },
      seek: (_at, offset) => {
        seeks.push(offset);
        [position, isPaused] = [offset, false];
      },
      pause: () => (isPaused = true),
      commit: NOTHING,
      stop: async () => {
        isStopped = true;
      },
    };
    return {
      consumer,
      seeks,
      isStopped: () => isStopped,
      assign: () => handlers?.onAssigned([PLACE]),
      /** Reads on from where it stands, at most up to this offset. */
      async readTo(end: number): Promise<void> {
        if (isPaused || position >= end) return;
        const from = position;
        const records = topic.read(0, from, end - from);
        const at = { ...PLACE, fetchedOffset: from, endOffset: topic.bounds(0).end };
        const batch = createBatch({ ...at, nextOffset: from + records.length }, records);
        if ((await handlers?.onBatch(batch)) && position === from) position = from + records.length;
      },
    };
  };
  const live = aConsumer();
  const passes: ReturnType<typeof aConsumer>[] = [];
  const lanes = createLanes(
    {
      store,
      consumerOf(_topic, lane) {
        if (lane === 'live') return live.consumer;
        const next = aConsumer();
        passes.push(next);
        return next.consumer;
      },
      offsets: {
        bounds: async () => [{ partition: 0, ...topic.bounds(0) }],
        offsetAt: async ({ timeMs }) => topic.offsetAt(0, timeMs),
        recordAt: async ({ offset }) => topic.read(0, offset, 1)[0],
      },
      log: stretchesOf(topic, async (perform) => perform()),
      readers: { readerOf: async () => reader },
      schemaIdOf: frameSchemaIdAt,
      sinks: { deadLetters: async () => {}, lateEvents: async () => {} },
      observer: { visible: NOTHING, flushed: NOTHING, restarted: NOTHING, halted: NOTHING },
      clock,
      now: scheduler.now,
      newGeneration: () => `g${generations++}`,
      onFlushed: NOTHING,
      backfill: { reachRecords: REACH },
    },
    { topic: PLACE.topic, type: TYPE },
  );
  const pass = (ms = 2_000): Promise<unknown> => scheduler.run(scheduler.now() + ms);
  for (let offset = 0; offset < 1_000; offset++) {
    const appendMs = T0 + offset;
    const { bytes } = record({ offset, appendMs }, anOrder(`e${offset}`, appendMs));
    topic.append(0, bytes, { appendMs, content: { kind: 'unreadable' } });
  }
  const publish = async (...metrics: (typeof A)[]): Promise<void> => {
    lanes.setPlans(metrics.map(plan));
    await pass();
  };
  /** The pass that runs reads up to this offset, and flushes. */
  const fillTo = async (end: number): Promise<void> => {
    await passes.at(-1)?.readTo(end);
    await pass();
  };
  const begun = async (): Promise<void> => {
    passes.at(-1)?.assign();
    await pass();
  };
  const next = (id: string) => store.projections.get(`${id}@v1`)?.spans.get('t/0')?.next;
  await lanes.start();
  lanes.setPlans([plan(A)]);
  live.assign();
  await pass();
  await live.readTo(1_000);
  await pass();
  live.seeks.length = 0;
  return { lanes, live, passes, publish, fillTo, begun, pass, next, store };
}
const counted = (store: ReturnType<typeof memoryProjectionStore>, id: string) =>
  store.projections.get(`${id}@v1`)?.counters.get('t/0:counted');

test('what lies far behind is filled apart, and given back once it is within half the reach', async () => {
  const { live, passes, publish, fillTo, begun, pass, next, store } = await bothLanes();
  await publish(A, B);
  expect([live.seeks, passes.length, next('b')]).toEqual([[], 1, 0]);
  await begun();
  await fillTo(949);
  expect([live.seeks, next('b')]).toEqual([[], 949]);
  await fillTo(950);
  expect([live.seeks, passes[0]?.isStopped()]).toEqual([[950], true]);
  await live.readTo(1_000);
  await pass();
  expect([next('b'), counted(store, 'b')]).toEqual([1_000, counted(store, 'a')]);
});

test('what comes while a pass is far on waits for the next; what comes before goes along', async () => {
  const { passes, publish, fillTo, begun, pass, live, next, store } = await bothLanes();
  await publish(A, B);
  await begun();
  await fillTo(300);
  await publish(A, B, C);
  await fillTo(600);
  expect([next('b'), next('c')]).toEqual([600, 0]);
  await fillTo(960);
  expect([passes.length, passes[0]?.isStopped()]).toEqual([2, true]);
  await begun();
  await fillTo(960);
  await live.readTo(1_000);
  await pass();
  for (const id of ['b', 'c'])
    expect([next(id), counted(store, id)]).toEqual([1_000, counted(store, 'a')]);
});

test('metrics that come together are filled in one pass', async () => {
  const { passes, publish, fillTo, begun, next } = await bothLanes();
  await publish(A, B, C);
  await begun();
  await fillTo(500);
  expect([passes.length, next('b'), next('c')]).toEqual([1, 500, 500]);
});

test('a metric that is withdrawn while it is filled ends its lane', async () => {
  const { lanes, passes, publish, fillTo, begun, pass, next } = await bothLanes();
  await publish(A, B);
  await begun();
  await fillTo(300);
  await publish(A);
  await pass();
  expect([passes[0]?.isStopped(), next('b'), lanes.filling()]).toEqual([true, 300, []]);
});

test('at another assignment all is opened anew: what is furthest behind begins, and the others go along', async () => {
  const { live, passes, publish, fillTo, begun, pass, next } = await bothLanes();
  await publish(A, B);
  await begun();
  await fillTo(300);
  await publish(A, B, C);
  live.assign();
  await pass();
  expect([passes.length, passes[0]?.isStopped()]).toEqual([2, true]);
  await begun();
  await fillTo(200);
  expect([next('b'), next('c')]).toEqual([300, 200]);
  await fillTo(400);
  expect([next('b'), next('c')]).toEqual([400, 400]);
});
