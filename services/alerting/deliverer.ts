import type { DurationMs, EpochMs } from '../kernel/time.ts';
import { afterAttempt, isSettled, NOT_TRIED } from './core/delivery.ts';
import type { Delivery } from './core/delivery.ts';
import type { Owed } from './core/lifecycle.ts';
import type { Message } from './core/episode.ts';
import type { AlertingObserver, Messenger } from './ports.ts';

/** Requests under way to one receiver. */
const CONCURRENCY_PER_RECEIVER = 2;
/** Longest time-out that timers take, ms. */
const TIMER_MAX_MS = 0x7fff_ffff;

export type DelivererPorts = {
  readonly messenger: Messenger;
  readonly now: () => EpochMs;
  readonly schedule: readonly DurationMs[];
  readonly observer: Pick<AlertingObserver, 'attempted'>;
  /** Stores what became of an attempt. @returns whether it is stored; else the message is offered again by its owner */
  readonly note: (of: MessagePlace, delivery: Delivery) => Promise<void>;
};
export type MessagePlace = {
  readonly partition: number;
  readonly alert: string;
  readonly messageId: string;
};

type Job = {
  readonly place: MessagePlace;
  readonly message: Message;
  delivery: Delivery;
  timer: NodeJS.Timeout | undefined;
};

/**
 * Sends what is owed, at least once and under one id over all attempts. Messages of one episode reach a receiver in
 * their order: an end is not told before the beginning. A receiver that is slow holds up no other.
 */
export type Deliverer = {
  /** Takes what is owed for an alert; what it has already is left alone. */
  readonly offer: (partition: number, alert: string, owed: readonly Owed[]) => void;
  /** Another process owns the partition, or it is loaded anew: nothing of it is sent from here any more. */
  readonly forget: (partition: number) => void;
  readonly waiting: () => number;
  readonly stop: () => Promise<void>;
};

export function createDeliverer(ports: DelivererPorts): Deliverer {
  const { messenger, now, schedule, observer } = ports;
  const jobs = new Map<string, Job>();
  /** Per episode and receiver, the messages in order: only the first is under way. */
  const queues = new Map<string, Job[]>();
  const due = new Map<string, (() => Promise<void>)[]>();
  const busy = new Map<string, number>();
  const underway = new Set<Promise<void>>();
  let stopped = false;

  const pump = (receiver: string): void => {
    const waiting = due.get(receiver) ?? [];
    while (!stopped && waiting.length > 0 && (busy.get(receiver) ?? 0) < CONCURRENCY_PER_RECEIVER) {
      const work = waiting.shift() as () => Promise<void>;
      busy.set(receiver, (busy.get(receiver) ?? 0) + 1);
      const done: Promise<void> = work().finally(() => {
        busy.set(receiver, (busy.get(receiver) ?? 1) - 1);
        underway.delete(done);
        pump(receiver);
      });
      underway.add(done);
    }
    if (waiting.length === 0) due.delete(receiver);
  };

  const schedulePump = (queue: string, job: Job): void => {
    const { receiver } = job.message;
    const waitMs = Math.min(Math.max(0, job.delivery.nextAttemptMs - now()), TIMER_MAX_MS);
    job.timer = setTimeout(() => {
      job.timer = undefined;
      due.set(receiver, [...(due.get(receiver) ?? []), () => attempt(queue, job)]);
      pump(receiver);
    }, waitMs);
  };

  const isHeld = (job: Job): boolean => jobs.get(job.message.id) === job && !stopped;

  const attempt = async (queue: string, job: Job): Promise<void> => {
    if (!isHeld(job)) return;
    const verdict = await messenger(job.message);
    const nowMs = now();
    const isFirstFiring = job.message.kind === 'firing' && verdict.kind === 'delivered';
    observer.attempted({
      receiver: job.message.receiver,
      outcome: verdict.kind,
      ...(isFirstFiring ? { firingLatencyMs: nowMs - job.message.shownAtMs } : {}),
    });
    if (jobs.get(job.message.id) !== job) return;
    job.delivery = afterAttempt(job.delivery, verdict, { nowMs, schedule });
    await ports.note(job.place, job.delivery);
    if (jobs.get(job.message.id) !== job) return;
    if (!isSettled(job.delivery)) {
      if (!stopped) schedulePump(queue, job);
      return;
    }
    jobs.delete(job.message.id);
    const rest = (queues.get(queue) ?? []).filter((one) => one !== job);
    if (rest.length === 0) queues.delete(queue);
    else queues.set(queue, rest);
    if (rest[0] && !stopped) schedulePump(queue, rest[0]);
  };

  return {
    offer(partition, alert, owed) {
      for (const { message, episode, delivery } of owed) {
        if (stopped || jobs.has(message.id)) continue;
        const place = { partition, alert, messageId: message.id };
        const job: Job = { place, message, delivery: delivery ?? NOT_TRIED, timer: undefined };
        jobs.set(message.id, job);
        const queue = `${episode.id} ${message.receiver}`;
        const before = queues.get(queue) ?? [];
        queues.set(queue, [...before, job]);
        if (before.length === 0) schedulePump(queue, job);
      }
    },
    forget(partition) {
      for (const [id, job] of jobs) {
        if (job.place.partition !== partition) continue;
        clearTimeout(job.timer);
        jobs.delete(id);
      }
      for (const [queue, list] of queues) {
        const rest = list.filter((job) => job.place.partition !== partition);
        if (rest.length === 0) queues.delete(queue);
        else queues.set(queue, rest);
      }
    },
    waiting: () => jobs.size,
    async stop() {
      stopped = true;
      for (const job of jobs.values()) clearTimeout(job.timer);
      await Promise.all(underway);
    },
  };
}
