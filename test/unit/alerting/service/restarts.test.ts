import { expect, test } from 'vitest';
import type { MetricUpdate } from '../../../../services/kernel/update.ts';
import { parseStored } from '../../../../services/alerting/core/partition/restore.ts';
import type { Delivery } from '../../../../services/alerting/core/sending/delivery.ts';
import { HOUR, T0 } from '../../../support/alerting.ts';
import {
  DELIVERED,
  hour,
  kinds,
  running,
  tick,
  transitions,
} from '../../../support/alerting-process.ts';
import { memoryWorld } from '../../../support/memory-alerting.ts';

test('a transition is on alerts before its message goes out', async () => {
  const world = memoryWorld();
  const process = await running(world);
  world.write(tick(0), ...hour(0, 500));
  await process.read();
  expect(world.steps).toEqual(['append', 'offer']);
  expect(kinds(process)).toEqual(['firing']);
  await process.alerting.stop();
});

test('a process that died between the transition and the commit is followed by one that owes the same message', async () => {
  const world = memoryWorld();
  let isDying = false;
  const commit: typeof world.store.commit = (...args) =>
    isDying ? Promise.reject(new Error('gone')) : world.store.commit(...args);
  const first = await running(world, undefined, { store: { ...world.store, commit } });
  world.write(tick(0));
  await first.read();
  isDying = true;
  world.write(...hour(0, 500));
  await first.stepAndLeave();
  await first.alerting.stop();
  expect(transitions(world)).toEqual(['firing']);
  expect(kinds(first)).toEqual([]);
  const second = await running(world);
  expect(kinds(second)).toEqual(['firing']);
  const ids = new Set(
    world.alerts
      .filter(({ transition }) => transition === 'firing')
      .map(({ episode }) => episode?.id),
  );
  expect(ids.size).toBe(1);
  await second.alerting.stop();
});

test('whoever was fenced off owes nothing any more', async () => {
  const world = memoryWorld();
  const first = await running(world);
  world.write(tick(0));
  await first.read();
  const second = await running(world);
  world.write(...hour(0, 500));
  await second.read();
  expect(kinds(second)).toEqual(['firing']);
  const late = { from: 3, to: 3, activeFrom: 0, logMs: 0, awakeMs: 0, alertsNext: 0 };
  const changes = { fields: new Map(), documents: new Map() };
  expect(await world.store.commit(0, 'owner-0', { ...late, changes })).toBe(false);
  await first.alerting.stop();
  await second.alerting.stop();
});

test('a delivery that is only tried is stored, but no record', async () => {
  const world = memoryWorld();
  const process = await running(world);
  world.write(tick(0), ...hour(0, 500));
  await process.read();
  const [{ message } = { message: undefined }] = process.owed.values();
  const alert = world.alerts[0]?.id ?? '';
  const tried: Delivery = { ...DELIVERED, status: 'waiting', detail: '503' };
  await process.alerting.noteDelivery({ partition: 0, alert, messageId: message?.id ?? '' }, tried);
  expect(transitions(world)).toEqual(['firing']);
  await process.alerting.stop();
  const second = await running(world);
  expect([...second.owed.values()][0]?.delivery).toEqual(tried);
  await second.alerting.stop();
});

test('after a refused commit the state is loaded anew, and what follows is stored', async () => {
  const world = memoryWorld();
  let isRefused = false;
  const commit: typeof world.store.commit = (...args) => {
    const refuses = isRefused;
    isRefused = false;
    return refuses ? Promise.resolve(false) : world.store.commit(...args);
  };
  const process = await running(world, undefined, { store: { ...world.store, commit } });
  world.write(tick(0));
  await process.read();
  isRefused = true;
  world.write(...hour(0, 500));
  await process.read();
  world.write(...hour(1, 5000));
  await process.read();
  const [stored] = (await world.store.documents(0)) ?? [];
  expect(stored && parseStored(stored)).toMatchObject({
    machine: { condition: 'ok' },
    ended: [{ outcome: 'recovered' }],
  });
  expect(kinds(process)).toEqual(['firing', 'resolved']);
  await process.alerting.stop();
});

test('batches that change nothing are stored once in five seconds of the log, and a successor reads them again to the same end', async () => {
  const world = memoryWorld();
  const commits: number[] = [];
  const commit: typeof world.store.commit = (partition, owner, one) => {
    commits.push(one.to);
    return world.store.commit(partition, owner, one);
  };
  const clock = (second: number): MetricUpdate => {
    const at = T0 + HOUR + second * 1_000;
    return { kind: 'clock', watermark: at, at, commands: 0 };
  };
  const process = await running(world, undefined, { store: { ...world.store, commit } });
  world.write(tick(0), ...hour(0, 500), clock(0));
  await process.read();
  commits.length = 0;
  for (let second = 1; second <= 11; second++) {
    world.write(clock(second));
    await process.read();
  }
  expect(commits).toEqual([9, 14]);
  await process.alerting.stop();

  const next = await running(world);
  world.write(...hour(1, 5000));
  await next.read();
  expect(transitions(world)).toEqual(['firing', 'resolved']);
  await next.alerting.stop();
});
