import { describe, expect, test } from 'vitest';
import type { Command, SilenceScope } from '../../../services/kernel/command.ts';
import { formatDecimal } from '../../../services/kernel/decimal.ts';
import type { MetricUpdate } from '../../../services/kernel/update.ts';
import { parseStored } from '../../../services/alerting/core/partition/restore.ts';
import type { Delivery } from '../../../services/alerting/core/sending/delivery.ts';
import { aRule, HOUR, plansOf, salesCatalog, T0 } from '../../support/alerting.ts';
import { memoryWorld } from '../../support/memory-alerting.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';
import type { Definitions } from '../../support/platform.ts';

const plans = (definitions: Definitions = salesCatalog()) => plansOf(catalogOf(definitions));
const tick = (hour: number, metric = 'net-sales'): MetricUpdate => {
  const watermark = T0 + hour * HOUR;
  return { kind: 'tick', metric, version: 'v1', watermark, cursors: [], at: watermark };
};
const hour = (number: number, value: number, metric = 'net-sales'): readonly MetricUpdate[] => {
  const start = T0 + number * HOUR;
  return [
    {
      kind: 'value',
      metric,
      version: 'v1',
      series: '[]',
      grain: 'hour',
      start,
      end: start + HOUR,
      accumulators: { contributions: 10, sum: value * 100 },
      value: formatDecimal(value * 100, 2),
      state: 'open',
      revision: 0,
      backfilled: false,
      watermark: start,
      cursors: [],
      at: start,
    },
    tick(number + 1, metric),
  ];
};
const DELIVERED: Delivery = {
  status: 'delivered',
  attempts: 1,
  firstAttemptMs: 1,
  nextAttemptMs: 1,
  detail: '204',
};

type World = ReturnType<typeof memoryWorld>;
/** A process that has read everything. */
async function running(
  world: World,
  definitions?: Definitions,
  over: Parameters<World['open']>[0] = {},
) {
  const process = world.open(over);
  await process.alerting.setPlans(plans(definitions));
  await process.alerting.start();
  await process.read();
  return process;
}
const kinds = (process: { owed: ReadonlyMap<string, { message: { kind: string } }> }) =>
  [...process.owed.values()].map(({ message }) => message.kind);
const transitions = (world: World) => world.alerts.map(({ transition }) => transition);

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

test('an open window that breaks its rule before the first tick of its metric is told', async () => {
  const world = memoryWorld();
  const rule = aRule({ evaluate: 'onUpdate', when: 'value > 1000' });
  const process = await running(world, salesCatalog({ rules: [rule] }));
  world.write(...hour(0, 1500).slice(0, 1));
  await process.read();
  expect(transitions(world)).toEqual(['firing']);
  await process.alerting.stop();
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

describe('commands', () => {
  const command = (over: Partial<Command> & Pick<Command, 'kind' | 'target'>): Command => ({
    id: `of-${over.kind}`,
    episode: null,
    by: 'person:li-wei',
    at: T0,
    until: null,
    text: null,
    assignee: null,
    link: null,
    silence: null,
    knownTo: null,
    ...over,
  });
  const scope: SilenceScope = {
    kind: 'silence',
    matchers: [{ name: 'rule', op: '=', value: 'net-sales-low' }],
    startsAt: T0,
    endsAt: T0 + 100 * HOUR,
  };
  const silence = command({ kind: 'silence', target: 'sil-1', silence: scope });

  test('what was told is on the topic, then on alerts, and counts once, whoever comes after', async () => {
    const world = memoryWorld();
    const first = await running(world);
    world.write(tick(0), ...hour(0, 500));
    await first.read();
    const target = world.alerts[0]?.id ?? '';
    const ack = command({ kind: 'acknowledge', target, until: T0 + 50 * HOUR });
    await first.alerting.tell(ack);
    await first.read();
    expect(transitions(world)).toEqual(['firing', 'acknowledged']);
    expect(world.alerts.at(-1)).toMatchObject({ acknowledgedBy: 'person:li-wei', command: 0 });
    await first.alerting.stop();
    // A restart, then a loss of the store: the log of commands is read again, and the document has this one.
    const second = await running(world);
    await second.alerting.stop();
    world.store.lose();
    const third = await running(world);
    expect(transitions(world)).toEqual(['firing', 'acknowledged']);
    const [alert] = [...third.alerting.alerts()];
    expect(alert?.episode?.overlay.ack).toMatchObject({ by: 'person:li-wei' });
    await third.alerting.stop();
  });

  test('the same command again changes nothing', async () => {
    const world = memoryWorld();
    const process = await running(world);
    world.write(tick(0), ...hour(0, 500));
    await process.read();
    const comment = command({ kind: 'comment', target: world.alerts[0]?.id ?? '', text: 'seen' });
    await process.alerting.tell(comment);
    await process.alerting.tell(comment);
    await process.read();
    expect(transitions(world)).toEqual(['firing', 'commented']);
    await process.alerting.stop();
  });

  test('a silence outlives the store: it is rebuilt from the topic before anything is judged', async () => {
    const world = memoryWorld();
    const first = await running(world);
    world.write(tick(0), ...hour(0, 5000));
    await first.read();
    await first.alerting.tell(silence);
    world.write(...hour(1, 500), ...hour(2, 5000));
    await first.read();
    expect(kinds(first)).toEqual([]);
    expect(transitions(world)).toEqual(['firing', 'silenced', 'resolved']);
    await first.alerting.stop();
    world.store.lose();
    const second = await running(world);
    world.write(...hour(3, 400));
    await second.read();
    expect(kinds(second)).toEqual([]);
    expect(transitions(world).slice(3)).toEqual(['firing', 'silenced']);
    await second.alerting.tell(command({ kind: 'unsilence', target: 'sil-1' }));
    await second.read();
    expect(kinds(second)).toEqual(['unmuted']);
    await second.alerting.stop();
  });

  test('a process that died before the commit is followed by one that applies the command alike', async () => {
    const world = memoryWorld();
    let isDying = false;
    const commit: typeof world.store.commit = (...args) =>
      isDying ? Promise.reject(new Error('gone')) : world.store.commit(...args);
    const first = await running(world, undefined, { store: { ...world.store, commit } });
    world.write(tick(0), ...hour(0, 500));
    await first.read();
    isDying = true;
    const close = command({ kind: 'close', target: world.alerts[0]?.id ?? '' });
    await first.alerting.tell(close);
    await first.stepAndLeave();
    await first.alerting.stop();
    expect(transitions(world)).toEqual(['firing', 'closed']);
    const second = await running(world);
    await second.read();
    // Read again, and written again under the number that it had.
    expect(transitions(world)).toEqual(['firing', 'closed', 'closed']);
    expect(world.alerts.map(({ sequence }) => sequence)).toEqual([1, 2, 2]);
    const [alert] = [...second.alerting.alerts()];
    expect(alert?.episode?.overlay.closed).toMatchObject({ by: 'person:li-wei' });
    await second.alerting.stop();
  });
});
