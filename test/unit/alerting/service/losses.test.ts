import { expect, test } from 'vitest';
import { plansOf, salesCatalog } from '../../../support/alerting.ts';
import {
  DELIVERED,
  hour,
  kinds,
  running,
  tick,
  transitions,
} from '../../../support/alerting-process.ts';
import { memoryWorld } from '../../../support/memory-alerting.ts';
import { catalogOf } from '../../../support/platform.ts';

test('what was delivered is not owed again after a restart, nor after the store is lost', async () => {
  const world = memoryWorld();
  const first = await running(world);
  world.write(tick(0), ...hour(0, 500));
  await first.read();
  const [{ message } = { message: undefined }] = first.owed.values();
  const alert = world.alerts[0]?.id ?? '';
  await first.alerting.noteDelivery(
    { partition: 0, alert, messageId: message?.id ?? '' },
    DELIVERED,
  );
  await first.alerting.stop();
  expect(transitions(world)).toEqual(['firing', 'delivered']);
  const second = await running(world);
  expect(kinds(second)).toEqual([]);
  await second.alerting.stop();
  world.store.lose();
  const third = await running(world);
  expect(kinds(third)).toEqual([]);
  world.write(...hour(1, 5000));
  await third.read();
  expect(kinds(third)).toEqual(['resolved']);
  expect(transitions(world)).toEqual(['firing', 'delivered', 'resolved']);
  await third.alerting.stop();
});

test('who dies between beginning anew and the first commit after a loss forgets no alert', async () => {
  const world = memoryWorld();
  const first = await running(world);
  world.write(tick(0), ...hour(0, 500));
  await first.read();
  await first.alerting.stop();
  world.store.lose();
  const away = (): Promise<never> => Promise.reject(new Error('the store is away'));
  const { promise, resolve } = Promise.withResolvers<void>();
  const dying = world.open({
    store: { ...world.store, commit: away },
    pause: () => (resolve(), new Promise(() => undefined)),
  });
  await dying.alerting.setPlans(plansOf(catalogOf(salesCatalog())));
  await dying.alerting.start();
  await promise;
  void dying.alerting.stop();
  const third = await running(world);
  world.write(...hour(1, 5000));
  await third.read();
  expect(transitions(world)).toEqual(['firing', 'resolved']);
  await third.alerting.stop();
});

test('the store lost while running is noticed at the next record, and rebuilt', async () => {
  const world = memoryWorld();
  const process = await running(world);
  world.write(tick(0), ...hour(0, 500));
  await process.read();
  world.store.lose();
  world.write(...hour(1, 400), ...hour(2, 5000));
  await process.read();
  // What was written and not committed is written again, the same.
  expect(transitions(world)).toEqual(['firing', 'resolved', 'resolved']);
  expect(world.alerts[2]).toEqual(world.alerts[1]);
  expect(new Set(world.alerts.map(({ episode }) => episode?.id)).size).toBe(1);
  await process.alerting.stop();
});

/** Two episodes that ended, told and delivered; the second one so long after the first that the alert has forgotten that. */
async function twoEpisodes(world: ReturnType<typeof memoryWorld>): Promise<void> {
  const process = await running(world);
  world.write(tick(0));
  for (const [number, value] of [500, ...Array<number>(30).fill(5000), 500, 5000].entries()) {
    world.write(...hour(number, value));
    await process.read();
    const alert = world.alerts[0]?.id ?? '';
    for (const messageId of process.owed.keys())
      await process.alerting.noteDelivery({ partition: 0, alert, messageId }, DELIVERED);
    process.owed.clear();
  }
  await process.alerting.stop();
}

test('after a loss that goes far back nothing is sent again, and each record comes under the number that it had', async () => {
  const world = memoryWorld();
  await twoEpisodes(world);
  const before = world.alerts.map(({ sequence, transition }) => `${sequence} ${transition}`);
  world.loseFrom(2);
  const process = await running(world);
  expect(kinds(process)).toEqual([]);
  const again = world.alerts.slice(before.length);
  expect(again.map(({ sequence, transition }) => `${sequence} ${transition}`)).toEqual([
    ...before.filter((one) => !one.endsWith('delivered')),
    // Whoever looks for what others wrote late finds a last record that is not the newest.
    '8 resolved',
  ]);
  await process.alerting.stop();
});

test('nor is anything sent again where who began anew dies before it has read that far', async () => {
  const world = memoryWorld();
  await twoEpisodes(world);
  const count = world.alerts.length;
  world.loseFrom(2);
  const dying = world.open();
  await dying.alerting.setPlans(plansOf(catalogOf(salesCatalog())));
  await dying.alerting.start();
  while (dying.alerting.loading() !== 0) await new Promise((resolve) => setImmediate(resolve));
  await dying.alerting.stop();
  expect(world.alerts.length, 'it has read nothing').toBe(count);
  const process = await running(world);
  expect(kinds(process)).toEqual([]);
  expect(world.alerts.slice(count, -1).map(({ sequence }) => sequence)).toEqual([1, 3, 5, 7]);
  await process.alerting.stop();
  // All of it is decided: whoever comes next need not read it.
  const read = world.alertReads.length;
  const next = await running(world);
  expect(world.alertReads[read]).toBe(world.alerts.length);
  await next.alerting.stop();
});

test('after a loss news comes under numbers above all that were there, whatever is missing of them', async () => {
  const world = memoryWorld();
  await twoEpisodes(world);
  const highest = Math.max(...world.alerts.map(({ sequence }) => sequence));
  // As compaction may leave it, but for the first: what became of the messages of the first episode is not there any more.
  world.alerts.splice(1, world.alerts.length - 2);
  world.loseFrom(2);
  const process = await running(world);
  world.write(...hour(33, 500));
  await process.read();
  const last = world.alerts.at(-1);
  expect([last?.transition, last?.sequence]).toEqual(['firing', highest + 1]);
  await process.alerting.stop();
});

test('what alerts tell of a topic that is no more is not read again by every load', async () => {
  const world = memoryWorld();
  await twoEpisodes(world);
  const [first] = world.alerts;
  if (!first) throw new Error('nothing was told');
  // Offsets of before the topic was made anew.
  world.alerts.push({ ...first, inputOffset: 10_000 });
  world.loseFrom(2);
  const process = await running(world);
  await process.alerting.stop();
  const read = world.alertReads.length;
  const next = await running(world);
  expect(world.alertReads[read]).toBe(world.alerts.length);
  await next.alerting.stop();
});
