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
/** Lengths and numbers of the request around its one batch, beside the topic's name; at most this. */
const REQUEST_BYTES = 64;

/** @param batch of magic 2 (`writeBatch`), to be sent as it is, alone in its send, by a client that `produceLean` prepared */
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
      const held = heldBatch(produce);
      if (!held) return call;
      invariant(version >= VERSION_MIN, 'the broker knows no batches of magic 2: it is too old');
      const { topic, partition, batch } = held;
      const encode = async (): Promise<Encoder> =>
        new KafkaEncoder(REQUEST_BYTES + 3 * topic.length + batch.length)
          .writeString(null) // No transaction.
          .writeInt16(produce.acks)
          .writeInt32(produce.timeout)
          .writeInt32(1)
          .writeString(topic)
          .writeInt32(1)
          .writeInt32(partition)
          .writeBytes(batch);
      return { ...call, request: { ...call.request, encode } };
    };
  };
  definition.protocol = Object.assign(leanProtocol, { isLean: true as const });
}

/** @returns undefined where messages are plain ones   @throws invariant_broken when a batch is not alone */
function heldBatch({
  topicData,
}: Produce):
  | { readonly topic: string; readonly partition: number; readonly batch: Buffer }
  | undefined {
  const parts = topicData.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, messages }) => ({ topic, partition, messages })),
  );
  if (!parts.some(({ messages }) => messages.some((message) => BATCH in message))) return undefined;
  const [only] = parts;
  invariant(only && parts.length === 1 && only.messages.length === 1, 'a batch is sent alone');
  const { topic, partition, messages } = only;
  return { topic, partition, batch: (messages[0] as BatchMessage).value };
}
