import type { Kafka } from 'kafkajs';
import { eventTypeOf } from '../../kernel/topics.ts';
import { DAY_MS } from '../../kernel/time.ts';
import type { EventTypeDefinition } from '../../kernel/definitions.ts';
import { frameSchemaIdAt } from '../../platform/avro/codec.ts';
import { readRange } from '../../platform/kafka/range-reader.ts';
import { indexStart } from '../core/horizon.ts';
import { HISTORICAL_HORIZON_MS, partitionJudge } from '../core/judge.ts';
import type { RecordReader } from '../core/judge.ts';
import type { MetricPlan } from '../core/metric-plan.ts';
import { viewOf } from '../core/source-record.ts';
import type { SourceRecord } from '../core/source-record.ts';
import { examine, traceOf } from '../core/trace.ts';
import type { EventTrace, Finding } from '../core/trace.ts';
import type { ProjectionStore, ReaderSource, SourceOffsets } from '../ports.ts';

export type TraceQuestion = {
  readonly source: string;
  readonly id: string;
  /** `topic/partition/offset`, as ingest answered. */
  readonly position?: {
    readonly topic: string;
    readonly partition: number;
    readonly offset: number;
  };
  /** About when it was sent, epoch ms: narrows the search. */
  readonly timeMs?: number;
};
export type TraceAnswer =
  | { readonly kind: 'found'; readonly trace: EventTrace }
  | { readonly kind: 'not_found'; readonly searchedFromMs: number };

export type TracerPorts = {
  readonly kafka: Kafka;
  readonly prefix: string;
  readonly offsets: SourceOffsets;
  readonly store: ProjectionStore;
  readonly readers: ReaderSource;
  readonly eventTypes: () => ReadonlyMap<string, EventTypeDefinition>;
  readonly plansOf: (topic: string) => readonly MetricPlan[];
  readonly now: () => number;
};

type Place = { readonly topic: string; readonly partition: number };

/** Answers "where is my event, and why was it (not) counted" by running the core that counts over that stretch of the log. */
export function createTracer(
  ports: TracerPorts,
): (question: TraceQuestion) => Promise<TraceAnswer> {
  const { kafka, prefix, offsets, store, eventTypes } = ports;

  /** Readers of one search: each writer schema is resolved once. */
  const readersFor = (type: EventTypeDefinition, plans: readonly MetricPlan[]) => {
    const plan = {
      schema: type.schema,
      fields: new Set(plans.flatMap(({ fields }) => [...fields])),
    };
    const known = new Map<number, RecordReader>();
    return async (record: SourceRecord): Promise<RecordReader | undefined> => {
      const id = frameSchemaIdAt(record.bytes, record.valueFrom, record.valueTo);
      if (id === undefined) return undefined;
      const reader = known.get(id) ?? (await ports.readers.readerOf(id, plan));
      known.set(id, reader);
      return reader;
    };
  };

  /** Judges a partition from `from` to `to` and gives the first record that has the identity. */
  const search = async (
    question: TraceQuestion,
    place: Place,
    range: { from: number; to: number; atOffset?: number },
  ): Promise<Finding | undefined> => {
    const type = eventTypes().get(eventTypeOf(prefix, place.topic) ?? '');
    if (!type) return undefined;
    const judge = partitionJudge(type, range.from);
    const plans = ports.plansOf(place.topic);
    const readerFor = readersFor(type, plans);
    let watermarkMs = 0;
    let found: Finding | undefined;
    let first: number | undefined;
    await readRange(kafka, { ...place, from: range.from, to: range.to }, async (records) => {
      for (const kept of records) {
        const record = viewOf(kept);
        const finding = examine({ judge, plans, watermarkMs }, record, await readerFor(record));
        watermarkMs = Math.max(watermarkMs, finding.judged.watermarkMs);
        const { id, source } = finding.identity;
        if (id !== question.id || source !== question.source) continue;
        if (range.atOffset === undefined || range.atOffset === record.offset) {
          found = {
            ...finding,
            judged: structuredClone(finding.judged),
            ...(first === undefined ? {} : { first }),
          };
          return false;
        }
        first ??= record.offset;
      }
      return true;
    });
    return found;
  };

  /** From one horizon before the record, so that duplicates are found as counting found them. */
  const judgedFrom = async (place: Place, record: { appendMs: number }): Promise<number> => {
    const type = eventTypes().get(eventTypeOf(prefix, place.topic) ?? '');
    const timeMs = indexStart(
      { appendMs: record.appendMs, historicalMs: record.appendMs },
      type?.duplicateHorizonMs ?? DAY_MS,
    );
    return timeMs === undefined ? 0 : offsets.offsetAt({ ...place, timeMs });
  };

  /** When the record at this offset was appended; undefined where the offset holds none. */
  const appendedAt = async (place: Place, offset: number): Promise<number | undefined> => {
    let appendMs: number | undefined;
    await readRange(kafka, { ...place, from: offset, to: offset + 1 }, ([record]) => {
      appendMs = record?.appendMs;
      return false;
    });
    return appendMs;
  };

  const answer = async (finding: Finding, place: Place): Promise<TraceAnswer> => {
    const type = eventTypeOf(prefix, place.topic) ?? '';
    const cursors = new Map<string, number>();
    for (const { plan } of finding.decisions) {
      const stored = await store.load({ metric: plan.metric.id, version: plan.metric.version });
      const cursor = stored?.partitions.find(
        (one) => one.topic === place.topic && one.partition === place.partition,
      );
      cursors.set(plan.metric.id, cursor?.next ?? 0);
    }
    return {
      kind: 'found',
      trace: traceOf(finding, { type, ...place, next: (plan) => cursors.get(plan.metric.id) ?? 0 }),
    };
  };

  return async (question) => {
    const nowMs = ports.now();
    const fromMs = (question.timeMs ?? nowMs) - HISTORICAL_HORIZON_MS;
    const topics = question.position
      ? [question.position.topic]
      : [...eventTypes().keys()].map((type) => `${prefix}events.${type}`);
    for (const topic of topics) {
      const bounds = await offsets.bounds(topic).catch(() => []);
      for (const { partition, first, end } of bounds) {
        const place = { topic, partition };
        if (question.position && question.position.partition !== partition) continue;
        const atOffset = question.position?.offset;
        if (atOffset !== undefined && (atOffset < first || atOffset >= end)) continue;
        const appendMs =
          atOffset === undefined ? (question.timeMs ?? nowMs) : await appendedAt(place, atOffset);
        if (appendMs === undefined) continue;
        const start = await judgedFrom(place, { appendMs });
        const to = atOffset === undefined ? end : atOffset + 1;
        const from = Math.max(first, Math.min(start, to));
        const finding = await search(question, place, {
          from,
          to,
          ...(atOffset === undefined ? {} : { atOffset }),
        });
        if (finding) return answer(finding, place);
      }
    }
    return { kind: 'not_found', searchedFromMs: fromMs };
  };
}
