import type { Step } from './explore.ts';
import { PARTITIONS } from './log.ts';
import { once, onceOfBoth } from './parts.ts';
import { receive } from './consumer.ts';
import { advance, apply, clear, create, noteLoss, viewOf } from './slot.ts';
import type { Command, Slot, View } from './slot.ts';
import { gather, idle, open } from './worker.ts';
import type { Opened, Worker } from './worker.ts';
import type { Faults, KeptCells, Rules } from './world.ts';

const OWNERSHIPS = [[], [0], [1], [0, 1]] as const;

/** What a worker, or the script that it sends, makes of a part of the state; each result is one of the parts. */
export type Moves = ReturnType<typeof openMoves>;

// long: a table.
export function openMoves(rules: Rules) {
  const { one } = rules.parts;
  const oneWorker = (worker: Worker): Worker =>
    one({
      ...worker,
      command: worker.command && one(worker.command),
      published: worker.published && { ...worker.published, view: one(worker.published.view) },
    });
  const slotAfter = <T extends { readonly slot: Slot }>(result: T | undefined): T | undefined =>
    result && { ...result, slot: one(result.slot) };

  const noted = onceOfBoth((slot: Slot, first: readonly number[]) => one(noteLoss(slot, first)));
  const opened = once((start: readonly number[]) =>
    onceOfBoth((worker: Worker, slot: Slot) => oneWorker(open(worker, { slot, start }, rules))),
  );
  return {
    /** What is left when a fault has struck; undefined where it may not. */
    spent: onceOfBoth((left: Faults, fault: keyof Faults): Faults | undefined =>
      left.total > 0 && left[fault] > 0
        ? one({ ...left, total: left.total - 1, [fault]: left[fault] - 1 })
        : undefined,
    ),
    created: (generation: number, first: readonly number[]): Slot =>
      one(create(generation, first, rules.masks.length)),
    noted,
    opened: (worker: Worker, { slot, first }: { slot: Slot; first: readonly number[] }): Worker =>
      opened(first)(worker, slot),
    /** Partitions whose log begins behind the worker's place now. */
    gone: onceOfBoth(({ owned, opened: at }: Worker, first: readonly number[]) =>
      owned.filter((p) => at && (at.next[p] as number) < (first[p] as number)),
    ),
    findsGone: (worker: Worker, gone: readonly number[]): Worker =>
      oneWorker({
        ...worker,
        judges: worker.judges.map((judge, p) => (gone.includes(p) ? undefined : judge)),
        opened: undefined,
      }),
    /** Every flush that may begin. @param worker that is open */
    flushes: once((worker: Worker) => {
      const at = worker.opened as Opened;
      return targets(at, worker.owned, rules.scenario.batches).map((to) => {
        const gathered = gather({ ...worker, opened: at }, to, rules);
        return { to, broken: gathered.broken, worker: oneWorker(gathered.worker) };
      });
    }),
    applied: onceOfBoth((slot: Slot | undefined, command: Command) =>
      slotAfter(apply(slot, command, rules)),
    ),
    answered: once((worker: Worker) => oneWorker({ ...worker, command: undefined })),
    gaveUp: once((worker: Worker) =>
      oneWorker({ ...worker, command: undefined, opened: undefined }),
    ),
    crashed: once((worker: Worker) => oneWorker(idle(worker.owned))),
    /** Told to own other partitions than now. */
    reassigned: once((worker: Worker) =>
      OWNERSHIPS.filter((owned) => owned.join() !== worker.owned.join()).map(
        (owned: readonly number[]) => {
          const judges = worker.judges.map((judge, p) => (owned.includes(p) ? judge : undefined));
          return oneWorker({ ...worker, owned, judges, opened: undefined, command: undefined });
        },
      ),
    ),
    advanced: once((slot: Slot) => one(advance(slot, rules))),
    readsChanged: onceOfBoth((worker: Worker, slot: Slot) =>
      oneWorker({ ...worker, published: { view: viewOf(slot), isSent: false } }),
    ),
    received: onceOfBoth((kept: KeptCells, view: View) => one(receive(kept, view, rules))),
    sent: once((worker: Worker) =>
      oneWorker({
        ...worker,
        published: worker.published && { ...worker.published, isSent: true },
      }),
    ),
    cleared: onceOfBoth((slot: Slot | undefined, view: View) => {
      const after = clear(slot, view, rules);
      return after && one(after);
    }),
    done: once((worker: Worker) => oneWorker({ ...worker, published: undefined })),
  };
}

/** What is new of a state. */
export type Add<World> = (label: () => string, change: Partial<World>, broken?: string) => void;

/** Gathers the steps out of one state. */
export function stepsOf<World extends object>(
  world: World,
  say: (add: Add<World>) => void,
): readonly Step<World>[] {
  const found: Step<World>[] = [];
  say((label, change, broken) => found.push({ label, state: { ...world, ...change }, broken }));
  return found;
}

/** Every place that reading may have come to when a flush begins. */
function targets(
  { next }: Opened,
  owned: readonly number[],
  batches: Rules['scenario']['batches'],
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
