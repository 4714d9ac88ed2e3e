import type { Kafka, Message, ProducerBatch, ProducerRecord, RecordMetadata } from 'kafkajs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createRecordProducer } from '../../../../services/platform/kafka/producer.ts';
import { createLogger } from '../../../../services/platform/logger.ts';

const logger = createLogger({ level: 'silent', name: 'test', isTty: false });

/** What one request holds, `topic/partition` by `topic/partition`; and a broker that answers when the test lets it. */
function brokerOf() {
  const requests: string[] = [];
  let gate: Promise<void> = Promise.resolve();
  let fault: string | undefined;
  const answer = async (
    sent: readonly [string, readonly Message[]][],
  ): Promise<RecordMetadata[]> => {
    const places = sent.flatMap(([topic, messages]) =>
      messages.map(({ partition = -1 }) => ({ topicName: topic, partition })),
    );
    requests.push(places.map(({ topicName, partition }) => `${topicName}/${partition}`).join(' '));
    await gate;
    if (requests.includes('disconnected')) throw new Error('the connection is closed');
    if (fault !== undefined && places.length > 1) throw new Error(fault);
    return places.map((place) => ({ ...place, errorCode: 0, baseOffset: String(place.partition) }));
  };
  const producer = {
    connect: () => Promise.resolve(),
    disconnect: async () => void requests.push('disconnected'),
    send: ({ topic, messages }: ProducerRecord) => answer([[topic, messages]]),
    sendBatch: ({ topicMessages = [] }: ProducerBatch) =>
      answer(topicMessages.map(({ topic, messages }) => [topic, messages])),
  };
  return {
    kafka: { producer: () => producer } as unknown as Kafka,
    requests,
    hold(): () => void {
      const held = Promise.withResolvers<void>();
      gate = held.promise;
      return held.resolve;
    },
    failTogether: (reason: string | undefined) => {
      fault = reason;
    },
  };
}

const record = (topic: string, partition: number) => ({
  topic,
  partition,
  key: null,
  value: Buffer.from('v'),
});
const WAVE = [record('a', 0), record('a', 1), record('b', 0)];
const OFFSETS = [0, 1, 0].map((offset) => ({ ok: true, value: { offset } }));

afterEach(() => {
  vi.useRealTimers();
});

describe('records that are sent together', () => {
  test('go in one request, each with the offset that it got', async () => {
    const { kafka, requests } = brokerOf();
    const producer = createRecordProducer(kafka, { logger });
    expect(await Promise.all(producer.sendTogether(WAVE))).toEqual(OFFSETS);
    expect(requests).toEqual(['a/0 a/1 b/0']);
  });

  test('do not overtake one of their partition that is on its way, and wait for it alone', async () => {
    const { kafka, requests, hold } = brokerOf();
    const producer = createRecordProducer(kafka, { logger });
    const release = hold();
    const before = producer.send(record('a', 1));
    await expect.poll(() => requests).toEqual(['a/1']);
    const fates = producer.sendTogether(WAVE);
    await expect.poll(() => requests).toEqual(['a/1', 'a/0 b/0']);
    release();
    await before;
    expect(await Promise.all(fates)).toEqual(OFFSETS);
    expect(requests).toEqual(['a/1', 'a/0 b/0', 'a/1']);
  });

  test('go one by one where together they fail, and for half a minute after', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { kafka, requests, failTogether } = brokerOf();
    const producer = createRecordProducer(kafka, { logger });
    failTogether('topic b is gone');
    expect(await Promise.all(producer.sendTogether(WAVE))).toEqual(OFFSETS);
    expect(requests.splice(0)).toEqual(['a/0 a/1 b/0', 'a/0', 'a/1', 'b/0']);
    failTogether(undefined);
    vi.advanceTimersByTime(29_000);
    expect(await Promise.all(producer.sendTogether(WAVE))).toEqual(OFFSETS);
    expect(requests.splice(0)).toEqual(['a/0', 'a/1', 'b/0']);
    vi.advanceTimersByTime(2_000);
    expect(await Promise.all(producer.sendTogether(WAVE))).toEqual(OFFSETS);
    expect(requests).toEqual(['a/0 a/1 b/0']);
  });

  test('are waited for when the producer is closed, and refused from then on', async () => {
    const { kafka, requests, hold } = brokerOf();
    const producer = createRecordProducer(kafka, { logger });
    const release = hold();
    const fates = producer.sendTogether(WAVE);
    await expect.poll(() => requests).toHaveLength(1);
    const closed = producer.close();
    await new Promise(setImmediate);
    release();
    await closed;
    expect(await Promise.all(fates)).toEqual(OFFSETS);
    expect(await Promise.all(producer.sendTogether(WAVE))).toMatchObject(
      WAVE.map(() => ({ ok: false, error: { code: 'broker_unavailable' } })),
    );
  });
});
