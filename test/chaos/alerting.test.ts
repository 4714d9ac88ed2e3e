import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { expectAsReadOnce } from './support/alert-checker.ts';
import { stepsOfRecovery, stepsOfTakingOver, stepsOfTelling } from './support/alert-steps.ts';
import { openAlertWorld } from './support/alert-world.ts';
import type { AlertWorld } from './support/alert-world.ts';
import { at } from './support/crash-points.ts';
import type { CrashPoint } from './support/crash-points.ts';
import { redisServer } from './support/redis-server.ts';
import type { RedisServer } from './support/redis-server.ts';
import { keepResults, row } from './support/row.ts';

keepResults('alerting');
let redis: RedisServer;
let alerts: AlertWorld;
let topic: string;
beforeAll(async () => {
  redis = await redisServer({ name: 'alerting' });
  alerts = await openAlertWorld({ name: 'alerting-world', redisUrl: redis.url });
  topic = `${alerts.world.prefix}alerts`;
  await alerts.untilBoth();
  await alerts.hour(5_000);
});
afterEach(() => {
  for (const { links } of alerts?.processes ?? []) links.heal();
  alerts?.receiver.release();
});
afterAll(async () => {
  await alerts?.close();
  await redis?.close();
});

const LOW = 500;
const FINE = 5_000;
const SOON = { timeout: 20_000, interval: 10 };
type Process = AlertWorld['processes'][number];
const both = () => alerts.processes as readonly [Process, Process];

/** The first of the two is killed at its step, the second frozen at its own; `begin` leads both to it. */
async function disturb(
  steps: () => readonly CrashPoint[],
  index: number,
  begin: () => Promise<unknown>,
): Promise<void> {
  const [killed, frozen] = both();
  const [killedAt, frozenAt] = [steps()[index], steps()[index]] as [CrashPoint, CrashPoint];
  let dying: Promise<void> | undefined;
  let isFrozen = false;
  at(killed.links, killedAt, () => {
    dying = killed.service.kill();
    return 'cut';
  });
  at(frozen.links, frozenAt, () => {
    isFrozen = true;
    frozen.service.pause();
    return 'hold';
  });
  await begin();
  await vi.waitFor(() => expect([dying !== undefined, isFrozen]).toEqual([true, true]), SOON);
  await dying;
  killed.links.heal();
  await killed.service.start();
}

/** What the frozen one had sent lands late; then it goes on as if nothing had been. */
async function thaw(): Promise<void> {
  const [, frozen] = both();
  frozen.links.heal();
  frozen.service.resume();
  await alerts.untilBoth();
}

type Told = { readonly fired: number; readonly ended: number };
const told = (): Told => ({
  fired: alerts.arrived('alert.firing'),
  ended: alerts.arrived('alert.resolved'),
});

/** A breach of every series, told under these faults, and its end, told in peace. @param begin leads to the step */
async function tellUnder(
  at: {
    readonly steps: () => readonly CrashPoint[];
    readonly index: number;
    readonly before: Told;
  },
  begin: () => Promise<unknown>,
): Promise<void> {
  await disturb(at.steps, at.index, begin);
  alerts.receiver.release();
  await alerts.untilTold('alert.firing', at.before.fired);
  await thaw();
  await alerts.hour(FINE);
  await alerts.untilTold('alert.resolved', at.before.ended);
}

/** A breach whose messages are under way: the receivers have them and do not answer. @returns what was told before */
async function tellAndHold(): Promise<Told> {
  const before = told();
  alerts.receiver.hold();
  await alerts.hour(LOW);
  // At most two at a time to one receiver: as many as each of the two processes has.
  await alerts.untilTold('alert.firing', before.fired);
  return before;
}

row(
  [81, 84],
  'one process killed and the other frozen at every step of telling: every message arrives, under one id each',
  { guard: 'ids of episodes and messages are made of the log alone', timeoutMs: 300_000 },
  async (notes) => {
    const { metric, receiver } = alerts;
    const steps = () => stepsOfTelling({ topic, metric: metric.id, receiver });
    for (const [index, { name }] of steps().entries()) {
      const startedMs = performance.now();
      await tellUnder({ steps, index, before: told() }, () => alerts.hour(LOW));
      notes[name] = Math.round(performance.now() - startedMs);
    }
    await expectAsReadOnce(alerts);
  },
);

row(
  84,
  'one process killed and the other frozen while both take partitions over, with messages under way',
  { guard: 'ids of episodes and messages are made of the log alone', timeoutMs: 180_000 },
  async (notes) => {
    const [killed] = both();
    for (const [index, { name }] of stepsOfTakingOver().entries()) {
      const startedMs = performance.now();
      const before = await tellAndHold();
      await killed.service.kill();
      // Its start makes the group meet: both load what they get. It dies on the way.
      const begin = () => killed.service.start().catch(() => undefined);
      await tellUnder({ steps: stepsOfTakingOver, index, before }, begin);
      notes[name] = Math.round(performance.now() - startedMs);
    }
    await expectAsReadOnce(alerts);
  },
);

row(
  [44, 84],
  'Redis emptied while alerts fire and messages are under way, one process killed and the other frozen at every step of the rebuilding',
  {
    guard: 'ids of episodes and messages are made of the log alone',
    timeoutMs: 240_000,
  },
  async (notes) => {
    const steps = () => stepsOfRecovery(topic);
    for (const [index, { name }] of steps().entries()) {
      const startedMs = performance.now();
      const before = await tellAndHold();
      await tellUnder({ steps, index, before }, async () => {
        await redis.command('FLUSHALL');
        await alerts.hour(LOW);
      });
      notes[name] = Math.round(performance.now() - startedMs);
    }
    await expectAsReadOnce(alerts);
  },
);

row(
  86,
  'what happened while no process ran is told when they are back: every transition once, in its order',
  { guard: 'reading goes on at the cursor that is stored with the state', timeoutMs: 120_000 },
  async (notes) => {
    const [first, second] = both();
    const before = told();
    const requests = alerts.receiver.received.length;
    await Promise.all([first.service.stop(), second.service.kill()]);
    for (const value of [LOW, FINE, LOW, FINE, LOW]) await alerts.hour(value);
    const startedMs = performance.now();
    await Promise.all([first.service.start(), second.service.start()]);
    const each = alerts.series.length * 2;
    await vi.waitFor(
      () =>
        expect([told().fired - before.fired, told().ended - before.ended]).toEqual([
          3 * each,
          2 * each,
        ]),
      SOON,
    );
    notes['told_after_ms'] = Math.round(performance.now() - startedMs);
    await alerts.untilBoth();
    await expectAsReadOnce(alerts);
    notes['requests'] = alerts.receiver.received.length - requests;
  },
);
