import { int64At } from './record-batch.ts';
import type { AbortedTransaction, RawRecords } from './record-survey.ts';

/** One partition of an answer, as kafkajs knows it; only that `messages` holds the bytes in place of messages. */
type FetchedPartition = {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: string;
  readonly lastStableOffset: string;
  readonly lastStartOffset: string;
  /** Empty: they are with the bytes. */
  readonly abortedTransactions: readonly [];
  readonly preferredReadReplica: number;
  readonly messages: HeldRecords;
};
export type FetchResponse = {
  readonly throttleTime: number;
  readonly clientSideThrottleTime: number;
  readonly errorCode: number;
  readonly sessionId: number;
  readonly responses: readonly {
    readonly topicName: string;
    readonly partitions: readonly FetchedPartition[];
  }[];
};
/** An array without messages, for kafkajs; what came is in `held`. */
export type HeldRecords = readonly [] & { readonly held: RawRecords };

/** Since these versions of the response. */
const LOG_START_OFFSET = 5;
const SESSION = 7;
const CLIENT_THROTTLES = 8;
const PREFERRED_READ_REPLICA = 11;

/**
 * Reads a fetch response of version 4 to 11 and leaves the record sets where they lie.
 * @see https://kafka.apache.org/protocol#The_Messages_Fetch
 */
export function decodeFetchResponse(bytes: Buffer, version: number): FetchResponse {
  let at = 0;
  const move = (by: number): number => {
    at += by;
    return at - by;
  };
  const int16 = (): number => bytes.readInt16BE(move(2));
  const int32 = (): number => bytes.readInt32BE(move(4));
  const int64 = (): number => int64At(bytes, move(8));
  const text = (): string => {
    const length = int16();
    return bytes.toString('utf8', at, move(length) + length);
  };
  const list = <T>(read: () => T): T[] => Array.from({ length: Math.max(0, int32()) }, read);
  const abortedTransaction = (): AbortedTransaction => ({
    producerId: int64(),
    firstOffset: int64(),
  });
  const records = (aborted: readonly AbortedTransaction[]): HeldRecords => {
    const size = Math.max(0, int32());
    const from = move(size);
    return Object.assign([] as const, { held: { bytes, from, to: from + size, aborted } });
  };
  const partition = (): FetchedPartition => {
    const head = {
      partition: int32(),
      errorCode: int16(),
      highWatermark: String(int64()),
      lastStableOffset: String(int64()),
      lastStartOffset: String(version >= LOG_START_OFFSET ? int64() : -1),
    };
    const aborted = list(abortedTransaction);
    const preferredReadReplica = version >= PREFERRED_READ_REPLICA ? int32() : -1;
    return { ...head, abortedTransactions: [], preferredReadReplica, messages: records(aborted) };
  };
  const throttleMs = int32();
  const isOurs = version >= CLIENT_THROTTLES;
  return {
    throttleTime: isOurs ? 0 : throttleMs,
    clientSideThrottleTime: isOurs ? throttleMs : 0,
    errorCode: version >= SESSION ? int16() : 0,
    sessionId: version >= SESSION ? int32() : 0,
    responses: list(() => ({ topicName: text(), partitions: list(partition) })),
  };
}
