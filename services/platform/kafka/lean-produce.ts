import type { Message } from 'kafkajs';
import { invariant } from '../../kernel/result.ts';
import { kafkajsInside } from './kafkajs-inside.ts';

const BATCH = Symbol('a record batch as it is sent');
/** What kafkajs takes for one message, and sends as the batch that it holds. */
type BatchMessage = Message & { readonly [BATCH]: true; readonly value: Buffer };

/** What is used of kafkajs' inside, which its types do not name. */
type Encoder = {
  readonly writeString: (text: string | null) => Encoder;
  readonly writeInt16: (value: number) => Encoder;
  readonly writeInt32: (value: number) => Encoder;
  readonly writeBytes: (bytes: Buffer) => Encoder;
};
type Produce = {
  readonly acks: number;
  readonly timeout: number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly messages: readonly (Message | BatchMessage)[];
    }[];
  }[];
};
type Call = { readonly request: { readonly encode: () => Promise<Encoder> } };
type Protocol = (at: { readonly version: number }) => (produce: Produce) => Call;
type Definition = { protocol: Protocol & { readonly isLean?: true } };

/** Of the request, the first that carries batches of magic 2. */
const VERSION_MIN = 3;
/** Lengths and numbers of the request around its batches, of each topic beside its name, and of each batch; at most this. */
const FRAME_BYTES = 32;

/** @param batch of magic 2 (`writeBatch`), to be sent as it is, alone in its partition's send, by a client that `produceLean` prepared */
export function batchMessage(batch: Buffer, partition: number): Message {
  const message: BatchMessage = { key: null, value: batch, partition, [BATCH]: true };
  return message;
}

/**
 * kafkajs 2.2.4 makes some ten buffers of every record that it sends, and copies the list of all before it for each: 6 µs a
 * record in batches of 100, more in larger ones. With this, a message of `batchMessage` goes out as the batch that it holds,
 * the same bytes at every attempt. Other messages are sent as before. To be called before the first of them; safe to call again.
 */
export function produceLean(): void {
  const definition = kafkajsInside('src/protocol/requests/produce/index.js') as Definition;
  if (definition.protocol.isLean) return;
  const KafkaEncoder = kafkajsInside('src/protocol/encoder.js') as new (bytes: number) => Encoder;
  const { protocol } = definition;

  const leanProtocol: Protocol = ({ version }) => {
    const stock = protocol({ version });
    return (produce) => {
      const call = stock(produce);
      if (!isHeld(produce)) return call;
      invariant(version >= VERSION_MIN, 'the broker knows no batches of magic 2: it is too old');
      const { acks, timeout, topicData } = produce;
      const encode = async (): Promise<Encoder> => {
        const encoder = new KafkaEncoder(bytesOf(topicData))
          .writeString(null) // No transaction.
          .writeInt16(acks)
          .writeInt32(timeout)
          .writeInt32(topicData.length);
        for (const { topic, partitions } of topicData) {
          encoder.writeString(topic).writeInt32(partitions.length);
          for (const { partition, messages } of partitions)
            encoder.writeInt32(partition).writeBytes(batchOf(messages));
        }
        return encoder;
      };
      return { ...call, request: { ...call.request, encode } };
    };
  };
  definition.protocol = Object.assign(leanProtocol, { isLean: true as const });
}

/** Whether it is batches that are to be sent. @throws invariant_broken when some of it is plain messages */
function isHeld({ topicData }: Produce): boolean {
  const parts = topicData.flatMap(({ partitions }) => partitions);
  const isBatch = ({ messages }: (typeof parts)[number]): boolean =>
    messages.some((message) => BATCH in message);
  if (!parts.some(isBatch)) return false;
  const isAlone = parts.every((part) => part.messages.length === 1 && isBatch(part));
  invariant(isAlone, 'a batch is alone in its partition');
  return true;
}

const batchOf = ([message]: readonly (Message | BatchMessage)[]): Buffer =>
  (message as BatchMessage).value;

const bytesOf = (topicData: Produce['topicData']): number =>
  topicData.reduce(
    (sum, { topic, partitions }) =>
      sum +
      FRAME_BYTES +
      3 * topic.length +
      partitions.reduce((all, { messages }) => all + FRAME_BYTES + batchOf(messages).length, 0),
    FRAME_BYTES,
  );
