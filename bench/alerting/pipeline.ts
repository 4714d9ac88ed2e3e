import { readyUrls, startAlertPath } from '../support/alert-path.ts';
import type { Child } from '../support/child.ts';
import { nowMs } from '../support/clock.ts';
import { cpuMeter, memoryOf } from '../support/cpu.ts';
import { startProfile } from '../support/profiled.ts';
import type { ServiceTask } from '../support/service-child.ts';
import { distribution } from '../support/statistics.ts';
import type { Distribution } from '../support/statistics.ts';
import { makeTopic } from '../support/world.ts';
import type { World } from '../support/world.ts';
import { BREACH_FROM, metricId, storeOf } from './catalog.ts';
import type { AlertingScenario } from './catalog.ts';
import { toldOf } from './checker.ts';
import type { Told } from './checker.ts';
import { openHook } from './hook.ts';
import type { Hook } from './hook.ts';
import { watchVisible } from './visible.ts';
import { openSender, orderIn, TICK_MS } from './load.ts';
import type { Place, Sender } from './load.ts';

/** Milliseconds to the arrival of the message about a breach. */
export type AlertingRun = {
  readonly rules: number;
  readonly series: number;
  /** Of each metric: every one of its rules has so many. */
  readonly storesPerMetric: number;
  readonly eventsPerSecond: number;
  readonly seconds: number;
  /** From the 202 of the event that made it, and from when the value could be read in Redis. */
  readonly told: Distribution;
  readonly shown: Distribution;
  /** Share of one core that alerting took meanwhile. */
  readonly alertingPercent: number | undefined;
  readonly steady: Told;
  readonly storm: StormRun;
};
export type StormRun = Told & {
  /** From the first 202 until every message had arrived. */
  readonly seconds: number;
  /** Alerts of other people that begin while it rages. */
  readonly others: Distribution;
  readonly missedOthers: number;
  /** CPU of alerting per breach, until all is told. */
  readonly alertingMicros: number | undefined;
  readonly memoryMebibytes: number | undefined;
  /** Until the ends of all were told. */
  readonly endedSeconds: number;
};

type Size = {
  readonly metrics: number;
  readonly rulesPerMetric: number;
  readonly stores: number;
  readonly eventsPerTick: number;
};
/**
 * 1,000 rules over 10,000 series, ten on each, and some more, so that 10,000 are left to breach in the storm; a quick run has
 * a tenth of the series and of the events.
 */
const WHOLE: Size = { metrics: 100, rulesPerMetric: 10, stores: 103, eventsPerTick: 50 };
const QUICK: Size = { metrics: 20, rulesPerMetric: 10, stores: 50, eventsPerTick: 5 };
const WARM_UP_SECONDS = 6;
const BREACH_EVERY_TICKS = 20;
/** Breaches of different metrics: enough that each partition of the updates has some. */
const PROBES = 40;
const ACQUAINTED_WITHIN_MS = 60_000;
const GRACE_MS = 15_000;
const STORM_WITHIN_MS = 90_000;
const OTHER_EVERY_MS = 250;
const LOOK_EVERY_MS = 50;
/** Kept for those who are told of other things during the storm: the first metric is another team's. */
const OTHER_METRIC = 0;

const placesOf = ({ metrics, stores }: Size): readonly Place[] =>
  Array.from({ length: metrics * stores }, (_, i) => ({
    metric: i % metrics,
    store: Math.floor(i / metrics),
  }));
const nameOf = ({ metric, store }: Place): string => `${metricId(metric)} ${storeOf(store)}`;

/** A breach, and when its event had its 202. */
type Breaches = Map<string, number>;

type Stage = {
  readonly world: World;
  readonly size: Size;
  readonly places: readonly Place[];
  readonly sender: Sender;
  readonly hook: Hook;
  readonly others: Hook;
  readonly alerting: Child;
  readonly scenario: AlertingScenario;
  readonly prefix: string;
};

