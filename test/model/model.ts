import { supersedes } from '../../services/kernel/update.ts';
import { WINDOW_STATES } from '../../services/kernel/window.ts';
import type { WindowState } from '../../services/kernel/window.ts';
import type { Model, Step } from './explore.ts';
import type { Guards } from './guards.ts';
import { PARTITIONS, writeLog } from './log.ts';
import type { Log, Written } from './log.ts';
import {
  advance,
  apply,
  clear,
  contributionsOf,
  create,
  noteLoss,
  stateIn,
  watermarkOf,
} from './slot.ts';
import type { Command, Slot, View } from './slot.ts';
import { gather, idle, open, recount } from './worker.ts';
import type { Opened, Worker } from './worker.ts';

/** How often each fault may strike, and all of them together. */
export type Faults = {
  readonly total: number;
  readonly crash: number;
  /** A worker is told to own other partitions; the other one may go on believing that it owns them: a zombie. */
  readonly reassign: number;
  /** The sender gives up on a command: its answer was lost, or it did not arrive, and may yet land. */
  readonly unknown: number;
  readonly rollback: number;
  readonly loss: number;
  /** The log of partition 0 begins later, whether or not what it loses was counted. */
  readonly retention: number;
};
export type Scenario = {
  readonly name: string;
  readonly partitions: readonly [readonly Written[], readonly Written[]];
  readonly faults: Faults;
  readonly publishes: boolean;
  /** Where batches of each partition end: reading stops there, and a flush may begin. */
  readonly batches: readonly [readonly number[], readonly number[]];
  /** Where the log of partition 0 begins after the loss, when retention took its beginning in between. */
  readonly startAfterLoss?: number;
  /** … and after retention alone. */
  readonly startAfterRetention?: number;
};

/** What a consumer of `metric-updates` keeps of a cell. */
type Kept = { readonly counts: number; readonly state: WindowState; readonly revision: number };
type World = {
  readonly slot: Slot | undefined;
  /** What a replica that stopped following holds. */
  readonly replica: { readonly slot: Slot | undefined } | undefined;
  readonly kept: readonly (Kept | undefined)[];
  /** Commands whose sender waits no more; each may land at any time, or never. */
  readonly strays: readonly Command[];
  readonly workers: readonly [Worker, Worker];
  readonly left: Faults;
  readonly generations: number;
  readonly first: readonly number[];
};

const OWNERSHIPS = [[], [0], [1], [0, 1]] as const;
const NAMES = ['A', 'B'] as const;

