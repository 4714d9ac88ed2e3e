import type { Scenario } from './world.ts';

const NONE = { total: 0, crash: 0, reassign: 0, unknown: 0, rollback: 0, loss: 0, retention: 0 };

/** Seven records: `c` is late by its own partition, `a` comes twice, `h` is historical and goes into a final cell. */
const COUNTING = {
  publishes: false,
  partitions: [
    [
      { id: 'a', appended: 0, happened: 0 },
      { id: 'b', appended: 90, happened: 90 },
      { id: 'c', appended: 100, happened: 0 },
      { id: 'a', appended: 105, happened: 0 },
    ],
    [
      { id: 'd', appended: 0, happened: 0 },
      { id: 'e', appended: 90, happened: 90 },
      { id: 'h', appended: 100, happened: 0, historical: true },
    ],
  ],
  batches: [
    [2, 4],
    [2, 3],
  ],
} satisfies Partial<Scenario>;

export const ZOMBIES: Scenario = {
  ...COUNTING,
  name: 'zombies, crashes and late commands',
  faults: { ...NONE, total: 2, crash: 1, reassign: 2, unknown: 1 },
};
export const ROLLBACK: Scenario = {
  ...COUNTING,
  name: 'a replica that lost the tail is promoted',
  faults: { ...NONE, total: 2, crash: 1, reassign: 1, unknown: 1, rollback: 1 },
};
export const LOSS: Scenario = {
  ...COUNTING,
  name: 'Redis is lost and rebuilt',
  faults: { ...NONE, total: 2, crash: 1, reassign: 1, unknown: 1, loss: 1 },
};

/** A chain of copies: the third lies beyond the horizon of the first, within that of the second. */
export const COPIES: Scenario = {
  name: 'copies in a chain, two sources with one id',
  publishes: false,
  partitions: [
    [
      { id: 'a', appended: 0, happened: 0 },
      { id: 'a', source: '/b', appended: 50, happened: 50 },
      { id: 'a', appended: 90, happened: 0 },
      { id: 'a', appended: 180, happened: 0 },
      { id: 'c', appended: 181, happened: 0 },
    ],
    [{ heartbeat: 0 }, { id: 'a', appended: 180, happened: 180 }],
  ],
  batches: [
    [1, 2, 3, 5],
    [1, 2],
  ],
  faults: { ...NONE, total: 2, crash: 2, rollback: 1 },
};

/** The start of the log has moved past `a` and `b` when the projection is built again: its copy is the first there now. */
export const MOVED_START: Scenario = {
  name: 'Redis is lost, and the start of the log moves before it is rebuilt',
  publishes: false,
  partitions: [
    [
      { id: 'a', appended: 0, happened: 0 },
      { id: 'b', appended: 90, happened: 90 },
      { id: 'a', appended: 100, happened: 0 },
      { id: 'c', appended: 105, happened: 100 },
    ],
    [
      { id: 'd', appended: 0, happened: 0 },
      { id: 'e', appended: 90, happened: 90 },
    ],
  ],
  batches: [[2, 3, 4], [2]],
  faults: { ...NONE, total: 2, crash: 1, reassign: 1, unknown: 1, loss: 1 },
  startAfterLoss: 2,
};

/**
 * Retention takes what a worker has read and another has not, or nobody has: the copy of `a` is the first that is left.
 * Batches end so that whoever stands before it has lost something.
 */
export const RETENTION: Scenario = {
  name: 'retention overtakes the cursor',
  publishes: false,
  partitions: [
    [
      { id: 'a', appended: 80, happened: 80 },
      { id: 'b', appended: 85, happened: 85 },
      { id: 'c', appended: 88, happened: 88 },
      { id: 'a', appended: 100, happened: 80 },
      { id: 'd', appended: 105, happened: 105 },
    ],
    [{ id: 'e', appended: 80, happened: 80 }],
  ],
  batches: [[2, 5], [1]],
  faults: { ...NONE, total: 2, crash: 1, reassign: 1, unknown: 1, retention: 1 },
  startAfterRetention: 3,
};

/** `c` comes into a window that is closed, within its lateness; `h` into the same when it is final. */
const PUBLISHING = {
  publishes: true,
  partitions: [
    [
      { id: 'a', appended: 0, happened: 0 },
      { id: 'b', appended: 5, happened: 5 },
      { id: 'c', appended: 6, happened: 0 },
      { id: 'f', appended: 61, happened: 60 },
    ],
    [{ heartbeat: 5 }, { heartbeat: 60 }, { id: 'h', appended: 61, happened: 0, historical: true }],
  ],
  batches: [
    [3, 4],
    [1, 3],
  ],
} satisfies Partial<Scenario>;
export const PUBLICATION: Scenario = {
  ...PUBLISHING,
  name: 'publication, and crashes in it',
  faults: { ...NONE, total: 1, crash: 1, unknown: 1, reassign: 1 },
};
export const PUBLICATION_THROUGH_FAULTS: Scenario = {
  ...PUBLISHING,
  name: 'publication through rollback and loss',
  faults: { ...NONE, total: 1, rollback: 1, loss: 1 },
};

/** `c` and `f` revise the first window one after the other; rebuilt in one go, it has seen no revision. */
export const REVISIONS: Scenario = {
  name: 'a window of several revisions is lost and rebuilt',
  publishes: true,
  partitions: [
    [
      { id: 'a', appended: 0, happened: 0 },
      { id: 'b', appended: 5, happened: 5 },
      { id: 'c', appended: 6, happened: 0 },
      { id: 'f', appended: 7, happened: 0 },
    ],
    [{ heartbeat: 5 }],
  ],
  batches: [[2, 3, 4], [1]],
  faults: { ...NONE, total: 1, loss: 1, rollback: 1 },
};
