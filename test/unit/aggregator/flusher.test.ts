import { expect, test } from 'vitest';
import { emptyNotes } from '../../../services/aggregator/core/notes.ts';
import type { ProjectionState } from '../../../services/aggregator/core/projection-state.ts';
import { createFlusher, GATHERING_WEIGHT_MAX } from '../../../services/aggregator/flusher.ts';
import type { FlusherPorts } from '../../../services/aggregator/flusher.ts';
import type { ApplyResult } from '../../../services/aggregator/ports.ts';

const APPLIED: ApplyResult = { kind: 'applied', numbers: new Map() };

/** A projection with something gathered, as far as the flusher looks at one. */
const projection = (metric: string) => {
  const own = { gathering: { weight: 1, spans: new Map([['t/0', {}]]) }, taken: 0 };
  const state = {
    plan: { metric: { id: metric, version: 'v1' } },
    ref: { metric, version: 'v1' },
    get gathering() {
      return own.gathering;
    },
    take() {
      own.taken++;
      own.gathering = { weight: 0, spans: new Map() };
      return { spans: [], windows: [] };
    },
    applied: () => {},
  };
  return {
    own,
    state: state as unknown as ProjectionState,
    gather(weight = 1) {
      own.gathering = { weight, spans: new Map([['t/0', {}]]) };
    },
  };
};

/** A flusher over these; timers run when the test says so. */
const world = (
  projections: readonly ReturnType<typeof projection>[],
  over: Partial<FlusherPorts> = {},
) => {
  const timers: { ms: number; action: () => void }[] = [];
  const said: string[] = [];
  const say = (what: string) => (one: ProjectionState) => said.push(`${what} ${one.ref.metric}`);
  const flusher = createFlusher({
    store: { apply: () => Promise.resolve(APPLIED) },
    sinks: { deadLetters: () => Promise.resolve(), lateEvents: () => Promise.resolve() },
    observer: { visible: () => {}, flushed: () => {} },
    clock: {
      sleep: () => Promise.resolve(),
      after(ms, action) {
        const timer = { ms, action };
        timers.push(timer);
        return () => {
          if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1);
        };
      },
    },
    projections: () => projections.map(({ state }) => state),
    takeNotes: emptyNotes,
    onRefused: say('refused'),
    onOverflow: say('overflow'),
    onOverweight: say('overweight'),
    onApplied: (all) => all.map(({ projection }) => projection).forEach(say('applied')),
    ...over,
  });
  const pass = (ms: number): void => {
    const due = timers.filter((timer) => timer.ms === ms);
    for (const timer of due) {
      timers.splice(timers.indexOf(timer), 1);
      timer.action();
    }
  };
  return { flusher, said, pass, timers };
};
/** A store in which the flushes of one metric come back when the test says so. */
const stuck = (metric: string) => {
  const back = Promise.withResolvers<ApplyResult>();
  const store: FlusherPorts['store'] = {
    apply: (ref) => (ref.metric === metric ? back.promise : Promise.resolve(APPLIED)),
  };
  return { store, back };
};

test('a round leaves behind who does not answer in a second, and the next go without it', async () => {
  const [slow, quick] = [projection('slow'), projection('quick')];
  const { store, back } = stuck('slow');
  const { flusher, said, pass } = world([slow, quick], { store });
  const round = flusher.flush();
  await Promise.resolve();
  pass(1_000);
  await round;
  expect(said).toEqual(['applied quick']);
  slow.gather();
  quick.gather();
  await flusher.flush();
  expect(said).toEqual(['applied quick', 'applied quick']);
  expect([slow.own.taken, quick.own.taken]).toEqual([1, 2]);
  back.resolve(APPLIED);
  await expect.poll(() => said.at(-1)).toBe('applied slow');
  await flusher.flush();
  expect(slow.own.taken).toBe(2);
});

test('notes that cannot be written drop all: who took a record behind another did not note it again', async () => {
  const [ahead, behind] = [projection('ahead'), projection('behind')];
  behind.own.gathering = { weight: 0, spans: new Map() };
  const written = Promise.withResolvers<void>();
  const notes = { ...emptyNotes(), deadLetters: [{}] } as unknown as ReturnType<typeof emptyNotes>;
  const { flusher, said } = world([ahead, behind], {
    sinks: { deadLetters: () => written.promise, lateEvents: () => Promise.resolve() },
    takeNotes: () => notes,
  });
  const round = flusher.flush();
  behind.gather();
  written.reject(new Error('the broker is away'));
  await round;
  expect(said).toEqual(['refused ahead', 'refused behind']);
});

