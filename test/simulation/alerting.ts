import type { AlertRecord } from '../../services/kernel/alert.ts';
import type { Command } from '../../services/kernel/command.ts';
import type { QuietHours } from '../../services/kernel/definitions.ts';
import { TidemarkError } from '../../services/kernel/errors.ts';
import type { AlertStore, UpdateSource } from '../../services/alerting/ports.ts';
import type { Message } from '../../services/alerting/core/alert/episode.ts';
import { owedOf } from '../../services/alerting/core/alert/lifecycle.ts';
import type { Owed } from '../../services/alerting/core/alert/lifecycle.ts';
import { builtInsOf } from '../../services/alerting/core/plan/built-ins.ts';
import type { BuiltIns } from '../../services/alerting/core/plan/built-ins.ts';
import type { Reached } from '../../services/alerting/core/partition/recovery-point.ts';
import type { RulePlan } from '../../services/alerting/core/plan/plan.ts';
import { NO_LINKS } from '../../services/alerting/core/alert/message.ts';
import { createAlerting } from '../../services/alerting/service.ts';
import type { AlertingPorts } from '../../services/alerting/alerting-ports.ts';
import type { Alerting } from '../../services/alerting/service.ts';
import { aReceiver, aRule, plansOf, salesCatalog } from '../support/alerting.ts';
import { memoryAlertStore } from '../support/memory-alert-store.ts';
import { memoryCommandLog } from '../support/memory-command-log.ts';
import { anEventType } from '../support/metrics.ts';
import { catalogOf } from '../support/platform.ts';
import type { Definitions } from '../support/platform.ts';
import { alertTopic } from './alert-topic.ts';
import { UPDATE_PARTITIONS } from './broker.ts';
import { chance } from './chance.ts';
import type { Chance } from './chance.ts';
import { scheduleCommands } from './commands.ts';
import { createProcess } from './process.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

const PARTITIONS = Array.from({ length: UPDATE_PARTITIONS }, (_, partition) => partition);
const BATCH_MAX = 20;
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const DELIVERED = {
  status: 'delivered',
  attempts: 1,
  firstAttemptMs: 0,
  nextAttemptMs: 0,
  detail: '',
} as const;

type Told = { readonly alert: string; readonly episode: string; readonly message: Message };

/** Reading begins at the cursor, to know what was; nothing is said of what lies before `activeFrom`. */
type Begun = { readonly cursor: number; readonly activeFrom: number };

/** Alerting on top: one owner after the other, of whom the one before may go on as a zombie. */
export type SimulatedAlerting = {
  readonly plans: readonly RulePlan[];
  readonly builtIns: BuiltIns;
  readonly records: readonly AlertRecord[];
  /** The topic `commands`: offsets are places in it. */
  readonly commands: readonly Command[];
  /** Every delivery, those that came twice too. */
  readonly told: readonly Told[];
  /** Where alerting first began, by partition. */
  readonly begunAt: ReadonlyMap<number, Begun>;
  /** Where it read again after a loss. */
  readonly rebuilds: readonly (Begun & { readonly partition: number })[];
  readonly isLost: () => boolean;
  readonly current: () => Alerting | undefined;
  /** Whether all is read and all is delivered. */
  readonly isSettled: () => boolean;
  readonly stop: () => void;
};

