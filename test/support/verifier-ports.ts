import type { CellReader } from '../../services/aggregator/ports.ts';
import type { VerifierPorts } from '../../services/aggregator/verifier.ts';
import { heartbeatReader } from './envelopes.ts';
import { memoryLogReader } from './memory-log-reader.ts';
import { offsetsOf, orderReader, TOPIC } from './order-topic.ts';
import type { OrderTopic } from './order-topic.ts';

/** What verification needs, over a topic of orders in memory. */
export function verifierPorts(topic: OrderTopic, cells: CellReader): VerifierPorts {
  const records = topic.map((entries) =>
    entries.map(({ record: { offset, appendMs, bytes, valueFrom, valueTo } }) => ({
      offset,
      appendMs,
      key: null,
      value: valueFrom < 0 ? null : bytes.subarray(valueFrom, valueTo),
    })),
  );
  return {
    cells,
    log: memoryLogReader(new Map([[TOPIC, records]])),
    offsets: offsetsOf(topic),
    readers: {
      readerOf: async (schemaId) =>
        schemaId === 1
          ? orderReader
          : schemaId === 2
            ? heartbeatReader
            : { kind: 'refused', code: 'schema_unknown', detail: 'no such schema' },
    },
    clock: { sleep: async () => {}, after: () => () => {} },
    schemaIdOf: (bytes, from) => (from < 0 ? undefined : bytes.readInt32BE(from + 1)),
  };
}
