import { createRequire } from 'node:module';
import type { Message } from 'kafkajs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { batchMessage, produceLean } from '../../../../services/platform/kafka/lean-produce.ts';
import { writeBatch } from '../../../../services/platform/kafka/write-batch.ts';

type Protocol = (at: { version: number }) => (produce: object) => {
  readonly request: {
    readonly apiVersion: number;
    readonly encode: () => Promise<{ readonly buffer: Buffer }>;
  };
  readonly response: object;
};
const load = createRequire(import.meta.url);
const manifest = load('kafkajs/package.json') as { version: string };
const definition = load('kafkajs/src/protocol/requests/produce/index.js') as {
  protocol: Protocol;
};
const stock = definition.protocol;
produceLean();

const NOW = 1_790_000_000_000;
const RECORDS = [
  { key: Buffer.from('k'), value: Buffer.from('v') },
  { key: null, value: Buffer.alloc(3_000, 1) },
  { key: Buffer.from('gone'), value: null },
];
const BATCH = batchMessage(writeBatch(RECORDS, NOW), 5);
/** What kafkajs' producer asks of its protocol. */
const produce = (...messages: readonly Message[]) => ({
  acks: -1,
  timeout: 3_000,
  transactionalId: undefined,
  producerId: -1,
  producerEpoch: 0,
  topicData: [{ topic: 'töpic', partitions: [{ partition: 5, messages, firstSequence: 0 }] }],
});
const encoded = async (protocol: Protocol, version: number, call: object): Promise<Buffer> =>
  (await protocol({ version })(call).request.encode()).buffer;

afterEach(() => {
  vi.restoreAllMocks();
  manifest.version = '2.2.4';
});

describe('a batch in place of messages', () => {
  test.each([3, 4, 5, 6, 7])(
    'is sent as kafkajs sends its records, version %s',
    async (version) => {
      vi.spyOn(Date, 'now').mockReturnValue(NOW);
      const theirs = await encoded(stock, version, produce(...RECORDS));
      expect(await encoded(definition.protocol, version, produce(BATCH))).toEqual(theirs);
      // Without the patch the batch would be the value of a record.
      expect(await encoded(stock, version, produce(BATCH))).not.toEqual(theirs);
      expect(definition.protocol({ version })(produce(BATCH))).toMatchObject({
        request: { apiVersion: version },
        response: stock({ version })(produce(BATCH)).response,
      });
    },
  );

  test('leaves plain messages to kafkajs', async () => {
    vi.spyOn(Date, 'now').mockReturnValue(NOW);
    expect(await encoded(definition.protocol, 7, produce(...RECORDS))).toEqual(
      await encoded(stock, 7, produce(...RECORDS)),
    );
  });

  test('is refused beside others, and by a broker that knows no such batches', () => {
    const protocol = definition.protocol({ version: 7 });
    expect(() => protocol(produce(BATCH, BATCH))).toThrow('invariant_broken');
    expect(() => protocol(produce(RECORDS[0] as Message, BATCH))).toThrow('invariant_broken');
    expect(() => definition.protocol({ version: 2 })(produce(BATCH))).toThrow('too old');
  });
});

test('another version of kafkajs is refused', () => {
  manifest.version = '2.3.0';
  expect(produceLean).toThrow('kafkajs 2.3.0 is not 2.2.4');
});