export function startAlerting(world: World): SimulatedAlerting {
  const { scheduler, workload, broker, faults } = world;
  const draw = chance(world.seed, 'alerting');
  const { metric } = draw.pick(world.pairs);
  const isTotal = metric.breakdowns.some((breakdown) => breakdown.length === 0);
  const rule = aRule({
    metric: metric.id,
    by: isTotal ? [] : ['store'],
    window: { kind: 'grain', grain: metric.grains[0] ?? 'hour' },
    evaluate: draw.pick(['onClose', 'onUpdate']),
    when: draw.pick(['value > 60', 'value < 60', 'count > 2']),
    noData: draw.pick(['nodata', 'ok', 'keepLast', 'breach']),
    keepFiringMs: draw.pick([0, 60_000]),
    latenessMs: chance(world.seed, 'lateness of the rule').pick([0, metric.latenessMs]),
  });
  const graver = { ...rule, id: 'graver', severity: 'critical', when: 'count > 3' } as const;
  const idleTimeoutMs = draw.pick([0, 2_000, 10_000]);
  const catalog = catalogOf(
    escalating(
      {
        metrics: [metric],
        rules: [{ ...rule, severity: 'warning' }, ...(draw.below(2) === 0 ? [graver] : [])],
        eventTypes: idleTimeoutMs === 0 ? [] : [anEventType({ id: metric.event, idleTimeoutMs })],
        settings: { watchdog: { receiver: 'ops-hook', everyMs: 10_000 } },
      },
      quietFrom(workload.logNow(0), chance(world.seed, 'quiet hours')),
    ),
  );
  const plans = plansOf(catalog);
  const builtIns = builtInsOf(catalog);
  const store = memoryAlertStore();
  const said: Command[] = [];
  const commands = memoryCommandLog(said);
  const records: AlertRecord[] = [];
  const topic = alertTopic(world, draw, records);
  const told: Told[] = [];
  const committed = new Map<number, Reached>();
  const begunAt = new Map<number, Begun>();
  const rebuilds: (Begun & { partition: number })[] = [];
  const all: Alerting[] = [];
  let owners = 0;
  let isLost = false;
  let current: { alerting: Alerting; process: Process; positions: Map<number, number> } | undefined;

  const log = (partition: number) => broker.written.updates[partition] ?? [];
  const storeOf = (process: Process): AlertStore => {
    const linked =
      <A extends readonly unknown[], R>(step: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        await process.clock.sleep(draw.between(0.1, 2));
        if (faults.happens('redis_request_lost')) throw away();
        const answer = await step(...args);
        await process.clock.sleep(draw.between(0.1, 2));
        if (faults.happens('redis_reply_lost')) throw away();
        return answer;
      };
    return {
      claim: linked(store.claim),
      create: linked((partition, owner, start) => {
        // Until then it has said nothing, and may begin anew.
        if (!committed.has(partition)) begunAt.set(partition, start);
        else rebuilds.push({ partition, ...start });
        return store.create(partition, owner, start);
      }),
      commit: linked(async (partition, owner, commit) => {
        const isCommitted = await store.commit(partition, owner, commit);
        const checked = commit.changes.fields.get('a|');
        if (isCommitted && checked) topic.checked(partition, Number(checked));
        return isCommitted;
      }),
      documents: store.documents,
      document: store.document,
    };
  };
  const begin = (): void => {
    const process = createProcess(scheduler, `alerting ${all.length}`);
    const positions = new Map<number, number>();
    const busy = new Set<number>();
    let handlers: Parameters<UpdateSource['run']>[0] | undefined;
    const fetch = (partition: number): void => {
      const from = positions.get(partition);
      if (busy.has(partition) || from === undefined || from >= log(partition).length) return;
      busy.add(partition);
      scheduler.after(draw.between(0.5, 20), () =>
        process.deliver(() => void take(partition, from)),
      );
    };
    const take = async (partition: number, from: number): Promise<void> => {
      const list = log(partition).slice(from, from + 1 + draw.below(BATCH_MAX));
      const isTaken = await handlers?.onBatch({
        partition,
        fetchedOffset: from,
        nextOffset: from + list.length,
        records: list.map(({ appendMs }, i) => {
          return { offset: from + i, appendMs, key: null, value: placeOf(partition, from + i) };
        }),
      });
      busy.delete(partition);
      if (isTaken && positions.get(partition) === from)
        positions.set(partition, from + list.length);
      scheduler.after(1, () => process.deliver(() => fetch(partition)));
    };
    const alerting = createAlerting({
      store: storeOf(process),
      alerts: topic.logOf(process),
      commands,
      updates: {
        partitions: async () => UPDATE_PARTITIONS,
        bounds: (partition) =>
          broker.ask(process, () => ({ first: 0, end: log(partition).length })),
        offsetAt: (partition, timeMs) =>
          broker.ask(process, () => {
            const found = log(partition).findIndex(({ appendMs }) => appendMs >= timeMs);
            return found === -1 ? log(partition).length : found;
          }),
        timeAt: (partition, offset) => broker.ask(process, () => log(partition)[offset]?.appendMs),
        committed: (partition) => broker.ask(process, () => committed.get(partition)),
        writeClocks: async () => undefined,
        decode: async (value) => log(value.readUInt32BE(0))[value.readUInt32BE(4)]?.update,
      },
      history: { head: async () => undefined, cells: async () => undefined },
      source: {
        async run(next) {
          handlers = next;
          await process.clock.sleep(draw.between(1, 50));
          next.onAssigned(PARTITIONS);
        },
        seek(partition, offset) {
          positions.set(partition, offset);
          fetch(partition);
        },
        commit(all) {
          for (const { partition, ...reached } of all) committed.set(partition, reached);
        },
        stop: async () => {},
      },
      observer: {
        evaluated: () => undefined,
        attempted: () => undefined,
        reloaded: () => undefined,
        crashed: () => undefined,
      },
      outbox: outboxOf(process, draw, {
        tell: (one) => told.push(one),
        note: (place) => alerting.noteDelivery(place, DELIVERED),
      }),
      now: () => workload.logNow(scheduler.now()),
      pause: process.clock.sleep,
      newOwner: () => `owner ${owners++}`,
      links: NO_LINKS,
    });
    all.push(alerting);
    current = { alerting, process, positions };
    broker.onUpdates((partition) => process.deliver(() => fetch(partition)));
    void alerting.setPlans(plans, builtIns);
    void alerting.start();
  };

  // ---- owners follow each other, and their store is lost
  begin();
  for (let i = draw.below(3); i > 0; i--)
    scheduler.after(draw.between(0, workload.healMs), () => {
      const before = current?.process;
      scheduler.after(draw.between(0, 2_000), () => before?.kill());
      begin();
    });
  if (faults.has('redis_loss'))
    scheduler.after(draw.between(0, workload.healMs), () => {
      isLost = true;
      if (faults.has('compaction')) topic.compact();
      store.lose();
    });
  for (let i = faults.times('compaction'); i > 0; i--)
    scheduler.after(faults.chance('compaction').between(0, workload.healMs), topic.compact);
  scheduleCommands(world, said, () => current?.alerting.alerts() ?? []);
  // Alerting's own second.
  for (let atMs = 0; atMs <= workload.healedMs; atMs += SECOND_MS)
    scheduler.after(atMs, () => {
      const at = workload.logNow(scheduler.now());
      for (const partition of PARTITIONS)
        broker.append(partition, {
          kind: 'clock',
          watermark: at,
          at,
          // Whoever writes it may not have seen the last ones.
          commands: Math.max(0, said.length - draw.below(2)),
        });
    });

  return {
    plans,
    builtIns,
    records,
    commands: said,
    told,
    begunAt,
    rebuilds,
    isLost: () => isLost,
    current: () => current?.alerting,
    isSettled: () =>
      current !== undefined &&
      current.alerting.loading() === 0 &&
      PARTITIONS.every((one) => (current?.positions.get(one) ?? -1) >= log(one).length) &&
      [...current.alerting.alerts()].every((alert) => owedOf(alert).length === 0),
    stop() {
      for (const alerting of all) void alerting.stop();
    },
  };
}

