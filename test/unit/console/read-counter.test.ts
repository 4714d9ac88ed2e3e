import { expect, test } from 'vitest';
import { createReadCounter } from '../../../services/console/read-counter.ts';
import { memoryReadLedger } from '../../support/memory-read-ledger.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';

const catalogWith = (...ids: readonly string[]) =>
  catalogOf({ metrics: ids.map((id) => aMetric({ id })) });

test('reads are written once, with the time of the last', async () => {
  const ledger = memoryReadLedger();
  const writes: ReadonlyMap<string, number>[] = [];
  let nowMs = 1_000;
  const counter = createReadCounter({
    ledger: { ...ledger, note: (reads) => (writes.push(reads), ledger.note(reads)) },
    catalog: () => catalogWith('a', 'b'),
    now: () => nowMs,
  });
  await counter.write();
  for (nowMs = 2_000; nowMs < 3_000; nowMs += 100) counter.noted('a');
  counter.noted('no-such-metric');
  expect(await counter.all()).toEqual(
    new Map([
      ['a', { seenMs: 1_000, readMs: 2_900 }],
      ['b', { seenMs: 1_000 }],
    ]),
  );
  await counter.write();
  expect(writes).toEqual([new Map(), new Map([['a', 2_900]])]);
  expect(await ledger.all()).toEqual(await counter.all());
});

test('what could not be written is written later', async () => {
  const ledger = memoryReadLedger();
  let isAway = true;
  const counter = createReadCounter({
    ledger: {
      ...ledger,
      note: (reads) => (isAway ? Promise.reject(new Error('away')) : ledger.note(reads)),
    },
    catalog: () => catalogWith('a'),
    now: () => 5_000,
  });
  counter.noted('a');
  await expect(counter.write()).rejects.toThrow('away');
  isAway = false;
  await counter.write();
  expect(await ledger.all()).toEqual(new Map([['a', { seenMs: 5_000, readMs: 5_000 }]]));
});

test('a metric that was removed and is published again is new', async () => {
  const ledger = memoryReadLedger();
  let nowMs = 1_000;
  let catalog = catalogWith('a', 'b');
  const counter = createReadCounter({ ledger, catalog: () => catalog, now: () => nowMs });
  await counter.write();
  catalog = catalogWith('b');
  await counter.write();
  nowMs = 9_000;
  catalog = catalogWith('a', 'b');
  expect(await counter.all()).toEqual(
    new Map([
      ['a', { seenMs: 9_000 }],
      ['b', { seenMs: 1_000 }],
    ]),
  );
});
