import type { Step } from './explore.ts';
import type { Add, Moves } from './moves.ts';
import { stepsOf } from './moves.ts';
import { contributionsOf } from './slot.ts';
import type { Command, Slot } from './slot.ts';
import type { Worker } from './worker.ts';
import type { Faults, Rules, World } from './world.ts';

const NAMES = ['A', 'B'] as const;

/** What may happen next in a state, faults included while some are left. */
export function openSteps(rules: Rules, moves: Moves): (world: World) => readonly Step<World>[] {
  return (world) =>
    stepsOf(world, (add) => {
      for (const which of [0, 1] as const) {
        const of: OneWorker = { rules, moves, world, which, add };
        reading(of);
        if (world.workers[which].command) answering(of, world.workers[which].command);
        faulting(of);
        if (rules.publishes) publishing(of);
      }
      landing(world, moves, add);
      losing(world, { rules, moves }, add);
    });
}

type OneWorker = {
  readonly rules: Rules;
  readonly moves: Moves;
  readonly world: World;
  readonly which: 0 | 1;
  readonly add: Add<World>;
};

const withWorker = ({ world, which }: OneWorker, worker: Worker): Pick<World, 'workers'> => ({
  workers: which === 0 ? [worker, world.workers[1]] : [world.workers[0], worker],
});

const spend = (world: World, moves: Moves, fault: keyof Faults): { left: Faults } | undefined => {
  const left = moves.spent(world.left, fault);
  return left && { left };
};

/** It opens the projection, finds that its place in the log is gone, or reads on and sends what it gathered. */
function reading(of: OneWorker): void {
  const { world, which, moves, add } = of;
  const worker = world.workers[which];
  const name = NAMES[which];
  if (worker.command) return;
  if (!worker.opened) {
    if (worker.owned.length === 0) return;
    const { slot: before, first } = world;
    const generation = before ? world.generations : world.generations + 1;
    const slot = before ? moves.noted(before, first) : moves.created(generation, first);
    add(() => `${name} opens ${before ? '' : 'a new generation '}at ${slot.next.join(',')}`, {
      slot,
      generations: generation,
      ...withWorker(of, moves.opened(worker, { slot, first })),
    });
    return;
  }
  const gone = moves.gone(worker, world.first);
  if (gone.length > 0)
    add(
      () => `${name} finds its place in the log gone`,
      withWorker(of, moves.findsGone(worker, gone)),
    );
  else
    for (const { to, worker: next, broken } of moves.flushes(worker))
      add(
        () => `${name} reads to ${to.join(',')} and sends ${textOf(next.command)}`,
        withWorker(of, next),
        broken,
      );
}

/** Its command arrives and is answered, arrives without an answer, or is given up. */
function answering(of: OneWorker, command: Command): void {
  const { world, which, moves, add } = of;
  const worker = world.workers[which];
  const name = NAMES[which];
  const applied = moves.applied(world.slot, command);
  const change = applied ? { slot: applied.slot } : {};
  add(
    () => `${name}: ${textOf(command)} ${verbOf(applied)}, and answered`,
    {
      ...change,
      ...withWorker(of, applied ? moves.answered(worker) : moves.gaveUp(worker)),
    },
    applied?.broken,
  );
  const unknown = spend(world, moves, 'unknown');
  if (!unknown) return;
  const gaveUp = withWorker(of, moves.gaveUp(worker));
  if (applied)
    add(
      () => `${name}: ${textOf(command)} is applied, its answer is lost`,
      { ...change, ...unknown, ...gaveUp },
      applied.broken,
    );
  letGo(of, `gives up on ${textOf(command)}`, { ...unknown, ...gaveUp });
}