export async function benchAlerting(world: World, run: number): Promise<AlertingRun> {
  const prefix = `bench-alerting-${run}.`;
  await world.redis.flushdb();
  await makeTopic(world, prefix);
  const size = world.isQuick ? QUICK : WHOLE;
  const [hook, others] = await Promise.all([openHook(), openHook()]);
  const scenario: AlertingScenario = {
    metrics: size.metrics,
    rulesPerMetric: size.rulesPerMetric,
    webhookUrl: hook.url,
    otherUrl: others.url,
  };
  const catalog: ServiceTask['catalog'] = { kind: 'alerting', ...scenario };
  const children = startAlertPath(world, { prefix, name: 'alerting', catalog });
  let sender: Sender | undefined;
  try {
    const [url = ''] = await readyUrls(children);
    sender = await openSender(url);
    const alerting = children[2] as Child;
    const places = placesOf(size);
    const stage = { world, size, places, sender, hook, others, alerting, scenario, prefix };
    const steady = await steadyLoad(stage);
    const storm = await storming(stage, steady.breached);
    const figures = { ...steady.figures, storm };
    world.note(
      `alerting, ${figures.rules} rules over ${figures.series} series at ${figures.eventsPerSecond} events/s: 202 to webhook p50 ${figures.told.p50} p99 ${figures.told.p99} ms, from Redis p50 ${figures.shown.p50} p99 ${figures.shown.p99} ms, ${figures.alertingPercent?.toFixed(0)} % of a core, ${figures.steady.missed} missed, ${figures.steady.doubled} doubled`,
    );
    world.note(
      `storm of ${storm.breaches}: all told in ${storm.seconds.toFixed(1)} s, others p99 ${storm.others.p99} ms, ${storm.alertingMicros?.toFixed(0)} µs each, ${storm.memoryMebibytes?.toFixed(0)} MiB, ${storm.missed} missed, ${storm.doubled} doubled, ${storm.unended} without their end, which took ${storm.endedSeconds.toFixed(1)} s`,
    );
    return figures;
  } finally {
    sender?.close();
    await Promise.all(children.map((child) => child.stop()));
    hook.close();
    others.close();
  }
}

/** Alerting has seen every series once, and is done with them. @returns the breaches that showed it: some of each partition */
async function acquaint({ size, places, sender, hook }: Stage): Promise<Breaches> {
  const breaches: Breaches = new Map();
  sender.send(places.map((place) => orderIn(place, 100)));
  await sender.drained();
  for (let probe = 0; probe < PROBES; probe++) breach(sender, placeFor(size, probe), breaches);
  await sender.drained();
  await untilTold(hook, breaches, ACQUAINTED_WITHIN_MS);
  return breaches;
}

/** Every series in its turn, ten of thousands of times; each fifth of a second one of them breaches. */
async function steadyLoad(stage: Stage): Promise<{
  readonly figures: Omit<AlertingRun, 'storm'>;
  readonly breached: ReadonlySet<string>;
}> {
  const { world, size, places, sender, hook, alerting, prefix } = stage;
  const seconds = world.isQuick ? 5 : 20;
  const probes = await acquaint(stage);
  const breaches: Breaches = new Map();
  const warmUpTicks = (WARM_UP_SECONDS * 1000) / TICK_MS;
  const ticks = warmUpTicks + (seconds * 1000) / TICK_MS;
  let [next, asked] = [0, PROBES];
  let meter = cpuMeter({ alerting: alerting.pid });
  const endProfile = startProfile(world, alerting, 'alerting');
  const visible = watchVisible(world, prefix);
  const startedMs = nowMs();
  for (let tick = 0; tick < ticks; tick++) {
    await sleep(Math.max(0, startedMs + tick * TICK_MS - nowMs()));
    if (tick === warmUpTicks) meter = cpuMeter({ alerting: alerting.pid });
    sender.send(
      Array.from({ length: size.eventsPerTick }, () =>
        orderIn(places[next++ % places.length] as Place, 100 + (next % 400) * 100),
      ),
    );
    if (tick < warmUpTicks || tick % BREACH_EVERY_TICKS !== 0) continue;
    const place = placeFor(size, asked++);
    visible.add(nameOf(place), place);
    breach(sender, place, breaches);
  }
  await sender.drained();
  const cpu = meter();
  await endProfile((seconds * 1000 * size.eventsPerTick) / TICK_MS);
  await untilTold(hook, breaches, GRACE_MS);
  await visible.end();
  return {
    breached: new Set([...probes.keys(), ...breaches.keys()]),
    figures: {
      rules: size.metrics * size.rulesPerMetric,
      series: places.length,
      storesPerMetric: size.stores,
      eventsPerSecond: (size.eventsPerTick * 1000) / TICK_MS,
      seconds,
      told: latencies(hook, breaches),
      shown: latencies(hook, visible.seenAt),
      alertingPercent: cpu.alerting === undefined ? undefined : cpu.alerting / (seconds * 10),
      steady: toldOf([...probes.keys(), ...breaches.keys()], hook.messages.values(), false),
    },
  };
}

