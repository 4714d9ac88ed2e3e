import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** A keep-alive HTTP/1.1 client of our own: as cheap as it gets, so that the load takes little of the machine's CPU. */
export type Connection = {
  /** One request at a time. @returns status and body */
  readonly post: (body: string) => Promise<{ readonly status: number; readonly body: string }>;
  /** Whether the other side has let go of it: a server does so with what is idle for long. */
  readonly isClosed: () => boolean;
  readonly close: () => void;
};

const HEADER_END = '\r\n\r\n';

export async function openConnection(
  url: string,
  request: { readonly path: string; readonly contentType: string },
): Promise<Connection> {
  const { hostname, port } = new URL(url);
  const socket = await new Promise<Socket>((resolve, reject) => {
    const opened = connect({ host: hostname, port: Number(port), noDelay: true }, () =>
      resolve(opened),
    );
    opened.once('error', reject);
  });
  const head = `POST ${request.path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: ${request.contentType}\r\ncontent-length: `;
  let received = '';
  let pending: PromiseWithResolvers<{ status: number; body: string }> | undefined;
  const settle = (): void => {
    const end = received.indexOf(HEADER_END);
    if (end < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(received.slice(0, end))?.[1] ?? 0);
    const from = end + HEADER_END.length;
    if (received.length < from + length) return;
    const answer = {
      status: Number(received.slice(9, 12)),
      body: received.slice(from, from + length),
    };
    received = received.slice(from + length);
    const waiting = pending;
    pending = undefined;
    waiting?.resolve(answer);
  };
  const fail = (error: Error): void => {
    pending?.reject(error);
    pending = undefined;
  };
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    received += chunk;
    settle();
  });
  socket.on('error', fail);
  socket.on('close', () => fail(new Error(`${url} closed the connection`)));
  return {
    isClosed: () => socket.destroyed,
    post(body) {
      // A write to a closed socket is swallowed: the request would be lost without a sign.
      if (socket.destroyed) return Promise.reject(new Error(`${url} has closed the connection`));
      pending = Promise.withResolvers();
      socket.write(`${head}${Buffer.byteLength(body)}\r\n\r\n${body}`);
      return pending.promise;
    },
    close: () => socket.destroy(),
  };
}
