import { TidemarkError } from '../../services/kernel/errors.ts';
import type {
  SourceConsumer,
  SourceHandlers,
  SourcePartition,
} from '../../services/aggregator/ports.ts';
import { createBatch } from './batch.ts';
import type { FakeBatch } from './batch.ts';
import type { Seen } from './branches.ts';
import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import type { Process } from './process.ts';
import type { Scheduler } from './scheduler.ts';
import type { Topic } from './topic.ts';

type Position = { offset: number; seeks: number };
type Member = {
  readonly process: Process;
  readonly handlers: SourceHandlers;
  assigned: readonly number[];
  readonly positions: Map<number, Position>;
  readonly flowing: Set<number>;
  isBusy: boolean;
  isFetching: boolean;
  isHung: boolean;
};

export type ConsumerGroup = {
  readonly consumerOf: (process: Process) => SourceConsumer;
  /** Partitions go to other members; each hears of it in its own time, and goes on with the old ones until then. */
  readonly rebalance: () => void;
  /** What the coordinator does when it has not heard of a member. */
  readonly expel: (process: Process) => void;
  readonly crash: (process: Process) => void;
  readonly hang: (process: Process) => void;
  /** Whether the coordinator gives this partition to this process. */
  readonly owns: (process: Process, partition: number) => boolean;
};

const BATCH_MAX = 12;

/**
 * Kafka's group of one topic, with eager rebalances as kafkajs has them: a member reads on with what it had until it
 * hears of its new assignment. Batches have random sizes; what a fetch asked for may be out of date when it is delivered.
 */
