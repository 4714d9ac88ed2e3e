import { expect, test } from 'vitest';
import type { AlertRecord } from '../../../services/kernel/alert.ts';
import { formatDecimal } from '../../../services/kernel/decimal.ts';
import type { MetricUpdate } from '../../../services/kernel/update.ts';
import { HOUR, plansOf, salesCatalog, T0 } from '../../support/alerting.ts';
import { memoryWorld } from '../../support/memory-alerting.ts';
import { catalogOf } from '../../support/platform.ts';

type World = ReturnType<typeof memoryWorld>;

const tick = (hour: number): MetricUpdate => {
  const watermark = T0 + hour * HOUR;
  const of = { metric: 'net-sales', version: 'v1', cursors: [], at: watermark } as const;
  return { kind: 'tick', watermark, ...of };
};
const hour = (number: number, value: number): readonly MetricUpdate[] => {
  const start = T0 + number * HOUR;
  const sum = value * 100;
  const of = { metric: 'net-sales', version: 'v1', series: '[]', grain: 'hour' } as const;
  const cell = { start, end: start + HOUR, accumulators: { contributions: 10, sum } };
  const state = { state: 'open', revision: 0, backfilled: false } as const;
  const told = { value: formatDecimal(sum, 2), watermark: start, cursors: [], at: start };
  return [{ kind: 'value', ...of, ...cell, ...state, ...told }, tick(number + 1)];
};

async function running(world: World, definitions = salesCatalog()) {
  const process = world.open();
  await process.alerting.setPlans(plansOf(catalogOf(definitions)));
  await process.alerting.start();
  await process.read();
  return process;
}
type Process = Awaited<ReturnType<typeof running>>;

/** Whatever is owed arrives. */
async function deliver({ alerting, owed }: Process): Promise<void> {
  const at = { attempts: 1, firstAttemptMs: 1, nextAttemptMs: 1, detail: '204' };
  for (const { id } of alerting.alerts())
    for (const messageId of owed.keys()) {
      const place = { partition: 0, alert: id, messageId };
      await alerting.noteDelivery(place, { status: 'delivered', ...at });
    }
  owed.clear();
}
/** Of each alert its last record is left. */
const compact = (records: AlertRecord[]): void => {
  const lasts = [...new Map(records.map((record) => [record.id, record])).values()];
  records.splice(0, records.length, ...lasts);
};
const newest = (records: readonly AlertRecord[]): number =>
  Math.max(...records.map(({ sequence }) => sequence));
const settled = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
};

// Fails without: an alert whose last record is not its newest is said once more
test('F-084 what a process that lost the partition writes late to alerts is said anew, so that what has ended does not burn again after a loss', async () => {
  const world = memoryWorld();
  const { alerts } = world;
  const first = await running(world);
  world.write(tick(0), ...hour(0, 500), ...hour(1, 1_500));
  await first.read();
  await deliver(first);
  const [fired] = alerts;
  if (fired?.transition !== 'firing') throw new Error('it did not fire');
  // Word for word what whoever stood still had decided, behind its end.
  alerts.push(fired);
  world.write(tick(2.5));
  await first.read();
  await settled(() => alerts.at(-1)?.sequence === newest(alerts));
  const count = alerts.length;
  world.write(tick(2.9));
  await first.read();
  await first.alerting.stop();
  expect(alerts.length, 'once is enough').toBe(count);

  compact(alerts);
  world.store.lose();
  const second = await running(world);
  world.write(...hour(2, 1_500));
  await second.read();
  expect([...second.owed.values()].map(({ message }) => message.kind)).toEqual([]);
  expect([...second.alerting.alerts()].map(({ machine }) => machine.condition)).toEqual(['ok']);
  await second.alerting.stop();
});

test('it is said anew also by whoever takes the partition over after it was written', async () => {
  const world = memoryWorld();
  const { alerts } = world;
  const first = await running(world);
  world.write(tick(0), ...hour(0, 500), ...hour(1, 1_500));
  await first.read();
  await deliver(first);
  await first.alerting.stop();
  alerts.push(...alerts.slice(0, 1));
  const second = await running(world);
  world.write(tick(2.1));
  await second.read();
  await settled(() => alerts.at(-1)?.sequence === newest(alerts));
  const { state, transition, episode } = alerts.at(-1) ?? {};
  expect({ state, transition, outcome: episode?.outcome }).toEqual({
    state: 'ok',
    transition: 'delivered',
    outcome: 'recovered',
  });
  await second.alerting.stop();
});

test('the last record of an alert whose rule was retired long ago brings nothing back', async () => {
  const world = memoryWorld();
  const { alerts } = world;
  const first = await running(world);
  world.write(tick(0), ...hour(0, 500));
  await first.read();
  await deliver(first);
  await first.alerting.setPlans([]);
  await deliver(first);
  await first.alerting.stop();
  expect(alerts.map(({ transition }) => transition)).toEqual([
    'firing',
    'delivered',
    'resolved',
    'delivered',
  ]);

  compact(alerts);
  world.store.lose();
  const second = await running(world, salesCatalog({ rules: [] }));
  world.write(...hour(1, 500));
  await second.read();
  expect(second.owed.size).toBe(0);
  expect([...second.alerting.alerts()]).toEqual([]);
  expect(alerts.length).toBe(1);
  await second.alerting.stop();
});
