import { createRequire } from 'node:module';
import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import {
  assembleInPlace,
  frameAssembler,
} from '../../../../services/platform/kafka/response-frames.ts';

const framed = (text: string): Buffer => {
  const bytes = Buffer.alloc(4 + text.length);
  bytes.writeInt32BE(text.length);
  bytes.write(text, 4);
  return bytes;
};
const never = (): void => expect.unreachable();
const TEXTS = ['1234 is an answer', 'four', 'x'.repeat(40)];

describe('answers are put together', () => {
  test('however they are cut into chunks, in buffers of their own', () => {
    const bytes = Buffer.concat(TEXTS.map(framed));
    for (let first = 1; first < bytes.length; first++)
      for (const rest of [1, 3, bytes.length]) {
        const frames: Buffer[] = [];
        const take = frameAssembler((frame) => frames.push(frame), never);
        // One buffer for all chunks, as a socket has it.
        const chunk = Buffer.alloc(bytes.length);
        for (let at = 0; at < bytes.length; at += at === 0 ? first : rest) {
          const size = bytes.copy(chunk, 0, at, at + (at === 0 ? first : rest));
          take(chunk.subarray(0, size));
          chunk.fill(0);
        }
        expect(frames.map(String)).toEqual(TEXTS);
      }
  });

  test.each([-1, 3, 0x48545450])('a size of %d bytes is a fault, and takes no memory', (size) => {
    const faults: number[] = [];
    const bytes = Buffer.alloc(5);
    bytes.writeInt32BE(size);
    frameAssembler(never, (fault) => faults.push(fault))(bytes);
    expect(faults).toEqual([size]);
  });
});

describe('a connection of kafkajs', () => {
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/connection.js') as {
    prototype: { processData: (this: object, chunk: Buffer) => void };
  };
  assembleInPlace();
  assembleInPlace();
  const answer = Buffer.concat([Buffer.from([0, 0, 0, 9]), Buffer.from('payload')]).toString(
    'latin1',
  );
  const connection = () => {
    const answers: unknown[] = [];
    return {
      answers,
      socket: new Socket(),
      authHandlers: null as object | null,
      authExpectResponse: false,
      requestQueue: {
        fulfillRequest: ({ payload, ...rest }: { payload: Buffer }) =>
          answers.push({ ...rest, payload: String(payload) }),
      },
    };
  };

  test('answers the request that has its number', () => {
    const one = connection();
    prototype.processData.call(one, framed(answer));
    expect(one.answers).toEqual([{ size: 11, correlationId: 9, payload: 'payload' }]);
  });

  test('that was cut off in an answer begins anew with its next socket', () => {
    const one = connection();
    prototype.processData.call(one, framed(answer).subarray(0, 8));
    one.socket = new Socket();
    prototype.processData.call(one, framed(answer));
    expect(one.answers).toEqual([{ size: 11, correlationId: 9, payload: 'payload' }]);
  });

  test('that gets what is no answer is closed', () => {
    const one = connection();
    one.socket.on('error', () => undefined);
    prototype.processData.call(one, Buffer.from('HTTP/1.1 400 Bad Request'));
    expect(one.socket.destroyed).toBe(true);
    expect(one.answers).toEqual([]);
  });

  test('hands kafkajs copies of what belongs to SASL', () => {
    const one = connection();
    const kept: Buffer[] = [];
    one.authHandlers = { onSuccess: (bytes: Buffer) => kept.push(bytes) };
    const chunk = Buffer.from('token');
    prototype.processData.call(one, chunk);
    chunk.fill(0);
    expect(kept.map(String)).toEqual(['token']);
  });
});
