import { beforeEach, describe, expect, test } from 'vitest';
import type { WindowPlace } from '../../../services/aggregator/core/recount.ts';
import type { CellReader } from '../../../services/aggregator/ports.ts';
import { verifyWindows } from '../../../services/aggregator/verifier.ts';
import type { VerifyLimits, VerifierPorts } from '../../../services/aggregator/verifier.ts';
import type { LastValue } from '../../../services/kernel/accumulator.ts';
import type { SimpleMetric } from '../../../services/kernel/definitions.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../services/kernel/time.ts';
import { countingWorker, finish } from '../../support/counting.ts';
import { memoryCellReader } from '../../support/memory-cell-reader.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';
import type { MemoryProjectionStore } from '../../support/memory-projection-store.ts';
import { aMetric } from '../../support/metrics.ts';
import { planOf, topicOf } from '../../support/order-topic.ts';
import type { OrderTopic, Written } from '../../support/order-topic.ts';
import { verifierPorts } from '../../support/verifier-ports.ts';

const metric = aMetric({
  dimensions: { store: 'data.store_id' },
  breakdowns: [[], ['store']],
  latenessMs: HOUR_MS,
});
const LIMITS: VerifyLimits = { cellsMax: 10_000, recordsMax: 10_000 };
let ids = 0;
const order = (
  gapMs: number,
  over: Partial<Extract<Written, { kind: 'order' }>> = {},
): Written => ({
  kind: 'order',
  gapMs,
  id: ids++,
  ageMs: 0,
  amount: 1,
  store: 'S1',
  status: 'booked',
  historical: false,
  ...over,
});

let store: MemoryProjectionStore;
const world = async (
  lists: readonly (readonly Written[])[],
  of: SimpleMetric = metric,
): Promise<OrderTopic> => {
  const topic = topicOf(lists);
  await finish({ topic, store }, of);
  return topic;
};
const held = (): readonly WindowPlace[] =>
  [...store.projections.values()].flatMap(({ windows }) =>
    [...windows.values()].map(({ grain, startMs }) => ({ grain, startMs })),
  );
const verify = (
  topic: OrderTopic,
  over: { windows?: readonly WindowPlace[]; cells?: CellReader; of?: SimpleMetric } = {},
  more: { limits?: Partial<VerifyLimits>; ports?: Partial<VerifierPorts> } = {},
) => {
  const { windows = held(), cells = memoryCellReader(store), of = metric } = over;
  const ports = { ...verifierPorts(topic, cells), ...more.ports };
  return verifyWindows(ports, { plan: planOf(of), windows }, { ...LIMITS, ...more.limits });
};

beforeEach(() => {
  store = memoryProjectionStore();
});

