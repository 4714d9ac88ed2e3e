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