/** It crashes, or is told to own other partitions. */
function faulting(of: OneWorker): void {
  const { world, which, moves } = of;
  const worker = world.workers[which];
  const crash = spend(world, moves, 'crash');
  if (crash && (worker.opened || worker.published))
    letGo(of, 'crashes', { ...crash, ...withWorker(of, moves.crashed(worker)) });
  const reassign = spend(world, moves, 'reassign');
  if (!reassign) return;
  for (const next of moves.reassigned(worker))
    letGo(of, `is given partitions ${next.owned.join(',') || 'none'}`, {
      ...reassign,
      ...withWorker(of, next),
    });
}

/** Its command, for which nobody waits now, is lost, or lands later. */
function letGo({ world, which, add }: OneWorker, what: string, change: Partial<World>): void {
  const { command } = world.workers[which];
  add(() => `${NAMES[which]} ${what}`, change);
  if (command)
    add(() => `${NAMES[which]} ${what}; ${textOf(command)} is still under way`, {
      ...change,
      strays: [...world.strays, command],
    });
}

/** It reads marked cells, publishes them, clears their marks. */
function publishing(of: OneWorker): void {
  const { world, which, moves, rules, add } = of;
  const worker = world.workers[which];
  const name = NAMES[which];
  const { published } = worker;
  if (!published) {
    if (!world.slot) return;
    const slot = moves.advanced(world.slot);
    if (slot.dirty > 0)
      add(() => `${name} reads changed cells, contributions ${sizes(slot, rules)}`, {
        slot,
        ...withWorker(of, moves.readsChanged(worker, slot)),
      });
  } else if (published.isSent)
    add(() => `${name} clears their marks`, {
      slot: moves.cleared(world.slot, published.view),
      ...withWorker(of, moves.done(worker)),
    });
  else
    add(() => `${name} publishes them`, {
      kept: moves.received(world.kept, published.view),
      ...withWorker(of, moves.sent(worker)),
    });
}

/** Commands under way arrive. */
function landing(world: World, moves: Moves, add: Add<World>): void {
  for (const [i, stray] of world.strays.entries()) {
    const applied = moves.applied(world.slot, stray);
    add(
      () => `${textOf(stray)} lands late and ${verbOf(applied)}`,
      {
        ...(applied ? { slot: applied.slot } : {}),
        strays: world.strays.filter((_, other) => other !== i),
      },
      applied?.broken,
    );
  }
}

/** Redis goes back or loses everything; the log loses its beginning. */
function losing(
  world: World,
  { rules, moves }: { rules: Rules; moves: Moves },
  add: Add<World>,
): void {
  const { slot, replica } = world;
  const { one } = rules.parts;
  const { startAfterLoss, startAfterRetention } = rules.scenario;
  const rollback = spend(world, moves, 'rollback');
  if (rollback && slot && !replica)
    add(() => `the replica follows no more, at ${slot.next.join(',')}`, { replica: { slot } });
  if (rollback && replica)
    add(() => 'the replica is promoted', { ...rollback, slot: replica.slot, replica: undefined });
  const loss = spend(world, moves, 'loss');
  if (loss && slot) {
    const lost = { ...loss, slot: undefined, replica: undefined };
    if (startAfterLoss === undefined) add(() => 'Redis loses everything', lost);
    else
      add(() => `Redis loses everything, and retention takes partition 0 up to ${startAfterLoss}`, {
        ...lost,
        first: one([startAfterLoss, 0]),
      });
  }
  const retention = spend(world, moves, 'retention');
  if (retention && startAfterRetention !== undefined)
    add(() => `retention takes partition 0 up to ${startAfterRetention}`, {
      ...retention,
      first: one([startAfterRetention, 0]),
    });
}

const verbOf = (applied: object | undefined): string => (applied ? 'is applied' : 'is refused');

const sizes = ({ counts }: Slot, { masks }: Rules): string =>
  masks.map((mask) => contributionsOf(counts, mask)).join(',');

const textOf = (command: Command | undefined): string =>
  `[${command?.spans.map(({ partition, from, to }) => `${partition}: ${from} → ${to}`).join(', ')}]`;
