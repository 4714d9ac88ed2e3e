import type { SimpleMetric } from '../../kernel/definitions.ts';
import { secondsLeft } from '../../kernel/progress.ts';
import type { Seen } from '../../kernel/progress.ts';
import { formatRfc3339 } from '../../kernel/time.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { PipelineAnswer, PipelineEventType, PipelineProjection } from './answers.ts';
import { conservationOf } from './conservation.ts';
import type { PartitionAccount } from './conservation.ts';
import { instanceHeartbeats } from './pipeline-heartbeats.ts';
import type { SeenHeartbeat } from './pipeline-heartbeats.ts';
import { watermarkOf } from './projection.ts';
import type { ProjectionHead } from './projection.ts';
import { projectionState, timeOrNull } from './values-answer.ts';

export type LogPartition = {
  readonly partition: number;
  readonly first: number;
  readonly end: number;
};
/** An event type with what its topic and the projections of its metrics say. */
export type EventTypeReading = {
  readonly eventType: string;
  readonly topic: string;
  /** undefined: the broker did not tell. */
  readonly log: readonly LogPartition[] | undefined;
  readonly heartbeats: readonly SeenHeartbeat[];
  readonly projections: readonly {
    readonly metric: SimpleMetric;
    readonly head: ProjectionHead | undefined;
    /** How far it was lately, the latest as now. */
    readonly seen: readonly Seen[];
  }[];
};

export function pipelineAnswer(
  readings: readonly EventTypeReading[],
  nowMs: EpochMs,
): PipelineAnswer {
  return {
    at: formatRfc3339(nowMs),
    eventTypes: readings.map((reading) => eventTypeAnswer(reading, nowMs)),
    projections: readings.flatMap((reading) =>
      reading.projections.map((projection) => projectionAnswer(reading, projection)),
    ),
    warnings: readings.flatMap(({ topic, log }) =>
      log ? [] : [`the broker does not tell where ${topic} ends: lag and in flight are unknown`],
    ),
  };
}

function eventTypeAnswer(reading: EventTypeReading, nowMs: EpochMs): PipelineEventType {
  const { eventType, topic, log = [] } = reading;
  const heads = reading.projections.flatMap(({ head }) => (head ? [head] : []));
  const ends = endsOf(reading);
  return {
    eventType,
    topic,
    watermark: timeOrNull(heads.length === 0 ? 0 : Math.min(...heads.map(watermarkOf))),
    lagRecords: Math.max(0, ...heads.map(({ partitions }) => lagOf(partitions, ends))),
    heartbeats: instanceHeartbeats(reading.heartbeats, nowMs),
    partitions: log.map(({ partition, first, end }) => {
      const accounts = heads.flatMap(({ partitions }) =>
        partitions.filter((at) => at.topic === topic && at.partition === partition),
      );
      const watermarks = accounts.map(({ watermarkMs }) => watermarkMs);
      const newestMs = Math.max(0, ...accounts.map(({ appendMs }) => appendMs));
      return {
        partition,
        logStart: first,
        logEnd: end,
        watermark: timeOrNull(watermarks.length === 0 ? 0 : Math.min(...watermarks)),
        lastRecord: timeOrNull(newestMs),
        lastRecordAgeSeconds: newestMs === 0 ? null : Math.max(0, nowMs - newestMs) / 1_000,
      };
    }),
    metrics: reading.projections.flatMap(({ metric, head }) =>
      head
        ? [conservationOf({ metric: metric.id, version: metric.version }, head.partitions, ends)]
        : [],
    ),
  };
}

/** Offsets that a projection has taken, from its first on. */
export const offsetsDone = ({ partitions }: ProjectionHead): number =>
  partitions.reduce((done, { first, next }) => done + next - first, 0);

function progressOf(
  { log }: EventTypeReading,
  head: ProjectionHead | undefined,
  seen: readonly Seen[],
): PipelineProjection['progress'] {
  if (!head || !log) return null;
  const done = offsetsDone(head);
  const total = done + lagOf(head.partitions, endsOf({ log }));
  return { done, total, secondsLeft: secondsLeft(seen, total) };
}

function projectionAnswer(
  reading: EventTypeReading,
  { metric, head, seen }: EventTypeReading['projections'][number],
): PipelineProjection {
  const partitions = head?.partitions ?? [];
  const ends = endsOf(reading);
  const starts = new Map(reading.log?.map(({ partition, first }) => [partition, first]));
  return {
    metric: metric.id,
    version: metric.version,
    eventType: reading.eventType,
    generation: head?.generation ?? null,
    state: projectionState([head]),
    watermark: timeOrNull(head ? watermarkOf(head) : 0),
    series: head?.seriesCount ?? 0,
    refused: head?.refused ?? 0,
    lagRecords: lagOf(partitions, ends),
    progress: progressOf(reading, head, seen),
    cursors: partitions.map(({ topic, partition, first, next, watermarkMs, rebuilding }) => ({
      topic,
      partition,
      first,
      next,
      end: Math.max(next, ends.get(partition) ?? next),
      watermark: timeOrNull(watermarkMs),
      rebuilding,
      missing: Math.max(0, (starts.get(partition) ?? next) - next),
    })),
  };
}

const endsOf = ({ log = [] }: Pick<EventTypeReading, 'log'>): ReadonlyMap<number, number> =>
  new Map(log.map(({ partition, end }) => [partition, end]));

const lagOf = (
  partitions: readonly PartitionAccount[],
  ends: ReadonlyMap<number, number>,
): number =>
  partitions.reduce(
    (lag, { partition, next }) => lag + Math.max(0, (ends.get(partition) ?? next) - next),
    0,
  );
