import { invariant } from '../../kernel/result.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { emptyCounters, emptyGathering, spanKey } from './gathering.ts';
import type { Gathering, PartitionSpan } from './gathering.ts';
import { flushRequest } from './flush.ts';
import type { FlushRequest } from './flush.ts';
import type { MetricPlan } from './metric-plan.ts';

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

/** One partition as a projection reads it. */
type Track = {
  readonly topic: string;
  readonly partition: number;
  /** The cursor as it is in the store, as far as this worker knows. */
  stored: StoredCursor;
  /** Where the next span begins: what was gathered or is being flushed lies before it. */
  next: number;
  watermarkMs: EpochMs;
  /** What is gathered of the partition now. */
  span: PartitionSpan | undefined;
};

/**
 * One projection as a worker holds it between flushes. Invariant: for every partition, `next` equals the stored cursor
 * plus what was gathered or is being flushed since.
 */
export class ProjectionState {
  /** Replaced where a definition changes in what does not change values: its version, hence its slot, is the same. */
  plan: MetricPlan;
  readonly generation: string;
  gathering: Gathering = emptyGathering();
  #tracks = new Map<string, Track>();
  #known: Map<string, number>;

  constructor(plan: MetricPlan, stored: Stored) {
    this.plan = plan;
    this.generation = stored.generation;
    this.#known = new Map(stored.series);
    for (const cursor of stored.partitions) {
      const { topic, partition, next, watermarkMs } = cursor;
      const track = { topic, partition, stored: cursor, next, watermarkMs, span: undefined };
      this.#tracks.set(spanKey(topic, partition), track);
    }
  }

  get ref(): { metric: string; version: string } {
    return { metric: this.plan.metric.id, version: this.plan.metric.version };
  }

  /** Next offset that this projection takes from the partition. */
  next(topic: string, partition: number): number {
    const { span, next } = this.#track(topic, partition);
    return span ? span.to : next;
  }

  /** The cursor as it is in the store, as far as this worker knows. */
  stored(topic: string, partition: number): StoredCursor {
    return this.#track(topic, partition).stored;
  }

  /** The span that records of this partition are gathered into, until the gathering is taken. */
  span(topic: string, partition: number): PartitionSpan {
    const track = this.#track(topic, partition);
    if (track.span) return track.span;
    const span: PartitionSpan = {
      topic,
      partition,
      from: track.next,
      to: track.next,
      watermarkMs: track.watermarkMs,
      appendMs: 0,
      historicalMs: 0,
      counters: emptyCounters(),
      caughtUp: false,
    };
    track.span = span;
    this.gathering.spans.set(spanKey(topic, partition), span);
    return span;
  }

  #track(topic: string, partition: number): Track {
    const track = this.#tracks.get(spanKey(topic, partition));
    invariant(track, `a projection has no cursor for ${topic}/${partition}`);
    return track;
  }

  /** Takes what was gathered, to be applied in one step; gathering goes on from there. */
  take(): FlushRequest | undefined {
    if (this.gathering.spans.size === 0) return undefined;
    const { gathering, generation } = this;
    this.gathering = emptyGathering();
    for (const track of this.#tracks.values()) {
      if (!track.span) continue;
      track.next = track.span.to;
      track.watermarkMs = track.span.watermarkMs;
      track.span = undefined;
    }
    return flushRequest(gathering, this.plan, { generation, known: this.#known });
  }

  /**
   * Notes that a flush was applied: the stored cursors, and the projection's numbers of series. Refused series are asked
   * for again, since a limit may be raised.
   */
  applied(request: FlushRequest, numbers: ReadonlyMap<string, number>): void {
    for (const [key, number] of numbers) if (number >= 0) this.#known.set(key, number);
    for (const { topic, partition, to, appendMs, historicalMs } of request.spans) {
      const track = this.#track(topic, partition);
      track.stored = {
        next: to,
        appendMs: appendMs || track.stored.appendMs,
        historicalMs: historicalMs || track.stored.historicalMs,
      };
    }
  }
}
