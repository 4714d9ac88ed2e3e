import { invariant } from '../../kernel/result.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { emptyGathering, spanKey } from './gathering.ts';
import type { Gathering, PartitionSpan } from './gathering.ts';
import { flushRequest } from './flush.ts';
import type { FlushRequest } from './flush.ts';
import type { MetricPlan } from './metric-plan.ts';

type Position = { next: number; watermarkMs: EpochMs };
/** Where a partition's stored cursor is, and the append times that tell from where its index must be read. */
export type StoredCursor = {
  readonly next: number;
  readonly appendMs: EpochMs;
  readonly historicalMs: EpochMs;
};
type Stored = {
  readonly generation: string;
  readonly partitions: readonly (StoredCursor & {
    readonly topic: string;
    readonly partition: number;
    readonly watermarkMs: EpochMs;
  })[];
  readonly series: ReadonlyMap<string, number>;
};

/** Local series numbers are forgotten once there are this many, so that refused series cannot fill the memory. */
const LOCAL_SERIES_MAX = 200_000;

/**
 * One projection as a worker holds it between flushes. Invariant: for every partition, `next` equals the stored cursor
 * plus what was gathered or is being flushed since.
 */
export class ProjectionState {
  /** Replaced where a definition changes in what does not change values: its version, hence its slot, is the same. */
  plan: MetricPlan;
  readonly generation: string;
  gathering: Gathering = emptyGathering();
  #positions = new Map<string, Position>();
  #stored = new Map<string, StoredCursor>();
  #known: Map<string, number>;
  #numbers = new Map<string, number>();
  #keys: string[] = [];

  constructor(plan: MetricPlan, stored: Stored) {
    this.plan = plan;
    this.generation = stored.generation;
    this.#known = new Map(stored.series);
    for (const cursor of stored.partitions) {
      const key = spanKey(cursor.topic, cursor.partition);
      this.#positions.set(key, { next: cursor.next, watermarkMs: cursor.watermarkMs });
      this.#stored.set(key, cursor);
    }
  }

  get ref(): { metric: string; version: string } {
    return { metric: this.plan.metric.id, version: this.plan.metric.version };
  }

  /** Next offset that this projection takes from the partition. */
  next(topic: string, partition: number): number {
    const position = this.#positions.get(spanKey(topic, partition));
    invariant(
      position,
      `projection ${this.plan.metric.id} has no cursor for ${topic}/${partition}`,
    );
    return position.next;
  }

  /** The cursor as it is in the store, as far as this worker knows. */
  stored(topic: string, partition: number): StoredCursor {
    const cursor = this.#stored.get(spanKey(topic, partition));
    invariant(cursor, `projection ${this.plan.metric.id} has no cursor for ${topic}/${partition}`);
    return cursor;
  }

  /** The span that a record of this partition is gathered into. */
  span(topic: string, partition: number): PartitionSpan {
    const key = spanKey(topic, partition);
    const open = this.gathering.spans.get(key);
    if (open) return open;
    const position = this.#positions.get(key);
    invariant(position, `projection ${this.plan.metric.id} has no cursor for ${key}`);
    const span: PartitionSpan = {
      topic,
      partition,
      from: position.next,
      to: position.next,
      watermarkMs: position.watermarkMs,
      appendMs: 0,
      historicalMs: 0,
      counters: new Map(),
      caughtUp: false,
    };
    this.gathering.spans.set(key, span);
    return span;
  }

  /** Notes how far the span has come, after each record or hole. */
  moved(span: PartitionSpan): void {
    const position = this.#positions.get(spanKey(span.topic, span.partition));
    invariant(position, 'a span has a position');
    position.next = span.to;
    position.watermarkMs = span.watermarkMs;
  }

  numberOf = (key: string): number => {
    const existing = this.#numbers.get(key);
    if (existing !== undefined) return existing;
    const number = this.#keys.length;
    this.#keys.push(key);
    this.#numbers.set(key, number);
    return number;
  };

  /** Takes what was gathered, to be applied in one step; gathering goes on from there. */
  take(): FlushRequest | undefined {
    if (this.gathering.spans.size === 0) return undefined;
    const gathering = this.gathering;
    this.gathering = emptyGathering();
    const request = flushRequest(gathering, {
      generation: this.generation,
      maxSeries: this.plan.metric.maxSeries,
      keyOf: (local) => this.#keys[local] as string,
      known: this.#known,
    });
    if (this.#keys.length > LOCAL_SERIES_MAX) {
      this.#keys = [];
      this.#numbers = new Map();
    }
    return request;
  }

  /**
   * Notes that a flush was applied: the stored cursors, and the projection's numbers of series. Refused series are asked
   * for again, since a limit may be raised.
   */
  applied(request: FlushRequest, numbers: ReadonlyMap<string, number>): void {
    for (const [key, number] of numbers) if (number >= 0) this.#known.set(key, number);
    for (const span of request.spans) {
      const before = this.stored(span.topic, span.partition);
      this.#stored.set(spanKey(span.topic, span.partition), {
        next: span.to,
        appendMs: span.appendMs || before.appendMs,
        historicalMs: span.historicalMs || before.historicalMs,
      });
    }
  }
}
