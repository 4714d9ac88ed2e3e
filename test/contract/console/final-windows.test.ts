import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { redisProjectionStore } from '../../../services/aggregator/adapters/redis-projection-store.ts';
import { redisProjectionReader } from '../../../services/console/adapters/redis-projection-reader.ts';
import { rememberingReader } from '../../../services/console/final-windows.ts';
import type { NumbersRequest, ProjectionReader } from '../../../services/console/ports.ts';
import { createRedis } from '../../../services/platform/redis.ts';
import type { RedisClient } from '../../../services/platform/redis.ts';
import { aMetric } from '../../support/metrics.ts';
import { delta, flush, GENERATION, HOUR, span } from '../../support/projection-flush.ts';
import { servers, uniquePrefix } from '../../support/servers.ts';
import { keysOf } from '../../support/stored-cells.ts';

const RETENTION = 6 * HOUR;
const metric = aMetric({
  aggregation: 'sum',
  grains: ['hour'],
  latenessMs: HOUR,
  retentionMs: { minute: 0, hour: RETENTION, day: 0 },
});
const ref = { metric: metric.id, version: metric.version };
const SERIES = ['[]', '["store","S1"]'];

let client: RedisClient;
beforeAll(() => {
  client = createRedis([servers().redisUrl], (error) => {
    throw error;
  });
});
afterAll(() => client.disconnect());

type Happening =
  | {
      kind: 'flush';
      back: number;
      series: readonly number[];
      amount: number;
      isHistory: boolean;
      passes: number;
    }
  | { kind: 'pass'; by: number }
  | { kind: 'advance' }
  | { kind: 'ask'; from: number; to: number; series: readonly number[] }
  | { kind: 'save' }
  | { kind: 'fall back' }
  | { kind: 'begin anew' };

const someSeries = fc.constantFrom([0], [1], [0, 1]);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('flush' as const),
      back: fc.integer({ min: -1, max: 7 }),
      series: someSeries,
      amount: fc.integer({ min: -9, max: 9 }),
      isHistory: fc.boolean(),
      passes: fc.constantFrom(0, 0, 0, 1, 2),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      by: fc.constantFrom(1, 1, 2),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ kind: 'advance' as const }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      from: fc.integer({ min: 5, max: 9 }),
      to: fc.integer({ min: -1, max: 4 }),
      series: someSeries,
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'save' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'fall back' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'begin anew' as const }) },
);

/** A projection that one worker counts into, and that Redis may set back to what it was. */
async function projection() {
  const prefix = uniquePrefix();
  const store = redisProjectionStore(client, prefix);
  const pattern = `{${prefix}*`;
  let [next, watermarkMs, generations] = [0, 0, 0];
  const begin = async () => {
    const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
    await store.create(ref, { generation: `${GENERATION}${generations}`, partitions });
  };
  await begin();
  let saved = { keys: new Map<string, Buffer>(), next, watermarkMs, generations };
  const save = async () => {
    const keys = new Map<string, Buffer>();
    for (const key of await keysOf(client, pattern))
      keys.set(key, (await client.dumpBuffer(key)) as Buffer);
    saved = { keys, next, watermarkMs, generations };
  };
  await save();
  let hasFallenBack = false;
  let lostStages = false;
  const apply = async (deltas: Parameters<typeof flush>[0]) => {
    // The worker's flush was refused, and it takes the projection up again.
    if (hasFallenBack) await store.takeUp(ref);
    hasFallenBack = false;
    const at = { from: next, to: next + 1, watermarkMs };
    const result = await store.apply(
      ref,
      flush({ generation: `${GENERATION}${generations}`, ...deltas, spans: [span(at)] }),
    );
    expect(result.kind).toBe('applied');
    next++;
  };
  return {
    reader: redisProjectionReader(client, prefix),
    hours: () => watermarkMs / HOUR,
    hasLostStages: () => lostStages,
    async happens(one: Exclude<Happening, { kind: 'ask' }>): Promise<void> {
      if (one.kind === 'flush') {
        const { isHistory, passes, amount } = one;
        const hour = Math.max(0, watermarkMs / HOUR - one.back);
        watermarkMs += passes * HOUR;
        const gain = delta({
          sum: amount,
          ...(isHistory ? { historical: 1, restated: true } : {}),
        });
        const series = one.series.map((number) => ({
          key: SERIES[number] as string,
          number: undefined,
          breakdown: number === 0 ? '' : 'store',
        }));
        const cells = one.series.map((_, i) => ({ series: i, delta: gain }));
        const startMs = hour * HOUR;
        const window = { grain: 'hour' as const, startMs, endMs: startMs + HOUR, cells };
        // What is gone comes no more.
        if (watermarkMs < window.endMs + RETENTION) await apply({ series, windows: [window] });
      } else if (one.kind === 'pass') {
        watermarkMs += one.by * HOUR;
        await apply({ deltas: [] });
      } else if (one.kind === 'advance') {
        while ((await store.advance(metric, 10)) > 0);
        lostStages = false;
      } else if (one.kind === 'save') await save();
      else if (one.kind === 'fall back') {
        await client.unlink(...(await keysOf(client, pattern)));
        for (const [key, bytes] of saved.keys) await client.restore(key, 0, bytes);
        // What the worker finds as it left it, it flushes on: stages alone may have been lost.
        if (next !== saved.next || generations !== saved.generations) hasFallenBack = true;
        ({ next, watermarkMs, generations } = saved);
        lostStages = true;
      } else {
        await store.retire(ref, `${GENERATION}${generations}`);
        generations++;
        next = 0;
        watermarkMs = 0;
        await begin();
      }
    },
  };
}

