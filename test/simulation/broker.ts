import { TidemarkError } from '../../services/kernel/errors.ts';
import type { MetricUpdate, ValueUpdate } from '../../services/kernel/update.ts';
import { updateKey } from '../../services/kernel/update.ts';
import type {
  AggregatorSinks,
  SourceOffsets,
  StretchReader,
} from '../../services/aggregator/ports.ts';
import type { Branch, Seen } from './branches.ts';
import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import { call } from './process.ts';
import type { Fate, Process } from './process.ts';
import type { Scheduler } from './scheduler.ts';
import { stretchesOf } from './stretches.ts';
import type { Topic } from './topic.ts';

export const UPDATE_PARTITIONS = 2;

/** What is on the topics that the aggregator writes. */
export type Written = {
  /** `metric-updates` by partition. */
  readonly updates: readonly { readonly appendMs: number; readonly update: MetricUpdate }[][];
  /** Code of each letter, by the `partition@offset` that it is about. */
  readonly deadLetters: Map<string, string>;
  /** `metric@version partition@offset` */
  readonly lateEvents: Set<string>;
};

/** The broker beside groups: where topics begin and end, and the topics that are written to. */
export type FakeBroker = {
  readonly written: Written;
  readonly offsetsOf: (process: Process) => SourceOffsets;
  readonly logOf: (process: Process) => StretchReader;
  readonly sinksOf: (process: Process) => AggregatorSinks;
  /** Answers, or fails as a broker does. */
  readonly ask: <T>(process: Process, perform: () => T) => Promise<T>;
  /** Written by somebody else. */
  readonly append: (partition: number, update: MetricUpdate) => void;
  readonly onUpdates: (listener: (partition: number) => void) => void;
  readonly setAway: (isAway: boolean) => void;
  readonly isAway: () => boolean;
};

export function createFakeBroker(world: {
  readonly scheduler: Scheduler;
  readonly topic: Topic;
  readonly faults: Faults;
  readonly chance: Chance;
  readonly seen: Seen;
  readonly logNow: () => number;
  readonly onUpdate: (update: MetricUpdate) => void;
}): FakeBroker {
  const { scheduler, topic, faults, chance } = world;
  let isAway = false;
  const listeners: ((partition: number) => void)[] = [];
  const written: Written = {
    updates: Array.from({ length: UPDATE_PARTITIONS }, () => []),
    deadLetters: new Map(),
    lateEvents: new Set(),
  };
  const failure = (): Error => new TidemarkError('broker_unavailable', 'the broker is away');
  const quick = (): Fate => ({
    landsMs: chance.between(0.5, 10),
    answersMs: chance.between(0.5, 10),
    failsMs: undefined,
  });

  const ask = <T>(process: Process, perform: () => T): Promise<T> => {
    const isRefused = faults.happens('broker_error');
    return call({ scheduler, process }, quick(), {
      failure,
      async perform() {
        if (isAway || isRefused) throw failure();
        return perform();
      },
    });
  };

  /** One append to one partition; the producer behind it repeats it until it gives up. */
  const append = (process: Process, action: (isUnknown: boolean) => void): Promise<void> => {
    const isUnknown = faults.happens('write_unknown');
    const isTwice = faults.happens('write_twice');
    const { landsMs = 1, answersMs } = quick();
    const fate: Fate = isUnknown
      ? {
          landsMs: chance.is(0.3) ? undefined : chance.between(1, 3_000),
          answersMs: undefined,
          failsMs: chance.between(10, 1_000),
        }
      : { landsMs, answersMs, failsMs: undefined };
    if (isTwice && !isAway) scheduler.after(landsMs + chance.between(0, 50), () => action(false));
    return call({ scheduler, process }, fate, {
      failure,
      async perform() {
        if (isAway) throw failure();
        action(isUnknown);
      },
    });
  };

  const put = (partition: number, update: MetricUpdate): void => {
    written.updates[partition]?.push({ appendMs: world.logNow(), update });
    world.onUpdate(update);
    for (const listener of listeners) listener(partition);
  };

  return {
    written,
    ask,
    append: put,
    onUpdates: (listener) => listeners.push(listener),
    setAway(value) {
      isAway = value;
    },
    isAway: () => isAway,
    offsetsOf: (process) => ({
      bounds: () =>
        ask(process, () => {
          const isStale = faults.happens('stale_end');
          return Array.from({ length: topic.count }, (_, partition) => {
            const { first, end } = topic.bounds(partition);
            const lag = isStale ? chance.below(4) : 0;
            return { partition, first, end: Math.max(first, end - lag) };
          });
        }),
      offsetAt: ({ partition, timeMs }) => ask(process, () => topic.offsetAt(partition, timeMs)),
      recordAt: ({ partition, offset }) =>
        ask(process, () =>
          topic.read(partition, offset, 1).find((record) => record.offset === offset),
        ),
    }),
    logOf: (process) => stretchesOf(topic, (perform) => ask(process, perform)),
    sinksOf: (process) => ({
      // What a record holds is read at once: the caller may use it again when this is under way.
      async deadLetters(letters) {
        const lines = letters.map(({ partition, record, code }) => [
          `${partition}@${record.offset}`,
          code,
        ]);
        await append(process, () => {
          for (const [place = '', code = ''] of lines) {
            written.deadLetters.set(place, code);
            world.seen.see(LETTERS[code] ?? 'an unreadable record');
          }
        });
      },
      async lateEvents(events) {
        const places = events.flatMap(({ partition, record, metrics }) =>
          metrics.map((metric) => `${metric} ${partition}@${record.offset}`),
        );
        await append(process, () => {
          for (const place of places) written.lateEvents.add(place);
          world.seen.see('a late event');
        });
      },
      async updates(updates) {
        const sends = Array.from({ length: UPDATE_PARTITIONS }, async (_, partition) => {
          // A tick goes to every partition, after the values that were sent before it.
          const list = updates.filter(
            (update) => update.kind !== 'value' || partitionOf(update) === partition,
          );
          if (list.length === 0) return;
          await append(process, (isUnknown) => {
            const part = isUnknown ? list.slice(0, 1 + chance.below(list.length)) : list;
            for (const update of part) {
              put(partition, update);
            }
          });
        });
        await Promise.all(sends);
      },
    }),
  };
}

const LETTERS: Readonly<Record<string, Branch>> = {
  conflict: 'a conflict',
  event_time_in_future: 'an event of the future',
};

/** All records of one series meet in one partition. */
function partitionOf(update: ValueUpdate): number {
  const key = updateKey(update.metric, update.series);
  let sum = 0;
  for (const letter of key) sum += letter.codePointAt(0) ?? 0;
  return sum % UPDATE_PARTITIONS;
}