describe('windows are counted again', () => {
  test('those that retention took are not asked for', async () => {
    const days = [order(0), order(9 * DAY_MS)];
    const topic = await world([days, days]);
    const windows = held();
    await store.advance(metric, 1_000);
    const found = await verify(topic, { windows });
    expect(found.expired).toBe(1);
    expect(found.differences).toEqual([]);
  });

  test('cells of series that were refused are no difference, and are told', async () => {
    const of = { ...metric, maxSeries: 1 };
    const topic = await world([[order(0), order(1, { store: 'S2' })], [order(2)]], of);
    const found = await verify(topic, { of });
    expect(found).toMatchObject({ differences: [], refused: 3, checked: 6 });
  });

  test('a missing cell of a series that has room is a difference', async () => {
    const topic = await world([[order(0), order(1, { store: 'S2' })], []]);
    for (const { series } of store.projections.values()) series.delete('["store","S2"]');
    const { differences } = await verify(topic);
    expect(differences.filter(({ kind }) => kind === 'missing')).toHaveLength(3);
  });

  test('an entity whose newest value is another is a difference, though the sum is right', async () => {
    const of = aMetric({
      aggregation: 'latest',
      entity: 'data.store_id',
      dimensions: {},
      breakdowns: [[]],
      grains: ['day'],
    });
    const topic = await world([[order(0), order(1, { store: 'S2' })], []], of);
    expect(await verify(topic, { of })).toMatchObject({ checked: 1, differences: [] });
    for (const { windows } of store.projections.values())
      for (const { cells } of windows.values())
        for (const { accumulators } of cells.values()) {
          const entities = accumulators.entities as Map<string, LastValue>;
          const last = entities.get('S1') as LastValue;
          entities.set('S1', { ...last, value: 2 });
        }
    expect((await verify(topic, { of })).differences).toMatchObject([
      {
        kind: 'different',
        stored: { sum: '2', entities: expect.stringMatching(/^2, [0-9a-f]{32}$/) },
        recounted: { sum: '2' },
      },
    ]);
  });

  test('reading ends once the windows are final and no history follows', async () => {
    const early = [order(0), order(1), order(2)];
    const rest = Array.from({ length: 200 }, () => order(10 * MINUTE_MS));
    const topic = await world([[...early, ...rest], []]);
    const minutes = held().filter(({ grain }) => grain === 'minute');
    const first = Math.min(...minutes.map(({ startMs }) => startMs));
    const found = await verify(topic, { windows: [{ grain: 'minute', startMs: first }] });
    expect(found.differences).toEqual([]);
    expect(found.records).toBeLessThan(20);
  });

  test('what is counted while several views are read is no difference', async () => {
    const topic = topicOf([Array.from({ length: 40 }, () => order(MINUTE_MS)), []]);
    const worker = countingWorker({ topic, store }, metric);
    await worker.open();
    const countTo = async (to: number): Promise<void> => {
      worker.read(0, to);
      const request = worker.send();
      if (request) await worker.settle(request);
    };
    await countTo(20);
    // The day and the hour, which change, are in the first view, and minutes that do not in the last.
    const windows = held().toSorted((a, b) => a.grain.localeCompare(b.grain));
    const reader = memoryCellReader(store, 5);
    let counted = 20;
    const cells: CellReader = {
      ...reader,
      async readWindows(ref, options) {
        const view = await reader.readWindows(ref, options);
        await countTo((counted = Math.min(40, counted + 2)));
        return view;
      },
    };
    const found = await verify(topic, { windows, cells });
    expect(counted).toBeGreaterThan(24);
    expect(found.differences).toEqual([]);
  });
});

describe('what cannot be counted again is refused', () => {
  const lists = [[order(0), order(MINUTE_MS), order(MINUTE_MS)], []];

  test('more cells than the limit', async () => {
    const topic = await world(lists);
    await expect(verify(topic, {}, { limits: { cellsMax: 5 } })).rejects.toMatchObject({
      code: 'span_too_long',
    });
  });

  test('more records than the limit', async () => {
    const topic = await world(lists);
    await expect(verify(topic, {}, { limits: { recordsMax: 2 } })).rejects.toMatchObject({
      code: 'span_too_long',
    });
  });

  test('windows whose events the log may have lost', async () => {
    const topic = await world(lists);
    const { offsets } = verifierPorts(topic, memoryCellReader(store));
    const cut = {
      ...offsets,
      bounds: async (name: string) =>
        (await offsets.bounds(name)).map((one) => ({ ...one, first: Math.min(1, one.end) })),
    };
    await expect(verify(topic, {}, { ports: { offsets: cut } })).rejects.toMatchObject({
      code: 'log_truncated',
    });
  });

  test('windows of a projection whose log began to move before all was counted', async () => {
    const topic = await world(lists);
    for (const { spans } of store.projections.values())
      for (const span of spans.values()) span.lostTo = 1;
    const { offsets } = verifierPorts(topic, memoryCellReader(store));
    const cut = {
      ...offsets,
      bounds: async (name: string) =>
        (await offsets.bounds(name)).map((one) => ({ ...one, first: Math.min(1, one.end) })),
    };
    await expect(verify(topic, {}, { ports: { offsets: cut } })).rejects.toMatchObject({
      code: 'log_truncated',
    });
  });

  test('a log that ends before the cursor', async () => {
    const topic = await world(lists);
    const windows = held();
    await expect(verify([topic[0]?.slice(0, 1) ?? [], []], { windows })).rejects.toMatchObject({
      code: 'log_truncated',
    });
  });

  test('a projection that begins anew between two views', async () => {
    const topic = await world(lists);
    const reader = memoryCellReader(store, 1);
    let views = 0;
    const cells: CellReader = {
      ...reader,
      async readWindows(ref, options) {
        const view = await reader.readWindows(ref, options);
        return view && { ...view, generation: `g${++views}` };
      },
    };
    await expect(verify(topic, { cells })).rejects.toMatchObject({ code: 'rebuilding' });
  });
});
