import { HOUR_MS, SECOND_MS } from '../../services/kernel/time.ts';
import type { FaultKind } from './faults.ts';
import { startWorker } from './workers.ts';
import type { SimulatedWorker } from './workers.ts';
import type { Step } from './workload.ts';
import type { World } from './world.ts';

/** Below this distance in the log's time, what retention takes would still say something about what it leaves. */
const APART_MS = 60 * SECOND_MS;

/** Plans everything that comes at a moment rather than with a call. @returns how to end all of it, so that the world heals */
export function planMischief(world: World): () => void {
  const { scheduler, faults, workload, redis, broker, group, workers, say } = world;
  const endings: (() => void)[] = [];

  const plan = (kind: FaultKind, strike: (lengthMs: (most: number) => number) => void): void => {
    const draw = faults.chance(kind);
    for (let i = faults.times(kind); i > 0; i--)
      // Sooner rather than later: what follows a fault is what tells whether it did harm.
      scheduler.after(draw.between(0, draw.between(0.2, 1) * workload.endMs), () => {
        say(kind);
        strike((most) => draw.between(most / 50, most));
      });
  };
  const away =
    (server: { readonly setAway: (isAway: boolean) => void }) =>
    (lengthMs: (most: number) => number): void => {
      server.setAway(true);
      scheduler.after(lengthMs(3_000), () => server.setAway(false));
    };
  const anyWorker = (kind: FaultKind): SimulatedWorker | undefined => {
    const running = workers.filter(({ process }) => process.isRunning());
    return running.length > 0 ? faults.chance(kind).pick(running) : undefined;
  };

  plan('redis_outage', away(redis));
  plan('broker_outage', away(broker));
  plan('slot_outage', (lengthMs) => {
    const metric = faults.chance('slot_outage').pick([...world.catalog().metrics.keys()]);
    redis.setSlotAway(metric, true);
    const end = (): void => redis.setSlotAway(metric, false);
    endings.push(end);
    scheduler.after(10 * SECOND_MS + lengthMs(10_000), end);
  });
  plan('redis_loss', () => redis.lose());
  plan('redis_rollback', (lengthMs) => {
    redis.replicate();
    scheduler.after(lengthMs(3_000), redis.promote);
  });
  if (faults.has('redis_stale_read'))
    for (let atMs = 0; atMs < workload.endMs; atMs += 700) scheduler.after(atMs, redis.replicate);
  plan('rebalance', () => group.rebalance());
  plan('consumer_crash', () => {
    const worker = anyWorker('consumer_crash');
    if (worker) group.crash(worker.process);
  });
  plan('consumer_hang', () => {
    const worker = anyWorker('consumer_hang');
    if (worker) group.hang(worker.process);
  });
  plan('crash', (lengthMs) => {
    const worker = anyWorker('crash');
    if (!worker) return;
    const { name, kill } = worker.process;
    kill();
    workers.splice(workers.indexOf(worker), 1);
    scheduler.after(lengthMs(1_500), () => group.expel(worker.process));
    scheduler.after(lengthMs(3_000), () =>
      workers.push(startWorker(world, `${name}'`, world.catalog())),
    );
  });
  plan('pause', (lengthMs) => {
    const worker = anyWorker('pause');
    if (!worker) return;
    worker.process.pause();
    scheduler.after(lengthMs(1_000), () => group.expel(worker.process));
    scheduler.after(lengthMs(6_000), worker.process.resume);
    endings.push(worker.process.resume);
  });
  plan('clock_jump', (lengthMs) => {
    const leapMs = Math.floor(lengthMs(2 * HOUR_MS));
    anyWorker('clock_jump')?.leap(faults.chance('clock_jump').is(0.5) ? leapMs : -leapMs);
  });
  plan('retention', () => retain(world));
  plan('recreate', () => {
    world.topic.recreate();
    // Whoever fetches from a topic that is not there hears of it, and joins anew.
    for (const { process } of workers)
      scheduler.after(0, () => process.deliver(() => group.crash(process)));
  });

  return () => {
    faults.heal();
    redis.setAway(false);
    broker.setAway(false);
    for (const end of endings) end();
  };
}

/** Retention moves the start of each partition to a record from which on all can be judged without what lay before. */
function retain({ topic, faults, workload, scheduler, say }: World): void {
  const draw = faults.chance('retention');
  for (let partition = 0; partition < topic.count; partition++) {
    const records = topic.history().filter((record) => record.partition === partition);
    const coming = workload.steps.filter(
      (step) =>
        step.kind === 'record' && step.partition === partition && step.atMs > scheduler.now(),
    );
    const starts = records.filter(({ appendMs }, i) => {
      const before = records[i - 1];
      if (!before || appendMs - before.appendMs < APART_MS) return false;
      const taken = new Set(records.slice(0, i).flatMap(({ content }) => idsOf(content)));
      const left = [...records.slice(i), ...(coming as Extract<Step, { kind: 'record' }>[])];
      return !left.some(({ content }) => idsOf(content).some((id) => taken.has(id)));
    });
    if (starts.length === 0) continue;
    const { offset } = draw.pick(starts);
    say(`retention takes ${partition} up to ${offset}`);
    topic.truncate(partition, offset);
  }
}

const idsOf = (content: Extract<Step, { kind: 'record' }>['content']): readonly string[] =>
  content.kind === 'event' ? [`${content.event.source} ${content.event.id}`] : [];
