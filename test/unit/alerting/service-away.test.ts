import { expect, test } from 'vitest';
import { formatDecimal } from '../../../services/kernel/decimal.ts';
import type { MetricUpdate } from '../../../services/kernel/update.ts';
import { aRule, plansOf, salesCatalog, T0 } from '../../support/alerting.ts';
import { memoryWorld } from '../../support/memory-alerting.ts';
import { catalogOf } from '../../support/platform.ts';

const MINUTE = 60_000;
const definitions = salesCatalog({
  rules: [
    aRule({
      window: { kind: 'grain', grain: 'minute' },
      notify: { repeatMs: [10 * MINUTE] },
      noData: 'nodata',
    }),
  ],
});

const tick = (minute: number): MetricUpdate => {
  const watermark = T0 + minute * MINUTE;
  return {
    kind: 'tick',
    metric: 'net-sales',
    version: 'v1',
    watermark,
    cursors: [],
    at: watermark,
  };
};
const minute = (number: number, value: number): readonly MetricUpdate[] => {
  const start = T0 + number * MINUTE;
  const at = start + MINUTE;
  const sum = value * 100;
  const of = { kind: 'value', metric: 'net-sales', version: 'v1', series: '[]' } as const;
  const cell = {
    grain: 'minute',
    start,
    end: at,
    accumulators: { contributions: 10, sum },
  } as const;
  const state = { state: 'open', revision: 0, backfilled: false } as const;
  const value2 = formatDecimal(sum, 2);
  return [
    { ...of, ...cell, ...state, value: value2, watermark: start, cursors: [], at },
    tick(number + 1),
  ];
};
const clock = (minutes: number): MetricUpdate => {
  const at = T0 + minutes * MINUTE;
  return { kind: 'clock', watermark: at, at, commands: 0 };
};

async function running(world: ReturnType<typeof memoryWorld>) {
  const process = world.open();
  await process.alerting.setPlans(plansOf(catalogOf(definitions)));
  await process.alerting.start();
  await process.read();
  return process;
}
const kinds = (process: { owed: ReadonlyMap<string, { message: { kind: string } }> }) =>
  [...process.owed.values()].map(({ message }) => message.kind);

// Fails without: reading goes on at the cursor that is stored with the state
test('F-086 alerting that was away for an hour tells what it missed once, in order, with no pile of reminders and no alarm about its own silence', async () => {
  const world = memoryWorld();
  const first = await running(world);
  world.write(tick(0), ...minute(0, 5_000), clock(1));
  await first.read();
  await first.alerting.stop();
  // Nobody writes clocks in this hour; values go on.
  for (let i = 1; i <= 60; i++)
    world.write(...minute(i, i < 20 || (i > 30 && i < 50) ? 500 : 5_000));
  const second = await running(world);
  world.write(clock(61));
  await second.read();
  expect(kinds(second)).toEqual(['firing', 'resolved', 'firing', 'resolved']);
  const told = world.alerts.filter(({ transition }) => transition !== 'recovering');
  expect(told.map(({ transition, at }) => [transition, (at - T0) / MINUTE])).toEqual([
    ['firing', 2],
    ['resolved', 21],
    ['firing', 32],
    ['resolved', 51],
  ]);
  await second.alerting.stop();
  world.store.lose();
  const third = await running(world);
  expect(kinds(third).toSorted()).toEqual(kinds(second).toSorted());
  expect(new Set(third.owed.keys())).toEqual(new Set(second.owed.keys()));
  await third.alerting.stop();
});

test('F-086 what still burns when alerting is back is told as it is now, and again only after its interval', async () => {
  const world = memoryWorld();
  const first = await running(world);
  world.write(tick(0), ...minute(0, 500), clock(1));
  await first.read();
  expect(kinds(first)).toEqual(['firing']);
  await first.alerting.stop();
  for (let i = 1; i <= 60; i++) world.write(...minute(i, 500));
  const second = await running(world);
  world.write(clock(61), clock(61.5), clock(62));
  await second.read();
  expect(kinds(second)).toEqual(['firing', 'repeated']);
  await second.alerting.stop();
});

// Fails without: silence is counted from the end of alerting's own absence
test('F-086 alerting that is back before the aggregator raises no alarm about the hour in which nobody ran', async () => {
  const world = memoryWorld();
  const first = await running(world);
  world.write(tick(0), ...minute(0, 5_000), clock(1));
  await first.read();
  await first.alerting.stop();
  const second = await running(world);
  world.write(clock(61), clock(62));
  await second.read();
  expect(kinds(second)).toEqual([]);
  for (let i = 1; i <= 60; i++) world.write(...minute(i, 5_000));
  await second.read();
  expect(kinds(second)).toEqual([]);
  await second.alerting.stop();
});

// Fails without: memory is read again from where the log last stood, not from so long ago by the clock
test('F-086 what was open when alerting went away is judged when it is back, though its state was lost meanwhile', async () => {
  const world = memoryWorld();
  const first = await running(world);
  const [value] = minute(0, 500);
  world.write(tick(0), value as MetricUpdate);
  await first.read();
  await first.alerting.stop();
  world.store.lose();
  // The watermark stood still for longer than a window is remembered.
  world.write({ ...tick(1), at: T0 + 72 * 60 * MINUTE });
  const second = await running(world);
  expect(kinds(second)).toEqual(['firing']);
  await second.alerting.stop();
});
