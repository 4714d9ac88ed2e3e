import type { DurationMs, EpochMs } from '../kernel/time.ts';
import { afterAttempt, isSettled, NOT_TRIED } from './core/sending/delivery.ts';
import type { Delivery, Verdict } from './core/sending/delivery.ts';
import type { Owed } from './core/alert/lifecycle.ts';
import type { Message } from './core/alert/episode.ts';
import type { AlertingObserver, Limiter, Messenger } from './ports.ts';
import { tellsOfReceiver } from './core/sending/reachability.ts';
import type { TellOfReceiver } from './core/sending/reachability.ts';
import { createIncidents } from './incidents.ts';
import { createSendingLines } from './sending-lines.ts';
import type { Merge } from './sending-lines.ts';

/** Deliveries that are remembered for messages that are not offered again yet. */
const LANDED_MAX = 10_000;
/** Longest time-out that timers take, ms. */
const TIMER_MAX_MS = 0x7fff_ffff;

export type DelivererPorts = {
  readonly messenger: Messenger;
  readonly now: () => EpochMs;
  readonly schedule: readonly DurationMs[];
  readonly observer: Pick<AlertingObserver, 'attempted'>;
  /** Stores what became of an attempt. @returns whether it is stored; else the message is offered again by its owner */
  readonly note: (of: MessagePlace, delivery: Delivery) => Promise<void>;
  /**
   * Hears of each delivery that says something of its receiver, before it is noted; of a success also where nobody may note it
   * any more. Absent: nobody does.
   */
  readonly settled?: TellOfReceiver;
  /** How fast receivers are told, and how many messages become one where they are more. Absent: at once, one by one. */
  readonly pace?: { readonly limiter: Limiter; readonly merge: Merge };
  /** Whether a receiver takes one message about several alerts. Absent: none does. */
  readonly isGrouped?: (receiver: string) => boolean;
};
export type MessagePlace = {
  readonly partition: number;
  readonly alert: string;
  readonly messageId: string;
};

type Job = {
  readonly place: MessagePlace;
  readonly message: Message;
  /** Of its episode and receiver. */
  readonly queue: string;
  delivery: Delivery;
  timer: NodeJS.Timeout | undefined;
};

