import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPublisher } from '../../../services/aggregator/publisher.ts';
import type { Publisher } from '../../../services/aggregator/publisher.ts';
import { planDerived } from '../../../services/aggregator/core/derivation.ts';
import type { DerivedMetric } from '../../../services/kernel/definitions.ts';
import type { MetricUpdate } from '../../../services/kernel/update.ts';
import type { Grain } from '../../../services/kernel/window.ts';
import { toldHeads } from '../../../services/aggregator/told-heads.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';
import type { MemoryProjectionStore } from '../../support/memory-projection-store.ts';
import { aMetric } from '../../support/metrics.ts';

const HOUR = 3_600_000;
const metric = aMetric({ grains: ['hour'], latenessMs: HOUR });
const ref = { metric: metric.id, version: metric.version };
let store: MemoryProjectionStore;
let sent: MetricUpdate[];
let fail: () => boolean;
let publisher: Publisher;
const errors: unknown[] = [];
let next = 0;

const create = (empty: boolean) =>
  store.create(ref, {
    generation: 'g',
    partitions: [{ topic: 't', partition: 0, first: 0, empty }],
  });
/** Adds one event to each of `count` windows. */
const apply = (count: number, watermarkMs = 0, grain: Grain = 'hour') => {
  const span = { topic: 't', partition: 0, from: next, to: ++next, watermarkMs };
  const delta = { contributions: 1, restated: false, historical: 0, sum: 5 };
  const none = {
    min: undefined,
    max: undefined,
    last: undefined,
    members: undefined,
    bins: undefined,
  };
  return store.apply(ref, {
    generation: 'g',
    spans: [{ ...span, appendMs: 1, historicalMs: 0, counters: new Map(), caughtUp: false }],
    series: [{ key: '[]', number: undefined, breakdown: '' }],
    maxSeries: 10,
    windows: Array.from({ length: count }, (_, i) => ({
      grain,
      startMs: i * HOUR,
      endMs: (i + 1) * HOUR,
      cells: [{ series: 0, delta: { ...delta, ...none } }],
    })),
  });
};
const kinds = (kind: MetricUpdate['kind']) => sent.filter((update) => update.kind === kind);

beforeEach(() => {
  store = memoryProjectionStore();
  sent = [];
  next = 0;
  fail = () => false;
  errors.length = 0;
  publisher = createPublisher({
    store,
    sinks: {
      async updates(updates) {
        if (fail()) throw new Error('no acknowledgement');
        sent.push(...updates);
      },
    },
    clock: { sleep: () => Promise.resolve(), after: () => () => {} },
    now: () => 1,
    derivedFrom: () => [],
    onTick: () => {},
    onError: (_, error) => errors.push(error),
  });
});
afterEach(() => publisher.stop());

test('a change is sent once, and its mark is gone', async () => {
  await create(true);
  await apply(1);
  publisher.request(metric);
  await vi.waitFor(
    () => expect(store.projections.values().next().value?.dirty.size).toBe(0),
    30_000,
  );
  expect(kinds('value')).toMatchObject([{ series: '[]', value: '0.05', state: 'open' }]);
});

test('what could not be sent stays marked and is sent again', async () => {
  await create(true);
  await apply(1);
  let failures = 2;
  fail = () => failures-- > 0;
  publisher.request(metric);
  await vi.waitFor(() => expect(kinds('value')).toHaveLength(1), 30_000);
  expect(errors).toHaveLength(2);
});

test('a tick comes after the last of many changes, with the windows that the watermark closed', async () => {
  await create(true);
  await apply(1_200, 700 * HOUR);
  publisher.tick(metric);
  await vi.waitFor(() => expect(kinds('tick')).toHaveLength(1), 30_000);
  expect(sent.at(-1)).toMatchObject({ kind: 'tick', watermark: 700 * HOUR });
  const states = new Map(
    kinds('value').map((update) =>
      update.kind === 'value' ? [update.start, update.state] : [0, ''],
    ),
  );
  expect(states.size).toBe(1_200);
  expect([...states.values()].filter((state) => state === 'final')).toHaveLength(699);
  expect([...states.values()].filter((state) => state === 'closed')).toHaveLength(1);
});

test('a tick comes after windows that moved on while the marks were being read', async () => {
  await create(true);
  await apply(2, HOUR);
  const marked = [...(store.projections.values().next().value?.dirty ?? [])];
  await store.clearDirty(ref, (await store.readDirty(metric, marked)).cells);
  const { advance } = store;
  // The marks are on their way when the first window closes and is marked.
  Object.assign(store, {
    advance: async (...args: Parameters<typeof advance>) => {
      await new Promise(setImmediate);
      return advance(...args);
    },
  });
  publisher.tick(metric);
  await vi.waitFor(() => expect(kinds('tick')).toHaveLength(1), 30_000);
  expect(sent).toMatchObject([{ kind: 'value', start: 0, state: 'closed' }, { kind: 'tick' }]);
});

test('a projection that is lost or being filled does not tick, and what it sends pages nobody', async () => {
  publisher.tick(metric);
  await create(false);
  await apply(1, HOUR);
  publisher.tick(metric);
  await vi.waitFor(() => expect(kinds('value').length).toBeGreaterThan(0), 30_000);
  expect(kinds('value').at(-1)).toMatchObject({ backfilled: true });
  expect(kinds('tick')).toEqual([]);
});

