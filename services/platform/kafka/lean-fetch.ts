import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { invariant } from '../../kernel/result.ts';
import { decodeFetchResponse } from './fetch-response.ts';
import type { HeldRecords } from './fetch-response.ts';
import { kafkaMessages } from './kafka-messages.ts';
import { kafkajsInside } from './kafkajs-inside.ts';
import { recordSet } from './record-set.ts';
import type { RecordSet } from './record-set.ts';

type Batch = EachBatchPayload['batch'];
/** What is used of kafkajs' inside, which its types do not name. */
type StockBatch = Batch & { readonly fetchedOffset: string; readonly rawMessages: HeldRecords };
type GroupInside = {
  readonly sessionTimeout: number;
  maxWaitTime: number;
  [ASKED_WAIT]?: number;
  /** Clock time, by broker. */
  [NOT_BEFORE]?: Map<string, number>;
};
type Fetch = ((this: GroupInside, nodeId: string) => Promise<readonly StockBatch[]>) & Mark;
/** A batch for kafkajs' runner: it moves on by it, and hands to those who consume what is in `readable`. */
type LeanBatch = Batch & { readonly readable: ReadableBatch };
type ReadableBatch = Batch & { readonly records: RecordSet };
type Process = (this: RunnerInside, batch: LeanBatch) => Promise<void>;
type RunnerInside = {
  readonly eachBatch: (payload: EachBatchPayload) => Promise<void>;
  readonly consumerGroup: {
    readonly resolveOffset: (at: { topic: string; partition: number; offset: string }) => void;
  };
};
type Mark = { readonly isLean?: true };

/** Of the fetch response, from the first that carries batches of magic 2. */
const RESPONSE_VERSIONS = [4, 5, 6, 7, 8, 9, 10, 11];

/**
 * How long brokers may hold a fetch of a consumer that has nothing to read: it is answered at once when something comes.
 * Longer than from one heartbeat of ingest to the next, so that a partition without events has one fetch for each.
 */
const IDLE_WAIT_MS_MAX = 1_500;
/** kafkajs tells its group that it is alive between fetches: so many of them begin within a session at least. */
const FETCHES_PER_SESSION = 3;
const ASKED_WAIT = Symbol('the wait that the consumer asked for');
/**
 * A fetch costs much the same whatever it brings. After one that brought little the next waits so long: at 20,000 small
 * records a second that makes some 80 fetches of it, for 5 ms more until a record is seen.
 */
const PACE_MS = 10;
const LITTLE_BYTES = 1 << 16;
const NOT_BEFORE = Symbol('when the next fetch may begin');

/**
 * kafkajs 2.2.4 makes some ten objects of every record that it fetches: 1.1 µs a record, without looking at a checksum. With
 * this its answers keep the bytes as they came, and `recordsOf` reads them in place in 0.1 µs. Who consumes by
 * `batch.messages` or by eachMessage goes on as before: messages are made when they are asked for. A batch whose records
 * are all hidden reaches eachBatch too, without messages. A consumer that has nothing to read waits longer: ten of 8
 * partitions each took 5 % of a core together, and take 1 %. To be called before the first fetch; safe to call again.
 */