/**
 * Sends what is owed, at least once and under one id over all attempts. Messages of one episode reach a receiver in
 * their order: an end is not told before the beginning. A receiver that is slow holds up no other. Messages of one
 * incident are collected (incidents.ts). What is more than a
 * destination takes is merged into a digest: each message that it names is told by it, none is dropped.
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
  const { messenger, now, observer } = ports;
  const jobs = new Map<string, Job>();
  /** Per episode and receiver, the messages in order: only the first is under way. */
  const queues = new Map<string, Job[]>();
  const settling = new Set<Promise<unknown>>();
  const lines = createSendingLines({
    ...(ports.pace ? { pace: ports.pace } : {}),
    isHeld: (job: Job) => jobs.get(job.message.id) === job && !stopped,
    attempt: (sent, message) => attempt(sent, message),
  });
  const incidents = createIncidents<Job>({
    now,
    isGrouped: ports.isGrouped ?? (() => false),
    release: lines.addTogether,
  });
  /** By message: delivered, while its partition was loaded anew and nobody could note it. */
  const landed = new Map<string, Delivery>();
  let stopped = false;

  const schedule = (job: Job): void => {
    if (job.delivery.attempts === 0 && incidents.collect(job, job.queue)) return;
    const waitMs = Math.min(Math.max(0, job.delivery.nextAttemptMs - now()), TIMER_MAX_MS);
    job.timer = setTimeout(() => {
      job.timer = undefined;
      lines.add(job);
    }, waitMs);
  };

  /** One request that tells these messages: one by itself, or many by a digest. */
  const attempt = async (sent: readonly Job[], message: Message): Promise<void> => {
    const verdict = await messenger(message);
    const nowMs = now();
    if (verdict.kind === 'retryable' && verdict.retryAfterMs !== undefined)
      await hold(message.receiver, verdict.retryAfterMs);
    const of = sent.length > 1 ? `in a digest of ${sent.length}: ` : '';
    const outcome: Verdict = { ...verdict, detail: `${of}${verdict.detail}` };
    // The destination is free for the next one: noting what became of this one takes its own time.
    const settled = Promise.all(sent.map((job) => settle(job, outcome, nowMs)));
    settling.add(settled);
    void settled.finally(() => settling.delete(settled));
  };

  const hold = async (receiver: string, forMs: DurationMs): Promise<void> => {
    try {
      await ports.pace?.limiter.hold(receiver, forMs);
    } catch {
      // Redis does not answer: the destination says again that it is told too fast.
    }
  };

  const settle = async (job: Job, verdict: Verdict, nowMs: EpochMs): Promise<void> => {
    const isFirstFiring = job.message.kind === 'firing' && verdict.kind === 'delivered';
    observer.attempted({
      receiver: job.message.receiver,
      outcome: verdict.kind,
      ...(isFirstFiring ? { firingLatencyMs: nowMs - job.message.shownAtMs } : {}),
    });
    const isOurs = jobs.get(job.message.id) === job;
    job.delivery = afterAttempt(job.delivery, verdict, {
      nowMs,
      schedule: ports.schedule,
      messageId: job.message.id,
    });
    if (!isOurs) {
      // What failed is tried again by whoever has the message now, and tells of its receiver then.
      if (job.delivery.status !== 'delivered') return;
      await Promise.all([ports.settled?.(job.message, job.delivery), land(job)]);
      return;
    }
    if (tellsOfReceiver(job.delivery)) await ports.settled?.(job.message, job.delivery);
    await ports.note(job.place, job.delivery);
    if (jobs.get(job.message.id) !== job) return land(job);
    if (!isSettled(job.delivery)) {
      if (!stopped) schedule(job);
      return;
    }
    drop(job);
  };

  /** The next one of its queue may go. */
  const drop = (job: Job): void => {
    const { queue } = job;
    jobs.delete(job.message.id);
    const all = queues.get(queue) ?? [];
    const rest = all.filter((one) => one !== job);
    if (rest.length === 0) queues.delete(queue);
    else queues.set(queue, rest);
    if (all[0] === job && rest[0] && !stopped) schedule(rest[0]);
  };

  /**
   * The answer came after its partition was loaded anew (Redis was lost, a commit was refused): what it delivered is not
   * sent again, whether that is offered already or will be. The same id is the same message.
   */
  const land = async ({ message, delivery }: Job): Promise<void> => {
    if (delivery.status !== 'delivered') return;
    const offered = jobs.get(message.id);
    if (!offered) {
      landed.set(message.id, delivery);
      const [oldest] = landed.keys();
      if (landed.size > LANDED_MAX && oldest !== undefined) landed.delete(oldest);
      return;
    }
    clearTimeout(offered.timer);
    incidents.forget(offered);
    drop(offered);
    await ports.note(offered.place, delivery);
  };

  const noteLanded = (place: MessagePlace, delivery: Delivery): void => {
    landed.delete(place.messageId);
    const noted = ports.note(place, delivery);
    settling.add(noted);
    void noted.finally(() => settling.delete(noted));
  };

  return {
    offer(partition, alert, owed) {
      for (const { message, episode, delivery } of owed) {
        if (stopped || jobs.has(message.id)) continue;
        const place = { partition, alert, messageId: message.id };
        const arrived = landed.get(message.id);
        if (arrived) {
          noteLanded(place, arrived);
          continue;
        }
        const queue = `${episode.id} ${message.receiver}`;
        const job: Job = {
          place,
          message,
          queue,
          delivery: delivery ?? NOT_TRIED,
          timer: undefined,
        };
        jobs.set(message.id, job);
        const before = queues.get(queue) ?? [];
        queues.set(queue, [...before, job]);
        if (before.length === 0) schedule(job);
      }
    },
    forget(partition) {
      for (const [id, job] of jobs) {
        if (job.place.partition !== partition) continue;
        clearTimeout(job.timer);
        incidents.forget(job);
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
      incidents.stop();
      for (const job of jobs.values()) clearTimeout(job.timer);
      await lines.stop();
      await Promise.all(settling);
    },
  };
}