export function createConsumerGroup(world: {
  readonly scheduler: Scheduler;
  readonly topic: Topic;
  readonly faults: Faults;
  readonly chance: Chance;
  readonly seen: Seen;
  readonly isBrokerAway: () => boolean;
}): ConsumerGroup {
  const { scheduler, topic, faults, chance, seen } = world;
  const members = new Map<Process, Member>();
  const turns = new Map<Process, Promise<boolean>>();
  let owners: readonly (Process | undefined)[] = [];
  let epoch = 0;

  const isCurrent = (member: Member): boolean => members.get(member.process) === member;
  const at = (partition: number): SourcePartition => ({ topic: topic.name, partition });

  const assign = (): void => {
    epoch++;
    const mine = epoch;
    const list = chance.shuffle([...members.values()].filter(({ process }) => process.isAlive()));
    owners = Array.from({ length: topic.count }, (_, i) => list[i % list.length]?.process);
    for (const member of list) {
      const own = owners.flatMap((owner, i) => (owner === member.process ? [i] : []));
      scheduler.after(chance.between(1, 300), () =>
        member.process.deliver(() => {
          // A member hears of the newest assignment alone.
          if (mine !== epoch || !isCurrent(member)) return;
          member.assigned = own;
          member.flowing.clear();
          member.positions.clear();
          member.handlers.onAssigned(own.map(at));
        }),
      );
    }
  };

  const wake = (member: Member): void => {
    if (member.isBusy || member.isFetching || member.isHung || !isCurrent(member)) return;
    const ready = member.assigned.filter((partition) => {
      const position = member.positions.get(partition);
      return (
        member.flowing.has(partition) &&
        position !== undefined &&
        topic.bounds(partition).end !== position.offset
      );
    });
    if (ready.length === 0) return;
    member.isFetching = true;
    const partition = chance.pick(ready);
    const batch = fetch(partition, member.positions.get(partition)?.offset ?? 0);
    const seeks = member.positions.get(partition)?.seeks;
    scheduler.after(world.isBrokerAway() ? 200 : chance.between(0.5, 20), () =>
      member.process.deliver(() => {
        member.isFetching = false;
        if (world.isBrokerAway() || !isCurrent(member)) return retryLater(member);
        const isStale = member.positions.get(partition)?.seeks !== seeks;
        if (isStale && !faults.happens('stray_batch')) return wake(member);
        if (isStale) seen.see('a stray batch');
        void take(member, batch);
      }),
    );
  };

  const retryLater = (member: Member): void => {
    scheduler.after(100, () => wake(member));
  };

  /** What a fetch gives: an offset that the log does not hold is answered from its start. */
  const fetch = (partition: number, wanted: number): FakeBatch => {
    const { first, end } = topic.bounds(partition);
    const from = wanted < first || wanted > end ? first : wanted;
    const records = topic.read(partition, from, 1 + chance.below(BATCH_MAX));
    const last = records.at(-1)?.offset;
    const more = last === undefined ? [] : topic.read(partition, last + 1, 1);
    // Control records at the end of a batch are passed over with it, or not.
    const isToEnd = last === undefined || (more.length === 0 && chance.is(0.5));
    const at = { topic: topic.name, partition, fetchedOffset: from, endOffset: end };
    return createBatch({ ...at, nextOffset: isToEnd ? end : last + 1 }, records);
  };

  const take = async (member: Member, batch: FakeBatch): Promise<void> => {
    const { partition } = batch;
    member.isBusy = true;
    const seeks = member.positions.get(partition)?.seeks;
    // One batch at a time, also where a consumer that was run again still works on one of before.
    const turn = (turns.get(member.process) ?? Promise.resolve(false)).then(() =>
      isCurrent(member) ? member.handlers.onBatch(batch) : false,
    );
    turns.set(member.process, turn);
    const isTaken = await turn;
    batch.release();
    member.isBusy = false;
    const position = member.positions.get(partition);
    if (isTaken && position && position.seeks === seeks) position.offset = batch.nextOffset;
    // A batch that was not taken is fetched again, after a round trip to the broker.
    if (isTaken) wake(member);
    else scheduler.after(chance.between(1, 20), () => member.process.deliver(() => wake(member)));
  };

  topic.onAppend(() => {
    for (const member of members.values()) member.process.deliver(() => wake(member));
  });

  const leave = (process: Process): void => {
    if (members.delete(process)) assign();
  };

  return {
    rebalance: assign,
    expel(process) {
      const member = members.get(process);
      if (!member) return;
      members.delete(process);
      assign();
      if (!process.isAlive()) return;
      // It goes on as a zombie: it hears that it is no member when it next asks, and joins anew.
      members.set(process, member);
      scheduler.after(chance.between(50, 1_000), () =>
        process.deliver(() => {
          if (isCurrent(member)) assign();
        }),
      );
    },
    crash(process) {
      const member = members.get(process);
      if (!member) return;
      leave(process);
      member.handlers.onCrash(new Error('the consumer crashed'));
    },
    hang(process) {
      const member = members.get(process);
      if (member) member.isHung = true;
    },
    owns: (process, partition) => owners[partition] === process,
    consumerOf: (process) => ({
      async run(_topic, handlers) {
        members.delete(process);
        const isRefused = faults.happens('broker_error');
        await new Promise<void>((resolve) =>
          scheduler.after(chance.between(1, 50), () => process.deliver(resolve)),
        );
        if (isRefused || world.isBrokerAway())
          throw new TidemarkError('broker_unavailable', 'the group cannot be joined');
        members.set(process, {
          process,
          handlers,
          assigned: [],
          positions: new Map(),
          flowing: new Set(),
          isBusy: false,
          isFetching: false,
          isHung: false,
        });
        assign();
      },
      seek({ partition }, offset) {
        const member = members.get(process);
        if (!member) return;
        const seeks = (member.positions.get(partition)?.seeks ?? 0) + 1;
        member.positions.set(partition, { offset, seeks });
        member.flowing.add(partition);
        wake(member);
      },
      pause: ({ partition }) => void members.get(process)?.flowing.delete(partition),
      commit: () => undefined,
      stop: async () => leave(process),
    }),
  };
}