test('who is alone is waited for: reading must not run away from it', async () => {
  const slow = projection('slow');
  const { store, back } = stuck('slow');
  const { flusher, said, pass } = world([slow], { store });
  const over: string[] = [];
  const round = flusher.flush().then(() => over.push('round'));
  await expect.poll(() => slow.own.taken).toBe(1);
  pass(1_000);
  const idle = flusher.idle().then(() => over.push('idle'));
  // Long enough for all that is not waiting for the store.
  await new Promise(setImmediate);
  expect([said, over]).toEqual([[], []]);
  back.resolve(APPLIED);
  await Promise.all([round, idle]);
  expect(said).toEqual(['applied slow']);
});

test('what is gathered behind a flush that does not come back presses on nobody, up to a limit', async () => {
  const [slow, quick] = [projection('slow'), projection('quick')];
  const { store } = stuck('slow');
  const { flusher, said, pass } = world([slow, quick], { store });
  const round = flusher.flush();
  await Promise.resolve();
  pass(1_000);
  await round;
  slow.gather(GATHERING_WEIGHT_MAX);
  quick.gather(7);
  expect(flusher.heaviest()).toBe(7);
  await flusher.flush();
  expect(said).not.toContain('overweight slow');
  slow.gather(GATHERING_WEIGHT_MAX + 1);
  quick.gather();
  await flusher.flush();
  expect(said).toContain('overweight slow');
});

test('dead letters that were not taken refuse those too whose flush is under way', async () => {
  const [slow, quick] = [projection('slow'), projection('quick')];
  const { store } = stuck('slow');
  const letter = {} as ReturnType<typeof emptyNotes>['deadLetters'][number];
  let isAway = false;
  const { flusher, said, pass } = world([slow, quick], {
    store,
    takeNotes: () => ({ ...emptyNotes(), deadLetters: [letter] }),
    sinks: {
      deadLetters: () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve()),
      lateEvents: () => Promise.resolve(),
    },
  });
  const round = flusher.flush();
  await expect.poll(() => slow.own.taken).toBe(1);
  await Promise.resolve();
  pass(1_000);
  await round;
  isAway = true;
  quick.gather();
  await flusher.flush();
  expect(said).toEqual(['applied quick', 'refused quick', 'refused slow']);
});

test('the first round is made soon, however far the end of the log is', async () => {
  const one = projection('a');
  const { flusher, timers, said, pass } = world([one]);
  flusher.schedule('behind');
  const [soon] = timers.map(({ ms }) => ms);
  pass(soon ?? 0);
  await expect.poll(() => said).toEqual(['applied a']);
  timers.length = 0;
  flusher.schedule('behind');
  expect(timers[0]?.ms).toBeGreaterThan(soon ?? 0);
});

test('far from the end of the log a round waits for more, until one is wanted soon', async () => {
  const { flusher, timers } = world([projection('a')]);
  await flusher.flush();
  timers.length = 0;
  flusher.schedule('behind');
  const [waiting] = timers.map(({ ms }) => ms);
  flusher.schedule('behind');
  expect(timers).toHaveLength(1);
  flusher.schedule('live');
  expect(timers).toHaveLength(1);
  expect(timers[0]?.ms).toBeLessThan(waiting ?? 0);
  flusher.schedule('behind');
  expect(timers).toHaveLength(1);
  expect(timers[0]?.ms).toBeLessThan(waiting ?? 0);
});

test('where many projections are flushed, each round waits for more, up to a quarter of a second', () => {
  const many = (count: number) => {
    const { flusher, timers } = world(Array.from({ length: count }, (_, i) => projection(`m${i}`)));
    flusher.schedule('live');
    return timers.map(({ ms }) => ms);
  };
  expect(many(40)).toEqual([20]);
  expect(many(100)).toEqual([50]);
  expect(many(900)).toEqual([250]);
});
