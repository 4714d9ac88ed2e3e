/**
 * Simulated time. What is to happen lies in a queue by its moment; between two of them every promise that can settle
 * does, so that one run is one order of events, and the seed alone decides which.
 */
export type Scheduler = {
  /** Simulated ms since the run began. */
  readonly now: () => number;
  /** @returns how to call it off */
  readonly after: (ms: number, action: () => void) => () => void;
  /**
   * As `after`, to the next of its ticks: what comes with the same one comes at once, before any promise settles, as
   * several answers do that one read of a socket brings.
   */
  readonly together: (ms: number, action: () => void) => void;
  /** Goes on until `stop`, or until the time is up. @returns whether it was stopped */
  readonly run: (untilMs: number) => Promise<boolean>;
  readonly stop: () => void;
  readonly steps: () => number;
};

type Task = {
  readonly atMs: number;
  readonly order: number;
  readonly isJoint: boolean;
  action: (() => void) | undefined;
};

const JOINT_TICK_MS = 2;

/** Tasks begun in one turn of the event loop; promises settle between any two. */
const AT_ONCE = 64;
/** A run that makes more steps than this does not end by itself. */
const STEPS_MAX = 300_000;

export function createScheduler(): Scheduler {
  const heap: Task[] = [];
  let now = 0;
  let order = 0;
  let steps = 0;
  let stopped = false;

  const isBefore = (a: Task, b: Task): boolean =>
    a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

  const push = (task: Task): void => {
    let at = heap.length;
    heap.push(task);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up] as Task;
      if (!isBefore(task, parent)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = task;
  };

  const pop = (): Task | undefined => {
    const top = heap[0];
    const last = heap.pop();
    if (!top || !last || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= heap.length) break;
      if (down + 1 < heap.length && isBefore(heap[down + 1] as Task, heap[down] as Task)) down++;
      if (!isBefore(heap[down] as Task, last)) break;
      heap[at] = heap[down] as Task;
      at = down;
    }
    heap[at] = last;
    return top;
  };

  /** @returns false when there is nothing more to do before `untilMs` */
  const step = (untilMs: number): boolean => {
    const task = pop();
    if (!task) return false;
    if (task.atMs > untilMs) {
      push(task);
      return false;
    }
    if (!task.action) return true;
    if (++steps > STEPS_MAX) throw new Error(`${STEPS_MAX} steps, and no end`);
    now = task.atMs;
    task.action();
    const next = heap[0];
    if (task.isJoint && next?.isJoint && next.atMs === now) return step(untilMs);
    return true;
  };

  const plan = (atMs: number, action: () => void, isJoint: boolean): Task => {
    const task: Task = { atMs, order: order++, isJoint, action };
    push(task);
    return task;
  };

  return {
    now: () => now,
    steps: () => steps,
    after(ms, action) {
      const task = plan(now + ms, action, false);
      return () => {
        task.action = undefined;
      };
    },
    together(ms, action) {
      plan(Math.ceil((now + ms) / JOINT_TICK_MS) * JOINT_TICK_MS, action, true);
    },
    stop() {
      stopped = true;
    },
    run: (untilMs) =>
      new Promise((resolve, reject) => {
        stopped = false;
        let ended = false;
        const turn = (): void => {
          if (ended) return;
          try {
            if (!stopped && step(untilMs)) return;
          } catch (error) {
            ended = true;
            return reject(error as Error);
          }
          ended = true;
          resolve(stopped);
        };
        const turns = (): void => {
          for (let i = 0; i < AT_ONCE; i++) setImmediate(turn);
          setImmediate(() => {
            if (!ended) turns();
          });
        };
        turns();
      }),
  };
}
