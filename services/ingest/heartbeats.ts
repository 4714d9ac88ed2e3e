import { invariant } from '../kernel/result.ts';
import type { EpochMs } from '../kernel/time.ts';
import { isHeartbeatDue, oldestAccepted } from './core/heartbeat.ts';
import type { Clock, EventRecord, EventSink, EventTypes, IngestObserver } from './ports.ts';

/** Which events are on their way and when each partition was last written to: what heartbeats are made of. */
export type Activity = {
  /** Called in the same turn as the hand-over. @returns to be called when the fate of all of them is known */
  readonly begin: (
    records: readonly EventRecord[],
    accepted: { readonly acceptedMs: EpochMs; readonly isHistorical: boolean },
  ) => () => void;
  readonly oldestAcceptedMs: (nowMs: EpochMs) => EpochMs;
  readonly lastWrittenMs: (topic: string, partition: number) => EpochMs | undefined;
  readonly wrote: (topic: string, partition: number, atMs: EpochMs) => void;
};

export function createActivity(): Activity {
  const unacknowledged = new Map<object, EpochMs>();
  /** By topic, then by partition. */
  const lastWritten = new Map<string, EpochMs[]>();
  const wrote = (topic: string, partition: number, atMs: EpochMs): void => {
    let partitions = lastWritten.get(topic);
    if (!partitions) lastWritten.set(topic, (partitions = []));
    partitions[partition] = atMs;
  };
  return {
    begin(records, { acceptedMs, isHistorical }) {
      const ticket = {};
      unacknowledged.set(ticket, acceptedMs);
      if (!isHistorical)
        for (const { topic, partition } of records) wrote(topic, partition, acceptedMs);
      return () => unacknowledged.delete(ticket);
    },
    oldestAcceptedMs: (nowMs) => oldestAccepted(unacknowledged.values(), nowMs),
    lastWrittenMs: (topic, partition) => lastWritten.get(topic)?.[partition],
    wrote,
  };
}

export type Heartbeats = {
  /** Writes those that are due, called several times a second. */
  readonly beat: () => void;
  /** Resolves when none is on its way any more. */
  readonly drained: () => Promise<void>;
};

type Place = { readonly topic: string; readonly partition: number };
const keyOf = (topic: string, partition: number): string => `${topic}/${partition}`;

/**
 * Heartbeats of one instance. They go through the sink behind the events of their partition, and one at a time per partition, so
 * that they overtake nothing and never pile up while the broker is away.
 * @param encode the heartbeat record in Confluent framing; undefined until its schema has an id
 */
export function createHeartbeats(
  ports: {
    readonly types: EventTypes;
    readonly sink: EventSink;
    readonly activity: Activity;
    readonly observer: IngestObserver;
    readonly clock: Clock;
  },
  encode: (oldestAcceptedMs: EpochMs) => Buffer | undefined,
): Heartbeats {
  const { types, sink, activity, observer, clock } = ports;
  const underway = new Map<string, Promise<void>>();

  const observe = async (
    written: ReturnType<EventSink['writeTogether']>[number],
  ): Promise<void> => {
    try {
      observer.heartbeat((await written).ok ? 'written' : 'failed');
    } catch {
      observer.heartbeat('failed'); // Overloaded: events go first, and the next round tries again.
    }
  };

  /** Four times a second for each partition: its key is made only where its time has come. */
  const isDue = (topic: string, partition: number, nowMs: EpochMs): boolean =>
    isHeartbeatDue(activity.lastWrittenMs(topic, partition), nowMs) &&
    !underway.has(keyOf(topic, partition));

  const duePlaces = (nowMs: EpochMs): readonly Place[] => {
    const due: Place[] = [];
    for (const { topic, partitions } of types.opened())
      for (let partition = 0; partition < partitions; partition++)
        if (isDue(topic, partition, nowMs)) due.push({ topic, partition });
    return due;
  };

  return {
    beat() {
      const nowMs = clock.now();
      const due = duePlaces(nowMs);
      const value = due.length === 0 ? undefined : encode(activity.oldestAcceptedMs(nowMs));
      if (value === undefined) return;
      const fates = sink.writeTogether(due.map((place) => ({ ...place, key: null, value })));
      due.forEach(({ topic, partition }, index) => {
        const fate = fates[index];
        invariant(fate, 'the sink tells the fate of every record');
        const key = keyOf(topic, partition);
        activity.wrote(topic, partition, nowMs);
        underway.set(
          key,
          observe(fate).finally(() => underway.delete(key)),
        );
      });
    },
    async drained() {
      await Promise.all(underway.values());
    },
  };
}