export function pipeline(scenario: Scenario, guards: Guards): Model<World> {
  const log = writeLog(scenario.partitions, guards);
  const truth = writeLog(scenario.partitions, {
    identity: 'source and id',
    indexFromHorizon: true,
  });
  const rules = { log, truth, guards, publishes: scenario.publishes };
  const cells = log.cells.length;
  const masks = log.cells.map((_, cell) => maskOf(truth, cell));
  const start = PARTITIONS.map(() => 0);

  // ---- keys: parts are numbered once, so that a state's key is short

  const numbers = new Map<string, number>();
  const known = new WeakMap<object, number>();
  const idOf = (part: object | undefined): number => {
    if (!part) return 0;
    const cached = known.get(part);
    if (cached !== undefined) return cached;
    return remember(part, JSON.stringify(part));
  };
  const remember = (part: object, text: string): number => {
    const id = numbers.get(text) ?? numbers.size + 1;
    numbers.set(text, id);
    known.set(part, id);
    return id;
  };
  const idOfWorker = (worker: Worker): number => {
    const { owned, judges, opened, command, published } = worker;
    return (
      known.get(worker) ??
      remember(worker, [owned, judges, opened, command, published].map(idOf).join('.'))
    );
  };

  const keyOf = (world: World): string => {
    // Workers are alike, and so are commands under way: which is which makes no difference.
    const [a, b] = world.workers.map(idOfWorker).sort((x, y) => x - y);
    const strays = world.strays.map(idOf).sort((x, y) => x - y);
    const replica = world.replica ? idOf(world.replica) : 0;
    return `${idOf(world.slot)},${replica},${idOf(world.kept)},${a},${b},${idOf(world.left)},${world.generations},${idOf(world.first)},${strays.join(';')}`;
  };

  // ---- what may happen

  const steps = (world: World): readonly Step<World>[] => {
    const found: Step<World>[] = [];
    const add = (label: () => string, change: Partial<World>, broken?: string): void =>
      void found.push({ label, state: { ...world, ...change }, broken });
    const spend = (fault: keyof Faults): { left: Faults } | undefined =>
      world.left.total > 0 && world.left[fault] > 0
        ? {
            left: {
              ...world.left,
              total: world.left.total - 1,
              [fault]: world.left[fault] - 1,
            },
          }
        : undefined;
    const withWorker = (which: number, worker: Worker): Pick<World, 'workers'> => ({
      workers: which === 0 ? [worker, world.workers[1]] : [world.workers[0], worker],
    });
    /** A command that nobody waits for is lost, or lands later. */
    const letGo = (
      label: string,
      { command, change }: { command: Command | undefined; change: Partial<World> },
    ): void => {
      add(() => label, change);
      if (command)
        add(() => `${label}; ${textOf(command)} is still under way`, {
          ...change,
          strays: [...world.strays, command],
        });
    };

    for (const [which, worker] of world.workers.entries()) {
      const name = NAMES[which];
      const { opened, command, published } = worker;
      if (!opened && worker.owned.length > 0 && !command) {
        const slot = world.slot
          ? noteLoss(world.slot, world.first)
          : create(world.generations + 1, world.first, cells);
        const change = world.slot ? { slot } : { slot, generations: world.generations + 1 };
        add(
          () => `${name} opens ${world.slot ? '' : 'a new generation '}at ${slot.next.join(',')}`,
          {
            ...change,
            ...withWorker(which, open(worker, { slot, start: world.first }, rules)),
          },
        );
      }
      const gone = worker.owned.filter(
        (p) => opened && (opened.next[p] as number) < (world.first[p] as number),
      );
      if (gone.length > 0 && !command)
        add(() => `${name} finds its place in the log gone`, {
          ...withWorker(which, {
            ...worker,
            judges: worker.judges.map((judge, p) => (gone.includes(p) ? undefined : judge)),
            opened: undefined,
          }),
        });
      if (opened && !command && gone.length === 0)
        for (const to of targets(opened, worker.owned, scenario.batches)) {
          const gathered = gather({ ...worker, opened }, to, rules);
          add(
            () => `${name} reads to ${to.join(',')} and sends ${textOf(gathered.worker.command)}`,
            withWorker(which, gathered.worker),
            gathered.broken,
          );
        }
      if (command) {
        const applied = apply(world.slot, command, rules);
        const verb = applied ? 'is applied' : 'is refused';
        const change = applied ? { slot: applied.slot } : {};
        add(
          () => `${name}: ${textOf(command)} ${verb}, and answered`,
          {
            ...change,
            ...withWorker(which, {
              ...worker,
              command: undefined,
              opened: applied ? opened : undefined,
            }),
          },
          applied?.broken,
        );
        const unknown = spend('unknown');
        const gaveUp = withWorker(which, { ...worker, command: undefined, opened: undefined });
        if (unknown && applied)
          add(
            () => `${name}: ${textOf(command)} is applied, its answer is lost`,
            { ...change, ...unknown, ...gaveUp },
            applied.broken,
          );
        if (unknown)
          letGo(`${name} gives up on ${textOf(command)}`, {
            command,
            change: { ...unknown, ...gaveUp },
          });
      }
      const crash = spend('crash');
      if (crash && (opened || published))
        letGo(`${name} crashes`, {
          command,
          change: { ...crash, ...withWorker(which, idle(worker.owned)) },
        });
      const reassign = spend('reassign');
      if (reassign)
        for (const owned of OWNERSHIPS) {
          if (owned.join() === worker.owned.join()) continue;
          const judges = worker.judges.map((judge, p) =>
            (owned as readonly number[]).includes(p) ? judge : undefined,
          );
          const now = { ...worker, owned, judges, opened: undefined, command: undefined };
          letGo(`${name} is given partitions ${owned.join(',') || 'none'}`, {
            command,
            change: { ...reassign, ...withWorker(which, now) },
          });
        }
      if (!scenario.publishes) continue;
      if (!published && world.slot) {
        const slot = advance(world.slot, { log, masks, guards });
        if (slot.dirty > 0)
          add(() => `${name} reads changed cells, contributions ${sizes(slot)}`, {
            slot,
            ...withWorker(which, { ...worker, published: { view: viewOf(slot), isSent: false } }),
          });
      }
      if (published && !published.isSent)
        add(() => `${name} publishes them`, {
          kept: receive(world.kept, published.view),
          ...withWorker(which, { ...worker, published: { ...published, isSent: true } }),
        });
      if (published?.isSent)
        add(() => `${name} clears their marks`, {
          slot: clear(world.slot, published.view, { masks, guards }),
          ...withWorker(which, { ...worker, published: undefined }),
        });
    }

    for (const [i, stray] of world.strays.entries()) {
      const applied = apply(world.slot, stray, rules);
      add(
        () => `${textOf(stray)} lands late and ${applied ? 'is applied' : 'is refused'}`,
        {
          ...(applied ? { slot: applied.slot } : {}),
          strays: world.strays.filter((_, other) => other !== i),
        },
        applied?.broken,
      );
    }
    const rollback = spend('rollback');
    if (rollback && world.slot && !world.replica)
      add(() => `the replica follows no more, at ${world.slot?.next.join(',')}`, {
        replica: { slot: world.slot },
      });
    if (rollback && world.replica)
      add(() => `the replica is promoted`, {
        ...rollback,
        slot: world.replica.slot,
        replica: undefined,
      });
    const loss = spend('loss');
    if (loss && world.slot) {
      const to = scenario.startAfterLoss;
      const lost = { ...loss, slot: undefined, replica: undefined };
      if (to === undefined) add(() => 'Redis loses everything', lost);
      else
        add(() => `Redis loses everything, and retention takes partition 0 up to ${to}`, {
          ...lost,
          first: [to, 0],
        });
    }
    const retention = spend('retention');
    const to = scenario.startAfterRetention;
    if (retention && to !== undefined)
      add(() => `retention takes partition 0 up to ${to}`, { ...retention, first: [to, 0] });
    return found;
  };

  const sizes = ({ counts }: Pick<Slot, 'counts'>): string =>
    masks.map((mask) => contributionsOf(counts, mask)).join(',');

  const asUpdate = ({ counts, state, revision }: Kept) => ({
    accumulators: { contributions: contributionsOf(counts, ~0) },
    state,
    revision,
  });
  const cellIn = (view: View, cell: number): Kept => ({
    counts: view.counts & (masks[cell] as number),
    state: stateIn(view, cell),
    revision: view.revisions[cell] as number,
  });
  const replaces = (next: Kept, kept: Kept): boolean =>
    guards.rankByContributions
      ? supersedes(asUpdate(next), asUpdate(kept))
      : next.revision > kept.revision ||
        (next.revision === kept.revision && supersedes(asUpdate(next), asUpdate(kept)));
  const receive = (kept: World['kept'], view: View): World['kept'] =>
    kept.map((old, cell) => {
      if (!((view.dirty >> cell) & 1)) return old;
      const next = cellIn(view, cell);
      return !old || replaces(next, old) ? next : old;
    });

  // ---- what must hold

  const recounts = new Map<string, ReturnType<typeof recount>>();
  const recounted = (of: Pick<Slot, 'first' | 'next' | 'lost'>) => {
    const key = `${of.first.join()}|${of.next.join()}|${of.lost.join(';')}`;
    const found = recounts.get(key) ?? recount(truth, of);
    recounts.set(key, found);
    return found;
  };

  /** Counted exactly once: the slot holds what a recount of the log up to its cursors gives, neither more nor less. */
  const countedOnce = (slot: Slot): string | undefined => {
    const expected = recounted(slot);
    if (slot.counts !== expected.counts)
      return `at cursors ${slot.next.join(',')} contributions are ${describe(slot.counts)}, and by the log ${describe(expected.counts)}`;
    return slot.watermarks.join() === expected.watermarks.join()
      ? undefined
      : `the watermarks are not those of the log at cursors ${slot.next.join(',')}`;
  };
  const describe = (counts: number): string =>
    truth.ends
      .flatMap((end, partition) =>
        Array.from({ length: end }, (_, offset) => ({ partition, offset })),
      )
      .map((at) => ({
        name: truth.describe(truth.numberOf(at)),
        n: (counts >> (2 * truth.numberOf(at))) & 3,
      }))
      .filter(({ n }) => n > 0)
      .map(({ name, n }) => (n > 1 ? `${n} × ${name}` : name))
      .join(' + ') || 'none';

  /** What is not marked has been published: nothing is forgotten between read and clear. */
  const published = ({ slot, kept }: World): string | undefined => {
    if (!slot) return undefined;
    for (const [cell, mask] of masks.entries()) {
      if ((slot.dirty >> cell) & 1 || contributionsOf(slot.counts, mask) === 0) continue;
      const now = cellIn(slot, cell);
      const old = kept[cell];
      if (!old || supersedes(asUpdate(now), asUpdate(old)))
        return `cell ${cell} is not marked, and consumers do not have its ${contributionsOf(now.counts, ~0)} contributions (${now.state})`;
    }
    return undefined;
  };

  /** Faults end: one fresh worker reads all, publishes all. What is right then does not depend on commands under way. */
  const recovered = new Map<string, string | undefined>();
  const recover = (world: World): string | undefined => {
    const key = `${idOf(world.slot)},${idOf(world.kept)},${idOf(world.first)}`;
    if (!recovered.has(key)) recovered.set(key, recovery(world));
    return recovered.get(key);
  };
  const recovery = (world: World): string | undefined => {
    let slot = world.slot
      ? noteLoss(world.slot, world.first)
      : create(world.generations + 1, world.first, cells);
    const worker = open(idle(PARTITIONS), { slot, start: world.first }, rules);
    if (slot.next.join() !== log.ends.join()) {
      const gathered = gather({ ...worker, opened: worker.opened as Opened }, log.ends, rules);
      if (gathered.broken) return `read on by a fresh worker, ${gathered.broken}`;
      const applied = apply(slot, gathered.worker.command as Command, rules);
      if (!applied) return 'a fresh worker is refused';
      if (applied.broken) return applied.broken;
      slot = applied.slot;
    }
    const wrong = countedOnce(slot);
    if (wrong) return `read on by a fresh worker, ${wrong}`;
    if (!scenario.publishes) return undefined;
    slot = advance(slot, { log, masks, guards });
    const kept = receive(world.kept, viewOf(slot));
    const whole = recounted({ first: start, next: log.ends, lost: slot.lost });
    for (const [cell, mask] of masks.entries()) {
      const isRight = (kept[cell]?.counts ?? 0) === (whole.counts & mask);
      if (!isRight)
        return `in the end consumers have ${describe(kept[cell]?.counts ?? 0)} in cell ${cell}, and the log ${describe(whole.counts & mask)}`;
      const isFinal = watermarkOf(slot) >= (log.cells[cell]?.finalMs ?? 0);
      if (
        isFinal &&
        kept[cell] &&
        WINDOW_STATES.indexOf(kept[cell].state) < WINDOW_STATES.indexOf('final')
      )
        return `in the end consumers hold cell ${cell} as ${kept[cell].state}, and it is final`;
    }
    return undefined;
  };

  return {
    initial: {
      slot: undefined,
      replica: undefined,
      kept: log.cells.map(() => undefined),
      strays: [],
      workers: [idle([0, 1]), idle([])],
      left: scenario.faults,
      generations: 0,
      first: start,
    },
    steps,
    keyOf,
    check: (world) =>
      (world.slot && countedOnce(world.slot)) ??
      (scenario.publishes ? published(world) : undefined) ??
      recover(world),
  };
}

const viewOf = ({ counts, stages, revisions, restatements, dirty }: Slot): View => ({
  counts,
  stages,
  revisions,
  restatements,
  dirty,
});

/** Every place that reading may have come to when a flush begins. */
function targets(
  { next }: Opened,
  owned: readonly number[],
  batches: Scenario['batches'],
): number[][] {
  const reach = PARTITIONS.map((partition) => {
    const from = next[partition] as number;
    const ahead = owned.includes(partition) ? batches[partition]?.filter((end) => end > from) : [];
    return [from, ...(ahead ?? [])];
  });
  const [first = [], second = []] = reach;
  return first
    .flatMap((a) => second.map((b) => [a, b]))
    .filter((to) => to.some((offset, partition) => offset > (next[partition] as number)));
}

const textOf = (command: Command | undefined): string =>
  `[${command?.spans.map(({ partition, from, to }) => `${partition}: ${from} → ${to}`).join(', ')}]`;

function maskOf(log: Log, cell: number): number {
  let mask = 0;
  for (const partition of PARTITIONS)
    for (let offset = 0; offset < (log.ends[partition] as number); offset++)
      if (log.cellOf({ partition, offset }) === cell)
        mask |= 3 << (2 * log.numberOf({ partition, offset }));
  return mask;
}