const requestFor = (
  { from, to }: { readonly from: number; readonly to: number },
  series: readonly number[],
): NumbersRequest => {
  const starts = Array.from({ length: to - from }, (_, i) => (from + i) * HOUR);
  return {
    grain: 'hour',
    aggregation: 'sum',
    starts,
    series,
    finality: {
      ends: starts.map((start) => start + HOUR),
      latenessMs: HOUR,
      retentionMs: RETENTION,
    },
  };
};

test('F-036 whatever happens, what a console remembers of final windows is what Redis holds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 40, size: 'max' }), async (history) => {
      const { reader, happens, hours, hasLostStages } = await projection();
      const remembering = rememberingReader(reader);
      for (const one of history) {
        if (one.kind !== 'ask') await happens(one);
        else {
          // Of a window that is over, a stage that Redis lost comes again within a second; who asks until then is told it already.
          if (hasLostStages()) await happens({ kind: 'advance' });
          const now = hours() + 2;
          const range = { from: Math.max(0, now - one.from), to: Math.max(1, now - one.to) };
          const request = requestFor(range, one.series);
          expect(await remembering.numbers(ref, request)).toEqual(
            await reader.numbers(ref, request),
          );
        }
      }
    }),
    { numRuns: 150 },
  );
});

const sale = { kind: 'flush', back: 0, series: [0], isHistory: false, passes: 0 } as const;

test('a range is read once: afterwards only what is not final yet', async () => {
  const { reader, happens } = await projection();
  const asked: number[] = [];
  const counting: ProjectionReader = {
    ...reader,
    numbers(at, request) {
      asked.push(request.starts.length);
      return reader.numbers(at, request);
    },
  };
  const remembering = rememberingReader(counting);
  const count = { ...sale, amount: 1 } as const;
  await happens(count);
  await happens({ kind: 'pass', by: 3 });
  for (const back of [0, 1]) await happens({ ...count, back });
  await happens({ kind: 'pass', by: 1 });
  await happens({ kind: 'advance' });
  const request = requestFor({ from: 0, to: 5 }, [0]);
  for (let i = 0; i < 3; i++) await remembering.numbers(ref, request);
  // At 4:00 the hours up to 3:00 are final, that from 1:00 on though nothing is in it.
  expect(asked).toEqual([5, 2, 2]);
  await happens({ ...count, back: 2, isHistory: true });
  asked.length = 0;
  expect((await remembering.numbers(ref, request))?.numbers[0]?.[2]).toBe(2);
  await remembering.numbers(ref, request);
  expect(asked).toEqual([2, 5, 2]);
});

test('a window whose last stage Redis lost is amended, and not remembered as it was', async () => {
  const { reader, happens } = await projection();
  const remembering = rememberingReader(reader);
  const request = requestFor({ from: 0, to: 2 }, [0]);
  const first = async () => (await remembering.numbers(ref, request))?.numbers[0]?.[0];
  await happens({ ...sale, amount: 1 });
  await happens({ kind: 'pass', by: 1 });
  await happens({ kind: 'advance' });
  await happens({ kind: 'pass', by: 2 });
  await happens({ kind: 'save' });
  await happens({ kind: 'advance' });
  expect(await first()).toBe(1);
  // The append-only file ended before the window became final: all cursors are as the worker left them.
  await happens({ kind: 'fall back' });
  await happens({ ...sale, amount: 5, back: 3, isHistory: true });
  await happens({ kind: 'advance' });
  expect(await first()).toBe(6);
});

test.each<{ readonly name: string; readonly what: Exclude<Happening, { kind: 'ask' }> }>([
  { name: 'Redis that fell back to before a window closed', what: { kind: 'fall back' } },
  { name: 'a projection that began anew', what: { kind: 'begin anew' } },
])('nothing is remembered of $name', async ({ what }) => {
  const { reader, happens } = await projection();
  const remembering = rememberingReader(reader);
  const request = requestFor({ from: 0, to: 2 }, [0]);
  const passed = async (amount: number) => {
    await happens({ ...sale, amount });
    for (const one of [{ kind: 'pass', by: 3 }, { kind: 'advance' }] as const) await happens(one);
    return (await remembering.numbers(ref, request))?.numbers[0]?.[0];
  };
  expect(await passed(1)).toBe(1);
  await happens(what);
  expect(await passed(5)).toBe(5);
});
