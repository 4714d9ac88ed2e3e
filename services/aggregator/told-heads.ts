import type { DurationMs, EpochMs } from '../kernel/time.ts';
import type { ProjectionHead } from './ports.ts';

/** A metric that was not asked about for so long is ticked elsewhere now: ticks come every second. */
const TICKED_ELSEWHERE_AFTER_MS: DurationMs = 5_000;

type Told = {
  askedMs: EpochMs;
  readonly head: Promise<ProjectionHead | undefined>;
  readonly resolve: (head: ProjectionHead | undefined) => void;
  isOver: boolean;
};

/** Heads of the metrics that this worker ticks, each once all that lies below it is sent: what reads them may tick then. */
export type ToldHeads = {
  /** A tick of the metric is asked for. */
  readonly ask: (key: string) => void;
  /** All that lies below the head was sent. */
  readonly tell: (key: string, head: ProjectionHead) => void;
  /** @returns the head of the newest tick, when it is told (undefined: never); undefined for what is not ticked here */
  readonly of: (key: string) => Promise<ProjectionHead | undefined> | undefined;
  /** Nothing more will be told. */
  readonly close: () => void;
};

export function toldHeads(now: () => EpochMs): ToldHeads {
  const all = new Map<string, Told>();
  return {
    ask(key) {
      const known = all.get(key);
      if (known && !known.isOver) known.askedMs = now();
      else {
        const { promise: head, resolve } = Promise.withResolvers<ProjectionHead | undefined>();
        all.set(key, { askedMs: now(), head, resolve, isOver: false });
      }
    },
    tell(key, head) {
      const asked = all.get(key);
      if (!asked) return;
      asked.isOver = true;
      asked.resolve(head);
    },
    of(key) {
      const asked = all.get(key);
      if (!asked || now() - asked.askedMs > TICKED_ELSEWHERE_AFTER_MS) return undefined;
      return asked.head;
    },
    close() {
      for (const asked of all.values()) asked.resolve(undefined);
    },
  };
}
