import { connect as connectPlain, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import { kafkajsInside } from './kafkajs-inside.ts';

/** What is used of kafkajs' connection, which its types do not name. */
type Connection = {
  readonly socket: Socket;
  readonly authHandlers: object | null;
  readonly requestQueue: {
    readonly fulfillRequest: (answer: {
      size: number;
      correlationId: number;
      payload: Buffer;
    }) => void;
  };
  processData: ((this: Connection, chunk: Buffer) => void) & { readonly isInPlace?: true };
};

/** Beyond it the other side is no broker: a fetch is answered with 10 MB and a batch at most. */
const FRAME_BYTES_MAX = 1 << 28;
const SIZE_BYTES = 4;
const READ_BYTES = 1 << 16;
const KEEP_ALIVE_AFTER_MS = 60_000;

/**
 * Puts frames together, each of four bytes that say its size and so many bytes. A chunk is copied to its place at once, and
 * not kept.
 * @param onFrame called with the bytes behind the size  @param onFault called with a size that no answer has
 */
export function frameAssembler(
  onFrame: (frame: Buffer) => void,
  onFault: (sizeBytes: number) => void,
): (chunk: Buffer) => void {
  const size = Buffer.alloc(SIZE_BYTES);
  let target = size;
  let filled = 0;
  return (chunk) => {
    for (let at = 0; at < chunk.length;) {
      const copied = chunk.copy(target, filled, at);
      at += copied;
      filled += copied;
      if (filled < target.length) return;
      filled = 0;
      if (target !== size) {
        const frame = target;
        target = size;
        onFrame(frame);
        continue;
      }
      const sizeBytes = size.readInt32BE();
      if (sizeBytes < SIZE_BYTES || sizeBytes > FRAME_BYTES_MAX) return onFault(sizeBytes);
      target = Buffer.allocUnsafeSlow(sizeBytes);
    }
  };
}

/**
 * kafkajs 2.2.4 keeps the chunks of an answer and copies them together at its end, so that each byte costs two buffers, and
 * they live long enough to need the slow collection: a third of reading a log. It also keeps the beginning of an answer
 * that was cut off, and reads what a new connection brings as its end. With this each answer has one buffer, and each
 * connection begins anew. Safe to call again.
 */
export function assembleInPlace(): void {
  const { prototype } = kafkajsInside('src/network/connection.js') as { prototype: Connection };
  const { processData } = prototype;
  if (processData.isInPlace) return;
  const assemblers = new WeakMap<Socket, (chunk: Buffer) => void>();
  const open = ({ socket, requestQueue }: Connection): ((chunk: Buffer) => void) => {
    const assembler = frameAssembler(
      (frame) =>
        requestQueue.fulfillRequest({
          size: frame.length,
          correlationId: frame.readInt32BE(),
          payload: frame.subarray(4),
        }),
      (sizeBytes) => socket.destroy(new Error(`an answer of ${sizeBytes} bytes is of no broker`)),
    );
    assemblers.set(socket, assembler);
    return assembler;
  };
  const inPlace = function inPlace(this: Connection, chunk: Buffer): void {
    // Answers to SASL have a form of their own; kafkajs keeps them, and the chunk is ours.
    if (this.authHandlers) processData.call(this, Buffer.from(chunk));
    else (assemblers.get(this.socket) ?? open(this))(chunk);
  };
  prototype.processData = Object.assign(inPlace, { isInPlace: true as const });
}

/** kafkajs' sockets, only that plain ones read into one buffer each, again and again: who takes a chunk copies it at once. */
export const createSocket: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const socket: Socket = ssl
    ? connectTls(
        { host, port, ...(isIP(host) ? {} : { servername: host }), ...(ssl as ConnectionOptions) },
        onConnect,
      )
    : connectPlain(
        {
          host,
          port,
          onread: {
            buffer: Buffer.allocUnsafeSlow(READ_BYTES),
            callback(count, buffer) {
              socket.emit('data', buffer.subarray(0, count));
              return true;
            },
          },
        },
        onConnect,
      );
  return socket.setKeepAlive(true, KEEP_ALIVE_AFTER_MS);
};
