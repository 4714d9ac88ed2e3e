import { createRequire } from 'node:module';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { invariant } from '../../kernel/result.ts';
import { decodeFetchResponse } from './fetch-response.ts';
import type { HeldRecords } from './fetch-response.ts';
import { kafkaMessages } from './kafka-messages.ts';
import { recordSet } from './record-set.ts';
import type { RecordSet } from './record-set.ts';

type Batch = EachBatchPayload['batch'];
/** What is used of kafkajs' inside, which its types do not name. */
type StockBatch = Batch & { readonly fetchedOffset: string; readonly rawMessages: HeldRecords };
type Fetch = ((this: object, nodeId: string) => Promise<readonly StockBatch[]>) & Mark;
type Process = (this: RunnerInside, batch: Batch) => Promise<void>;
type RunnerInside = {
  readonly eachBatch: (payload: EachBatchPayload) => Promise<void>;
  readonly consumerGroup: {
    readonly resolveOffset: (at: { topic: string; partition: number; offset: string }) => void;
  };
};
type Mark = { readonly isLean?: true };

const KAFKAJS_VERSION = '2.2.4';
/** Of the fetch response, from the first that carries batches of magic 2. */
const RESPONSE_VERSIONS = [4, 5, 6, 7, 8, 9, 10, 11];

/** Of each batch: its records, and what kafkajs hands to those who consume. */
const recordSets = new WeakMap<Batch, RecordSet>();
const readable = new WeakMap<Batch, Batch>();

/**
 * kafkajs 2.2.4 makes some ten objects of every record that it fetches: 1.1 µs a record, without looking at a checksum. With
 * this its answers keep the bytes as they came, and `recordsOf` reads them in place in 0.1 µs. Who consumes by
 * `batch.messages` or by eachMessage goes on as before: messages are made when they are asked for. A batch whose records
 * are all hidden reaches eachBatch too, without messages. Safe to call again; consumers that run already go on as before.
 */
export function fetchLean(): void {
  const require = createRequire(import.meta.url);
  const load = (path: string): unknown => require(`kafkajs/${path}`);
  const { version } = load('package.json') as { version: string };
  invariant(version === KAFKAJS_VERSION, `kafkajs ${version} is not ${KAFKAJS_VERSION}`);
  const group = (load('src/consumer/consumerGroup.js') as { prototype: { fetch: Fetch } })
    .prototype;
  if (group.fetch.isLean) return;

  for (const version of RESPONSE_VERSIONS) {
    const response = load(`src/protocol/requests/fetch/v${version}/response.js`);
    Object.assign(response as object, {
      decode: async (bytes: Buffer) => decodeFetchResponse(bytes, version),
    });
  }

  const { fetch } = group;
  const leanFetch: Fetch = async function leanFetch(nodeId) {
    return (await fetch.call(this, nodeId)).map(leanBatch) as unknown as StockBatch[];
  };
  group.fetch = Object.assign(leanFetch, { isLean: true as const });

  const { prototype: runner } = load('src/consumer/runner.js') as {
    prototype: { processEachBatch: Process; processEachMessage: Process };
  };
  const { processEachBatch, processEachMessage } = runner;
  runner.processEachBatch = function leanEachBatch(batch) {
    // kafkajs looks at the batch's messages to settle offsets; its caller gets the one that has them.
    const eachBatch = (payload: EachBatchPayload): Promise<void> =>
      this.eachBatch({ ...payload, batch: readable.get(batch) ?? batch });
    return processEachBatch.call(Object.create(this, { eachBatch: { value: eachBatch } }), batch);
  };
  runner.processEachMessage = function leanEachMessage(batch) {
    const { topic, partition, messages } = readable.get(batch) ?? batch;
    if (messages.length > 0)
      return processEachMessage.call(this, { topic, partition, messages } as Batch);
    this.consumerGroup.resolveOffset({ topic, partition, offset: batch.lastOffset() });
    return Promise.resolve();
  };
}

/** The records of a batch that eachBatch got. */
export function recordsOf(batch: Batch): RecordSet {
  const records = recordSets.get(batch);
  invariant(records, 'the batch was not fetched by a client of createKafka');
  return records;
}

/** The records of one partition of a fetch response, for those who fetch by themselves. */
export function heldRecords(
  messages: HeldRecords,
  at: { readonly topic: string; readonly partition: number; readonly offset: number },
): RecordSet {
  invariant(
    messages.held,
    'the answer was not read by fetchLean: its broker is too old, or it came before',
  );
  return recordSet(messages.held, at.offset, `${at.topic}/${at.partition}`);
}

/** What kafkajs needs to know of a batch to move on: the count and end of its messages, but none of them. */
function leanBatch(stock: StockBatch): Batch {
  const { topic, partition, highWatermark, fetchedOffset } = stock;
  const records = heldRecords(stock.rawMessages, {
    topic,
    partition,
    offset: Number(fetchedOffset),
  });
  const lag = (offset: number): string => String(Number(highWatermark) - 1 - offset);
  const lastOffset = String(records.nextOffset - 1);
  const facts = {
    topic,
    partition,
    highWatermark,
    fetchedOffset,
    isEmpty: () => records.isEmpty,
    isEmptyDueToFiltering: () => false,
    isEmptyIncludingFiltered: () => records.isEmpty,
    firstOffset: () => (records.isEmpty ? null : fetchedOffset),
    lastOffset: () => lastOffset,
    offsetLag: () => lag(records.nextOffset - 1),
    offsetLagLow: () => (records.isEmpty ? '0' : lag(records.fetchOffset)),
  };
  const outline: KafkaMessage[] = [];
  if (records.count > 0) outline[records.count - 1] = { offset: lastOffset } as KafkaMessage;
  let made: KafkaMessage[] | undefined;
  const whole: Batch = {
    ...facts,
    get messages() {
      return (made ??= kafkaMessages(records));
    },
  };
  const lean: Batch = { ...facts, messages: outline };
  readable.set(lean, whole);
  recordSets.set(whole, records);
  return lean;
}