const FOLLOWER = {
  id: 'follower',
  name: { en: 'Follower' },
  locale: 'en',
  timezone: 'UTC',
  receivers: ['follower-hook'],
};
const FOLLOWS = { who: 'person:follower', where: {}, severity: 'info' } as const;

/** Some minutes of the run, by the log's clock. */
function quietFrom(logMs: number, draw: Chance): QuietHours {
  const at = (minutes: number) => new Date(logMs + minutes * MINUTE_MS).toISOString().slice(11, 16);
  const from = draw.below(3);
  return { from: at(from), to: at(from + 1 + draw.below(2)) };
}

/**
 * Sales, with somebody above who is told when nobody has acknowledged for some seconds, and somebody who follows and has
 * quiet hours.
 */
function escalating(over: Definitions, quiet: QuietHours): Definitions {
  const { teams = [], ...sales } = salesCatalog(over);
  const chief = { id: 'chief', name: { en: 'Chief' }, members: [], timezone: 'UTC' };
  const entries = (over.metrics ?? []).map(({ id }) => ({
    metric: id,
    where: {},
    accountable: 'team:sales' as const,
    escalation: [{ afterMs: 3 * SECOND_MS, to: 'team:chief' as const }],
  }));
  return {
    ...sales,
    teams: [...teams, { ...chief, receivers: ['chief-hook'] }],
    receivers: ['ops-hook', 'chief-hook', 'follower-hook'].map((id) => aReceiver({ id })),
    responsibilities: [{ id: 'owners', entries }],
    people: [{ ...FOLLOWER, quietHours: [quiet] }],
    subscriptions: (over.metrics ?? []).map(({ id }) => ({ ...FOLLOWS, id, metric: id })),
  };
}

const away = (): Error => new TidemarkError('redis_unavailable', 'no answer');

/** Delivers what is offered, one after the other, perhaps more than once; forgets what it was told to forget. */
function outboxOf(
  process: Process,
  draw: Chance,
  to: {
    readonly tell: (told: Told) => void;
    readonly note: (place: {
      partition: number;
      alert: string;
      messageId: string;
    }) => Promise<void>;
  },
): AlertingPorts['outbox'] {
  type Job = { readonly partition: number; readonly alert: string; readonly owed: Owed };
  const held = new Map<string, Job>();
  const deliver = async (job: Job): Promise<void> => {
    const { partition, alert, owed } = job;
    const { message, episode } = owed;
    await process.clock.sleep(draw.between(1, 200));
    if (held.get(message.id) !== job) return;
    to.tell({ alert, episode: episode.id, message });
    await process.clock.sleep(draw.between(0, 50));
    await to.note({ partition, alert, messageId: message.id });
    if (held.get(message.id) === job) held.delete(message.id);
  };
  return {
    offer(partition, alert, owed) {
      const jobs = owed
        .filter(({ message }) => !held.has(message.id))
        .map((one): Job => ({ partition, alert, owed: one }));
      for (const job of jobs) held.set(job.owed.message.id, job);
      void jobs.reduce((before, job) => before.then(() => deliver(job)), Promise.resolve());
    },
    forget(partition) {
      for (const [id, job] of held) if (job.partition === partition) held.delete(id);
    },
  };
}

/** A record's value here is its place in the log. */
function placeOf(partition: number, offset: number): Buffer {
  const value = Buffer.alloc(8);
  value.writeUInt32BE(partition, 0);
  value.writeUInt32BE(offset, 4);
  return value;
}
