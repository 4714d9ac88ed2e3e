import { expect, test } from 'vitest';
import {
  followCommand,
  followingsAfter,
  RESTATE_AFTER_MS,
  unsubscribedOf,
} from '../../../services/alerting/core/people/unsubscribed.ts';
import type { CommandLog } from '../../../services/alerting/ports.ts';
import { createFollowingView, restateFollowings } from '../../../services/alerting/unsubscribed.ts';
import { formatDecimal } from '../../../services/kernel/decimal.ts';
import { DAY_MS } from '../../../services/kernel/time.ts';
import type { MetricUpdate } from '../../../services/kernel/update.ts';
import { aReceiver, HOUR, plansOf, salesCatalog, T0 } from '../../support/alerting.ts';
import { memoryWorld } from '../../support/memory-alerting.ts';
import { memoryCommandLog } from '../../support/memory-command-log.ts';
import { catalogOf } from '../../support/platform.ts';

const KEY = 'bo-follows person:bo';
const said = (kind: 'subscribe' | 'unsubscribe', atMs: number) =>
  followCommand(kind, {
    subscription: 'bo-follows',
    by: 'person:bo',
    id: `${kind} ${atMs}`,
    at: atMs,
  });

/** Whoever restates: what of the topic was read before, and the clock, are its own. */
function restater(commands: CommandLog) {
  const followings = createFollowingView(commands);
  let ids = 0;
  return (nowMs: number, kept: readonly string[] = []) =>
    restateFollowings(
      { commands, followings, now: () => nowMs, newId: () => `again-${ids++}` },
      new Set(kept),
    );
}
/** Who follows no more for a reader that begins now. */
const readAnew = async (commands: CommandLog): Promise<readonly string[]> => [
  ...unsubscribedOf((await createFollowingView(commands)()).followings),
];

test('what is old is restated once, and holds when the topic has forgotten who said it', async () => {
  const commands = memoryCommandLog();
  const restate = restater(commands);
  await commands.append(said('unsubscribe', T0));
  expect(await restate(T0 + RESTATE_AFTER_MS - 1)).toBe(0);
  expect(await restate(T0 + RESTATE_AFTER_MS)).toBe(1);
  expect(await restate(T0 + RESTATE_AFTER_MS)).toBe(0);
  commands.forget(1);
  expect(await readAnew(commands)).toEqual([KEY]);
  // For years: each restatement grows old in its turn, whoever reads.
  for (let month = 2; month < 30; month++) {
    expect(await restater(commands)(T0 + month * RESTATE_AFTER_MS)).toBe(1);
    commands.forget(month);
  }
  expect(await readAnew(commands)).toEqual([KEY]);
});

test('whoever follows again is not restated, and a restatement that was under way counts nothing against it', async () => {
  const commands = memoryCommandLog();
  const overtaken: CommandLog = {
    ...commands,
    async append(command) {
      await commands.append(said('subscribe', T0 + RESTATE_AFTER_MS));
      return commands.append(command);
    },
  };
  await commands.append(said('unsubscribe', T0));
  expect(await restater(overtaken)(T0 + RESTATE_AFTER_MS)).toBe(1);
  expect(await readAnew(commands)).toEqual([]);
  // Retention may one day part the two: what counts is said again, behind what does not.
  const next = restater(commands);
  expect(await next(T0 + RESTATE_AFTER_MS)).toBe(1);
  expect(await next(T0 + 2 * RESTATE_AFTER_MS)).toBe(0);
  for (const before of [1, 2, 3]) {
    commands.forget(before);
    expect(await readAnew(commands)).toEqual([]);
  }
});

test('what only alerting’s state knows is restated from there, unless somebody has said more since', async () => {
  const commands = memoryCommandLog();
  const restate = restater(commands);
  expect(await restate(T0, [KEY])).toBe(1);
  expect(await readAnew(commands)).toEqual([KEY]);
  await commands.append(said('subscribe', T0));
  expect(await restate(T0, [KEY])).toBe(0);
  expect(await readAnew(commands)).toEqual([]);
});

test('the last record says since when what counts was not said', async () => {
  const logged = [said('unsubscribe', T0), { ...said('unsubscribe', T0 + DAY_MS), knownTo: 1 }];
  const followings = followingsAfter(
    new Map(),
    logged.map((command, offset) => ({ offset, command })),
  );
  expect(followings.get(KEY)).toEqual({
    kind: 'unsubscribe',
    offset: 1,
    lastMs: T0 + DAY_MS,
    isLast: true,
  });
});

const definitions = salesCatalog({
  people: [
    {
      id: 'bo',
      name: { en: 'Bo' },
      locale: 'en',
      timezone: 'UTC',
      receivers: ['bo-hook'],
    },
  ],
  receivers: [aReceiver(), aReceiver({ id: 'bo-hook' })],
  subscriptions: [
    { id: 'bo-follows', who: 'person:bo', metric: 'net-sales', where: {}, severity: 'info' },
  ],
});
const tick = (hour: number): MetricUpdate => {
  const watermark = T0 + hour * HOUR;
  return {
    kind: 'tick',
    metric: 'net-sales',
    version: 'v1',
    watermark,
    cursors: [],
    at: watermark,
  };
};
const hour = (number: number, value: number): readonly MetricUpdate[] => {
  const start = T0 + number * HOUR;
  const of = { kind: 'value', metric: 'net-sales', version: 'v1', series: '[]' } as const;
  const cell = { grain: 'hour', start, end: start + HOUR } as const;
  const accumulators = { contributions: 10, sum: value * 100 };
  const state = { state: 'open', revision: 0, backfilled: false, cursors: [] } as const;
  const rest = { value: formatDecimal(value * 100, 2), watermark: start, at: start };
  return [{ ...of, ...cell, accumulators, ...state, ...rest }, tick(number + 1)];
};

test.each([
  ['unsubscribed', ['ops-hook']],
  ['came back', ['bo-hook', 'ops-hook']],
] as const)(
  'a rebuilding after retention honours who follows no more: one who %s',
  async (what, told) => {
    const world = memoryWorld();
    const running = async () => {
      const process = world.open();
      await process.alerting.setPlans(plansOf(catalogOf(definitions)));
      await process.alerting.start();
      await process.read();
      return process;
    };
    const first = await running();
    world.write(tick(0), ...hour(0, 5000));
    await first.alerting.tell(said('unsubscribe', T0));
    if (what === 'came back') await first.alerting.tell(said('subscribe', T0 + HOUR));
    await first.read();
    const kept = first.alerting.unsubscribed();
    expect([...(kept ?? [])]).toEqual(what === 'came back' ? [] : [KEY]);
    const end = await world.commands.end();
    await restater(world.commands)(T0 + 80 * DAY_MS, [...(kept ?? [])]);
    await first.alerting.stop();

    world.commands.forget(end);
    world.store.lose();
    const second = await running();
    world.write({
      kind: 'clock',
      watermark: T0,
      at: T0 + HOUR,
      commands: await world.commands.end(),
    });
    world.write(...hour(1, 400));
    await second.read();
    const receivers = [...second.owed.values()].map(({ message }) => message.receiver);
    expect(receivers.toSorted()).toEqual(told);
    await second.alerting.stop();
  },
);
