import { envelopeSchema } from '../../services/kernel/envelope.ts';
import type { EventTypeDefinition } from '../../services/kernel/definitions.ts';
import { eventEnvironment } from '../../services/kernel/expression/environment.ts';
import { metricPlanner } from '../../services/aggregator/core/metric-plan.ts';
import type { MetricPlan } from '../../services/aggregator/core/metric-plan.ts';
import type { RecordReader } from '../../services/aggregator/core/judge.ts';
import { viewOf } from '../../services/aggregator/core/source-record.ts';
import type { SourceRecord } from '../../services/aggregator/core/source-record.ts';
import type { SimpleMetric } from '../../services/kernel/definitions.ts';
import { frame } from '../../services/platform/avro/codec.ts';
import { envelopeReader } from '../../services/platform/avro/event-reader.ts';
import { avroType } from '../../services/platform/avro/types.ts';
import { compileCel } from '../../services/platform/cel.ts';
import type { WrittenEvent } from './event-log.ts';

const FIELDS = new Set(['store_id', 'amount', 'status']);

/** Records of a partition without Kafka, and readers of them without a registry. */
export function envelopes(type: EventTypeDefinition): {
  readonly record: (at: { offset: number; appendMs: number }, event: WrittenEvent) => SourceRecord;
  readonly reader: RecordReader;
  readonly plan: (metric: SimpleMetric) => MetricPlan;
} {
  const schema = envelopeSchema(type.id, type.schema);
  const avro = avroType(schema);
  const reader = envelopeReader(schema, type.schema, FIELDS);
  if (!reader.ok) throw new Error(reader.error);
  const environment = eventEnvironment(type.schema);
  return {
    record: (at, event) =>
      rawRecord(
        at,
        frame(
          1,
          avro.toBuffer({
            source: '/test',
            subject: null,
            historical: false,
            ingestedAt: null,
            ...event,
          }),
        ),
      ),
    reader: { kind: 'event', readData: reader.value },
    plan: metricPlanner({ type, topic: 't' }, (text) => {
      const compiled = compileCel(text, environment);
      if (!compiled.ok) throw new Error(compiled.error.message);
      return compiled.value;
    }),
  };
}

/** A record with these bytes, whatever they are. */
export const rawRecord = (
  at: { offset: number; appendMs: number },
  value: Buffer | null,
): SourceRecord => viewOf({ ...at, key: null, value });

/** A reader of heartbeats written as `instance oldestAccepted` behind the frame. */
export const heartbeatReader: RecordReader = {
  kind: 'heartbeat',
  read(bytes, from, to) {
    const [instance = '', oldest = ''] = bytes.subarray(from, to).toString().split(' ');
    return { instance, oldestAcceptedMs: Number(oldest) };
  },
};
export const heartbeatRecord = (
  at: { offset: number; appendMs: number },
  beat: { instance: string; oldestMs: number },
): SourceRecord => rawRecord(at, frame(2, Buffer.from(`${beat.instance} ${beat.oldestMs}`)));
