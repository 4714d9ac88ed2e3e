import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** Asks over one keep-alive connection, one question at a time. */
export type HttpReader = {
  /** Resolves when the whole body has come. @throws Error where it is no 200 */
  readonly read: (path: string) => Promise<void>;
  readonly close: () => void;
};

const HEADER_END = '\r\n\r\n';
const HEADER_BYTES_MAX = 2_000;
const BUFFER_BYTES = 1024 * 1024;

/**
 * A reader that takes what comes into one buffer and only counts it: with bodies kept, this process would collect its
 * garbage in every thirtieth answer, for longer than the answer takes, and the slowest answers would tell of that.
 */
export async function openHttpReader(url: string): Promise<HttpReader> {
  const { hostname, port } = new URL(url);
  let pending: PromiseWithResolvers<void> | undefined;
  /** Bytes of the answer that are still to come; undefined before its header. */
  let missing: number | undefined;
  const end = (error?: Error): void => {
    const waiting = pending;
    pending = undefined;
    missing = undefined;
    if (error) waiting?.reject(error);
    else waiting?.resolve();
  };
  const take = (length: number, bytes: Uint8Array): boolean => {
    if (missing !== undefined) missing -= length;
    else {
      const text = Buffer.from(bytes.buffer, 0, Math.min(length, HEADER_BYTES_MAX)).toString(
        'latin1',
      );
      const from = text.indexOf(HEADER_END) + HEADER_END.length;
      const size = /content-length: (\d+)/i.exec(text)?.[1];
      if (!text.startsWith('HTTP/1.1 200') || size === undefined)
        end(new Error(text.slice(0, 300)));
      else missing = Number(size) - (length - from);
    }
    if (missing === 0) end();
    return true;
  };
  const socket = await new Promise<Socket>((resolve, reject) => {
    const onread = { buffer: new Uint8Array(BUFFER_BYTES), callback: take };
    const opened = connect({ host: hostname, port: Number(port), noDelay: true, onread }, () =>
      resolve(opened),
    );
    opened.once('error', reject);
  });
  socket.on('error', end);
  socket.on('close', () => end(new Error(`${url} closed the connection`)));
  return {
    read(path) {
      // A write to a closed socket is swallowed: the answer would be waited for without end.
      if (socket.destroyed) return Promise.reject(new Error(`${url} has closed the connection`));
      pending = Promise.withResolvers();
      socket.write(`GET ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n\r\n`);
      return pending.promise;
    },
    close: () => void socket.destroy(),
  };
}