test.each([
  ['that are ticked here', true],
  ['of which none is ticked here', false],
])('a formula ticks after all that its inputs had to say, %s', async (_, isHere) => {
  const twice = { ...metric, kind: 'derived', id: 'twice', version: 'd', formula: 'net_sales * 2' };
  const formula = { ...twice, inputs: [metric.id] } as unknown as DerivedMetric;
  const plan = planDerived(formula, new Map([[metric.id, metric]]));
  if (!plan.ok) throw new Error(plan.error);
  await create(true);
  await apply(3, HOUR);
  const { dirtyMarks } = store;
  let isFilled = true;
  const slow = createPublisher({
    store: {
      ...store,
      readHead: async (of) => ({ ...(await store.readHead(of)), rebuilding: !isFilled }),
      // What is marked takes long to be read: a tick could be sent meanwhile.
      async dirtyMarks(...args) {
        for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
        return dirtyMarks(...args);
      },
    },
    sinks: { updates: async (updates) => void sent.push(...updates) },
    clock: { sleep: () => Promise.resolve(), after: () => () => {} },
    now: () => 1,
    derivedFrom: () => [plan.value],
    onTick: () => {},
    onError: (_id, error) => errors.push(error),
  });
  if (isHere) slow.tick(metric);
  slow.tickDerived(plan.value);
  const own = () => sent.flatMap((one) => ('metric' in one && one.metric === 'twice' ? [one] : []));
  await vi.waitFor(() => expect(own().some(({ kind }) => kind === 'tick')).toBe(true), 30_000);
  expect(own().map(({ kind }) => kind)).toEqual(['value', 'value', 'value', 'tick']);
  // Nothing is said while an input is filled anew.
  const ticks = own().length;
  isFilled = false;
  await new Promise(setImmediate);
  if (isHere) slow.tick(metric);
  slow.tickDerived(plan.value);
  for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
  expect(own()).toHaveLength(ticks);
  await slow.stop();
  expect(errors).toEqual([]);
});

test('a formula waits no longer for a tick of its input once that is ticked elsewhere, nor once all is stopped', async () => {
  const heads = toldHeads(() => nowMs);
  let nowMs = 0;
  expect(heads.of('m@v')).toBeUndefined();
  heads.ask('m@v');
  const waiting = heads.of('m@v');
  nowMs = 4_000;
  heads.ask('m@v');
  nowMs = 8_000;
  expect(heads.of('m@v')).toBe(waiting);
  nowMs = 9_001;
  expect(heads.of('m@v')).toBeUndefined();
  const head = (events: number) => ({ watermarkMs: 0, cursors: [], rebuilding: false, events });
  heads.ask('n@v');
  heads.tell('n@v', head(1));
  expect(await heads.of('n@v')).toEqual(head(1));
  heads.ask('n@v');
  const next = heads.of('n@v');
  heads.tell('n@v', head(2));
  expect(await next).toEqual(head(2));
  heads.close();
  expect(await waiting).toBeUndefined();
});

test('a tick comes however fast cells change: a round ends with what was marked when it began', async () => {
  await create(true);
  await apply(3, HOUR);
  const clear = store.clearDirty;
  let changes = 0;
  const busy = {
    ...store,
    // Everything that is told changes again at once.
    clearDirty: async (...args: Parameters<typeof clear>) => {
      await clear(...args);
      if (changes++ < 50) await apply(3, HOUR);
    },
  };
  const ticks: number[] = [];
  const restless = createPublisher({
    store: busy,
    sinks: { updates: () => Promise.resolve() },
    clock: { sleep: () => Promise.resolve(), after: () => () => {} },
    now: () => 1,
    derivedFrom: () => [],
    onTick: (_, watermarkMs) => ticks.push(watermarkMs),
    onError: (_, error) => errors.push(error),
  });
  restless.tick(metric);
  await vi.waitFor(() => expect(ticks).toEqual([HOUR]), 30_000);
  expect(changes).toBe(1);
  await restless.stop();
});

test('coarser cells than the finest rest after they were told, unless a tick comes', async () => {
  const fine = aMetric({ grains: ['minute', 'hour'], latenessMs: HOUR });
  const timers: { readonly ms: number; readonly run: () => void; isOff: boolean }[] = [];
  const told: string[] = [];
  const paced = createPublisher({
    store,
    sinks: {
      async updates(updates) {
        for (const update of updates) told.push(update.kind === 'value' ? update.grain : 'tick');
      },
    },
    clock: {
      sleep: () => Promise.resolve(),
      after(ms, run) {
        const timer = { ms, run, isOff: false };
        timers.push(timer);
        return () => void (timer.isOff = true);
      },
    },
    now: () => 1,
    derivedFrom: () => [],
    onTick: () => {},
    onError: (_, error) => errors.push(error),
  });
  const change = async (): Promise<void> => {
    await apply(1);
    await apply(1, 0, 'minute');
  };
  const untilTold = async (...grains: string[]): Promise<void> => {
    await vi.waitFor(() => expect(told.toSorted()).toEqual(grains), 30_000);
    told.length = 0;
  };
  await create(true);
  await change();
  paced.request(fine);
  await untilTold('hour', 'minute');
  expect(timers).toMatchObject([{ ms: 2.5, isOff: false }]);
  await change();
  paced.request(fine);
  await untilTold('minute');
  timers[0]?.run();
  await untilTold('hour');
  await change();
  paced.tick(fine);
  await untilTold('hour', 'minute', 'tick');
  await paced.stop();
  expect(timers.slice(1).every(({ isOff }) => isOff)).toBe(true);
  expect(errors).toEqual([]);
});