export function fetchLean(): void {
  const group = (kafkajsInside('src/consumer/consumerGroup.js') as { prototype: { fetch: Fetch } })
    .prototype;
  if (group.fetch.isLean) return;

  for (const version of RESPONSE_VERSIONS) {
    const response = kafkajsInside(`src/protocol/requests/fetch/v${version}/response.js`);
    Object.assign(response as object, {
      decode: async (bytes: Buffer) => decodeFetchResponse(bytes, version),
    });
  }

  const { fetch } = group;
  const leanFetch: Fetch = async function leanFetch(nodeId) {
    const notBefore = (this[NOT_BEFORE] ??= new Map());
    const paceMs = (notBefore.get(nodeId) ?? 0) - performance.now();
    if (paceMs > 0) await new Promise((resolve) => setTimeout(resolve, paceMs));
    const batches = await fetch.call(this, nodeId);
    const filled = batches.map(leanBatch).filter((batch) => batch !== undefined);
    this[ASKED_WAIT] ??= this.maxWaitTime;
    // Idle is who asked and got nothing; one whose partitions all are paused asks soon again.
    const isIdle = batches.length > 0 && filled.length === 0;
    const idleMsMax = Math.min(IDLE_WAIT_MS_MAX, this.sessionTimeout / FETCHES_PER_SESSION);
    const longerMs = Math.max(this[ASKED_WAIT], Math.min(idleMsMax, 2 * this.maxWaitTime));
    const isLittle = filled.length > 0 && bytesOf(batches) < LITTLE_BYTES;
    // Little is a heartbeat, mostly: after each second's the wait would begin anew, with five fetches where one does.
    if (!isLittle) this.maxWaitTime = isIdle ? longerMs : this[ASKED_WAIT];
    notBefore.set(nodeId, isLittle ? performance.now() + PACE_MS : 0);
    return filled as unknown as StockBatch[];
  };
  group.fetch = Object.assign(leanFetch, { isLean: true as const });

  const { prototype: runner } = kafkajsInside('src/consumer/runner.js') as {
    prototype: { processEachBatch: Process; processEachMessage: Process };
  };
  const { processEachBatch, processEachMessage } = runner;
  runner.processEachBatch = function leanEachBatch(batch) {
    // kafkajs looks at the batch's messages to settle offsets; its caller gets the one that has them.
    const eachBatch = (payload: EachBatchPayload): Promise<void> =>
      this.eachBatch({ ...payload, batch: batch.readable });
    return processEachBatch.call(Object.create(this, { eachBatch: { value: eachBatch } }), batch);
  };
  runner.processEachMessage = function leanEachMessage(batch) {
    const { topic, partition, messages } = batch.readable;
    if (messages.length > 0)
      return processEachMessage.call(this, { topic, partition, messages } as LeanBatch);
    this.consumerGroup.resolveOffset({ topic, partition, offset: batch.lastOffset() });
    return Promise.resolve();
  };
}

const bytesOf = (batches: readonly StockBatch[]): number =>
  batches.reduce((sum, { rawMessages: { held } }) => sum + held.to - held.from, 0);

/** The records of a batch that eachBatch got. */
export function recordsOf(batch: Batch): RecordSet {
  const { records } = batch as Partial<ReadableBatch>;
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

/**
 * What kafkajs needs to know of a batch to move on: the count and the end of its messages, but none of them.
 * @returns undefined where there is nothing to do: kafkajs would work it off all the same, for each partition
 */
function leanBatch(stock: StockBatch): LeanBatch | undefined {
  const { topic, partition, highWatermark, fetchedOffset } = stock;
  const offset = Number(fetchedOffset);
  const records = heldRecords(stock.rawMessages, { topic, partition, offset });
  if (records.isEmpty) return undefined;
  const last = records.nextOffset - 1;
  const lag = (offset: number): string => String(Number(highWatermark) - 1 - offset);
  const facts = {
    topic,
    partition,
    highWatermark,
    isEmpty: () => false,
    isEmptyDueToFiltering: () => false,
    isEmptyIncludingFiltered: () => false,
    firstOffset: () => fetchedOffset,
    lastOffset: () => String(last),
    offsetLag: () => lag(last),
    offsetLagLow: () => lag(offset),
  };
  let made: KafkaMessage[] | undefined;
  const readable: ReadableBatch = {
    ...facts,
    records,
    get messages() {
      return (made ??= kafkaMessages(records));
    },
  };
  const outline: KafkaMessage[] = [];
  if (records.count > 0) outline[records.count - 1] = { offset: String(last) } as KafkaMessage;
  return { ...facts, messages: outline, readable };
}
