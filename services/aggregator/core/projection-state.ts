import { invariant } from '../../kernel/result.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { emptyGathering, spanKey } from './gathering.ts';
import type { Gathering, PartitionSpan } from './gathering.ts';
import { flushRequest } from './flush.ts';
import type { FlushRequest } from './flush.ts';
import type { MetricPlan } from './metric-plan.ts';

type Position = { topic: string; partition: number; next: number; watermarkMs: EpochMs };
type Stored = {
  readonly generation: string;
  readonly partitions: readonly {
    topic: string;
    partition: number;
    next: number;
    watermarkMs: EpochMs;
  }[];
  readonly series: ReadonlyMap<string, number>;
};

/** Local series numbers are forgotten once there are this many, so that refused series cannot fill the memory. */
const LOCAL_SERIES_MAX = 200_000;

/**
 * One projection as a worker holds it between flushes. Invariant: for every assigned partition, `next` equals the
 * stored cursor plus what was gathered or is being flushed since.
 */
export class ProjectionState {
  readonly plan: MetricPlan;
  generation: string;
  gathering: Gathering = emptyGathering();
  #positions = new Map<string, Position>();
  #known: Map<string, number>;
  #numbers = new Map<string, number>();
  #keys: string[] = [];

  constructor(plan: MetricPlan, stored: Stored) {
    this.plan = plan;
    this.generation = stored.generation;
    this.#known = new Map(stored.series);
    for (const { topic, partition, next, watermarkMs } of stored.partitions)
      this.#positions.set(spanKey(topic, partition), { topic, partition, next, watermarkMs });
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

  /** Remembers the projection's numbers; refused series are asked for again, since a limit may be raised. */
  learn(numbers: ReadonlyMap<string, number>): void {
    for (const [key, number] of numbers) if (number >= 0) this.#known.set(key, number);
  }
}
