import { expect, test } from 'vitest';
import { aRule, HOUR, salesCatalog, T0 } from '../../../support/alerting.ts';
import { hour, plans, running, tick, transitions } from '../../../support/alerting-process.ts';
import { memoryWorld } from '../../../support/memory-alerting.ts';
import { aMetric } from '../../../support/metrics.ts';

test('the first start pages nobody for the past; what is red now fires once', async () => {
  const world = memoryWorld();
  world.write(tick(0), ...hour(0, 500), ...hour(1, 2000), ...hour(2, 500));
  const process = await running(world);
  expect(world.alerts).toEqual([]);
  world.write(tick(3.1));
  await process.read();
  expect(transitions(world)).toEqual(['firing']);
  expect(world.alerts[0]?.window?.start).toBe(T0 + 2 * HOUR);
  await process.alerting.stop();
});

test('a rule on cells that were not kept reads the log again, and acts from then on', async () => {
  const world = memoryWorld();
  const metrics = [aMetric({ timezone: 'UTC' }), aMetric({ id: 'returns', timezone: 'UTC' })];
  const first = salesCatalog({ metrics });
  const both = salesCatalog({
    metrics,
    rules: [aRule(), aRule({ id: 'returns-low', metric: 'returns', when: 'value < previous' })],
  });
  const process = await running(world, first);
  world.write(
    tick(0),
    tick(0, 'returns'),
    ...hour(0, 2000),
    ...hour(0, 900, 'returns'),
    ...hour(1, 2000),
    ...hour(1, 300, 'returns'),
  );
  await process.read();
  await process.alerting.setPlans(plans(both));
  await process.read();
  expect(world.alerts).toEqual([]);
  world.write(tick(2.1, 'returns'));
  await process.read();
  expect(
    world.alerts.map(({ rule, transition, value, previous }) => [
      rule,
      transition,
      value,
      previous,
    ]),
  ).toEqual([['returns-low', 'firing', '300.00', '900.00']]);
  await process.alerting.stop();
});

test('what was on its way while a new rule reads the log again is no loss; a log that begins later is one', async () => {
  const world = memoryWorld();
  const metrics = [aMetric({ timezone: 'UTC' }), aMetric({ id: 'returns', timezone: 'UTC' })];
  const reasons: unknown[] = [];
  const process = world.open({
    observer: {
      evaluated: () => undefined,
      attempted: () => undefined,
      reloaded: (_partition, reason) => reasons.push(reason),
      crashed: () => undefined,
    },
  });
  await process.alerting.setPlans(plans(salesCatalog({ metrics })));
  await process.alerting.start();
  world.write(tick(0), tick(0, 'returns'), ...hour(0, 2000), ...hour(0, 900, 'returns'));
  await process.read();
  const rules = [aRule(), aRule({ id: 'returns-low', metric: 'returns' })];
  await process.alerting.setPlans(plans(salesCatalog({ metrics, rules })));
  expect(await process.handOver(6)).toBe(false);
  expect(reasons).toEqual(['assigned']);
  await process.read();
  world.write(tick(1.1));
  world.forget(7);
  expect(await process.handOver(7)).toBe(false);
  expect(reasons.slice(1)).toEqual([new Error('the log begins after the cursor')]);
  await process.alerting.stop();
});

test('an open window that breaks its rule before the first tick of its metric is told', async () => {
  const world = memoryWorld();
  const rule = aRule({ evaluate: 'onUpdate', when: 'value > 1000' });
  const process = await running(world, salesCatalog({ rules: [rule] }));
  world.write(...hour(0, 1500).slice(0, 1));
  await process.read();
  expect(transitions(world)).toEqual(['firing']);
  await process.alerting.stop();
});
