import { SECOND_MS } from '../kernel/time.ts';
import type { DurationMs } from '../kernel/time.ts';
import type { Message } from './core/alert/episode.ts';
import type { Limiter } from './ports.ts';

/** Requests under way to one receiver. */
const CONCURRENCY_PER_RECEIVER = 2;
/** How long a receiver waits when Redis did not say whether it is its turn. */
const NO_ANSWER_WAIT_MS = SECOND_MS;

/** Many messages to one receiver as one that names each. @returns undefined where the receiver takes none such */
export type Merge = (
  receiver: string,
  messages: readonly Message[],
) => { readonly digest: Message; readonly told: readonly Message[] } | undefined;

export type LinesPorts<T> = {
  readonly pace?: { readonly limiter: Limiter; readonly merge: Merge };
  /** Whether it is still to be sent from here. */
  readonly isHeld: (job: T) => boolean;
  /** One request that tells these. Never throws. */
  readonly attempt: (jobs: readonly T[], message: Message) => Promise<void>;
};

/** What is due, per receiver, in the order in which it came. */
export type SendingLines<T> = {
  readonly add: (job: T) => void;
  /** These are told by one request where the receiver takes that, and its turns allow it. */
  readonly addTogether: (jobs: readonly T[]) => void;
  /** Sends nothing more; ends when what is under way has ended. */
  readonly stop: () => Promise<void>;
};

type Line<T> = {
  jobs: T[];
  /** What belongs together; each is as one job. */
  groups: (readonly T[])[];
  busy: number;
  /** One request at a time asks for its turn, so that no turn is taken for nothing. */
  isAsking: boolean;
  pause: NodeJS.Timeout | undefined;
};

/**
 * A line of due messages for each receiver. Each request takes a turn at the destination. Where more wait than there are
 * turns to spare, one request tells as many as a digest holds.
 */
export function createSendingLines<T extends { readonly message: Message }>(
  ports: LinesPorts<T>,
): SendingLines<T> {
  const { pace, isHeld, attempt } = ports;
  const lines = new Map<string, Line<T>>();
  const underway = new Set<Promise<void>>();
  let stopped = false;

  const lineOf = (receiver: string): Line<T> => {
    const known = lines.get(receiver);
    if (known) return known;
    const line: Line<T> = { jobs: [], groups: [], busy: 0, isAsking: false, pause: undefined };
    lines.set(receiver, line);
    return line;
  };

  const pump = (receiver: string): void => {
    const line = lines.get(receiver);
    if (!line || stopped || line.isAsking || line.pause) return;
    if (line.jobs.length + line.groups.length === 0) {
      if (line.busy === 0) lines.delete(receiver);
      return;
    }
    if (line.busy >= CONCURRENCY_PER_RECEIVER) return;
    line.busy += 1;
    line.isAsking = true;
    const done: Promise<void> = serve(receiver, line).finally(() => {
      line.busy -= 1;
      underway.delete(done);
      pump(receiver);
    });
    underway.add(done);
  };

  const serve = async (receiver: string, line: Line<T>): Promise<void> => {
    const turn = pace ? await take(pace.limiter, receiver) : FREE;
    line.isAsking = false;
    if (turn.kind === 'wait') return rest(receiver, line, turn.waitMs);
    const isTooMany = line.jobs.length + line.groups.length - 1 > turn.spare;
    const batch = isTooMany ? merged(receiver, line) : grouped(receiver, line);
    const sent = batch?.jobs ?? nextOf(line);
    const [first] = sent;
    pump(receiver);
    if (first) await attempt(sent, batch?.digest ?? first.message);
  };

  const nextOf = (line: Line<T>): readonly T[] => {
    for (let job = line.jobs.shift(); job; job = line.jobs.shift()) if (isHeld(job)) return [job];
    return [];
  };

  /** A digest of what waits. undefined where it would tell one message only, or the receiver takes none. */
  const merged = (receiver: string, line: Line<T>) => {
    line.jobs = [...line.groups.flat(), ...line.jobs].filter(isHeld);
    line.groups = [];
    const messages = line.jobs.map(({ message }) => message);
    const made = messages.length > 1 ? pace?.merge(receiver, messages) : undefined;
    if (!made || made.told.length < 2) return undefined;
    const told = new Set(made.told);
    const jobs = line.jobs.filter(({ message }) => told.has(message));
    line.jobs = line.jobs.filter(({ message }) => !told.has(message));
    return { digest: made.digest, jobs };
  };

  /** What belongs together comes before single ones, which are after it in time. */
  const grouped = (receiver: string, line: Line<T>) => {
    const jobs = (line.groups.shift() ?? []).filter(isHeld);
    const made =
      jobs.length > 1
        ? pace?.merge(
            receiver,
            jobs.map(({ message }) => message),
          )
        : undefined;
    if (!made || made.told.length < 2) {
      line.jobs.unshift(...jobs);
      return undefined;
    }
    const told = new Set(made.told);
    const others = jobs.filter(({ message }) => !told.has(message));
    if (others.length > 0) line.groups.unshift(others);
    return { digest: made.digest, jobs: jobs.filter(({ message }) => told.has(message)) };
  };

  const rest = (receiver: string, line: Line<T>, waitMs: DurationMs): void => {
    if (stopped) return;
    line.pause = setTimeout(() => {
      line.pause = undefined;
      pump(receiver);
    }, waitMs);
  };

  return {
    add(job) {
      const { receiver } = job.message;
      lineOf(receiver).jobs.push(job);
      pump(receiver);
    },
    addTogether(jobs) {
      const receiver = jobs[0]?.message.receiver;
      if (receiver === undefined) return;
      lineOf(receiver).groups.push(jobs);
      pump(receiver);
    },
    async stop() {
      stopped = true;
      for (const { pause } of lines.values()) clearTimeout(pause);
      await Promise.all(underway);
    },
  };
}

const FREE = { kind: 'granted', spare: Infinity } as const;

async function take(limiter: Limiter, receiver: string): ReturnType<Limiter['take']> {
  try {
    return await limiter.take(receiver);
  } catch {
    // redis_unavailable: nothing is told too fast because nobody counts.
    return { kind: 'wait', waitMs: NO_ANSWER_WAIT_MS };
  }
}