/** Spread over metrics, and never the other team's. */
const placeFor = ({ metrics }: Size, breach: number): Place => ({
  metric: 1 + (breach % (metrics - 1)),
  store: Math.floor(breach / (metrics - 1)),
});

function breach(sender: Sender, place: Place, into: Breaches): void {
  sender.send([orderIn(place, BREACH_FROM * 100)], (atMs) => into.set(nameOf(place), atMs));
}

/** All that has not breached yet does, at once; meanwhile another team's alerts begin one by one. */
async function storming(
  { world, size, places, sender, hook, others, alerting, scenario }: Stage,
  breached: ReadonlySet<string>,
): Promise<StormRun> {
  const breaches: Breaches = new Map();
  const othersBreaches: Breaches = new Map();
  const struck = places.filter(
    (place) => place.metric !== OTHER_METRIC && !breached.has(nameOf(place)),
  );
  const meter = cpuMeter({ alerting: alerting.pid });
  const endProfile = startProfile(world, alerting, 'alerting-storm');
  for (const place of struck) breach(sender, place, breaches);
  const until202 = sender.drained();
  let store = 0;
  const timer = setInterval(() => {
    if (store < size.stores)
      breach(sender, { metric: OTHER_METRIC, store: store++ }, othersBreaches);
  }, OTHER_EVERY_MS);
  try {
    await until202;
    await untilTold(hook, breaches, STORM_WITHIN_MS);
  } finally {
    clearInterval(timer);
  }
  await sender.drained();
  const cpu = meter();
  await endProfile(breaches.size);
  await untilTold(others, othersBreaches, GRACE_MS);
  const firstMs = Math.min(...breaches.values());
  const arrivals = [...hook.messages.values()].map(({ atMs }) => atMs);
  const seconds = (Math.max(...arrivals) - firstMs) / 1000;
  const memoryMebibytes = memoryOf(alerting.pid);
  const endedSeconds = await endAll({ hook, others, alerting, scenario });
  const all = [...breached, ...breaches.keys()];
  const told = toldOf(all, hook.messages.values(), true);
  const toldOthers = toldOf(othersBreaches.keys(), others.messages.values(), true);
  return {
    ...told,
    breaches: breaches.size,
    doubled: told.doubled + toldOthers.doubled,
    unended: told.unended + toldOthers.unended,
    seconds,
    others: latencies(others, othersBreaches),
    missedOthers: toldOthers.missed,
    alertingMicros: cpu.alerting === undefined ? undefined : (cpu.alerting * 1000) / breaches.size,
    memoryMebibytes,
    endedSeconds,
  };
}

/** The rules are withdrawn: everybody who was told of a beginning is owed its end. */
async function endAll({
  hook,
  others,
  alerting,
  scenario,
}: Pick<Stage, 'hook' | 'others' | 'alerting' | 'scenario'>): Promise<number> {
  const startedMs = nowMs();
  const catalog: ServiceTask['catalog'] = { kind: 'alerting', ...scenario, rulesPerMetric: 0 };
  alerting.send({ kind: 'catalog', catalog });
  const count = (of: Hook, type: string): number =>
    [...of.messages.values()].filter((message) => message.type === type).length;
  const isOver = (of: Hook): boolean => count(of, 'alert.resolved') >= count(of, 'alert.firing');
  await waitFor(() => isOver(hook) && isOver(others), STORM_WITHIN_MS);
  return (nowMs() - startedMs) / 1000;
}

const arrivedAt = ({ messages }: Hook): ReadonlyMap<string, number> =>
  new Map(
    [...messages.values()]
      .filter(({ type }) => type === 'alert.firing')
      .map(({ series, atMs }) => [series, atMs]),
  );

function latencies(hook: Hook, breaches: ReadonlyMap<string, number>): Distribution {
  const arrived = arrivedAt(hook);
  return distribution(
    [...breaches].flatMap(([name, fromMs]) => {
      const atMs = arrived.get(name);
      return atMs === undefined ? [] : [Math.max(0, atMs - fromMs)];
    }),
  );
}

/** Ends without complaint when it takes too long: the checker counts what is missing. */
async function untilTold(hook: Hook, breaches: Breaches, withinMs: number): Promise<void> {
  await waitFor(() => {
    const arrived = arrivedAt(hook);
    return [...breaches.keys()].every((name) => arrived.has(name));
  }, withinMs);
}

async function waitFor(isSo: () => boolean, withinMs: number): Promise<void> {
  const deadlineMs = nowMs() + withinMs;
  while (!isSo() && nowMs() < deadlineMs) await sleep(LOOK_EVERY_MS);
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
