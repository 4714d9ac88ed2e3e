import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';

/** Stands between a client and a server, and does what networks do. */
export type TcpProxy = {
  readonly port: number;
  /** Cuts every connection and refuses new ones, until `restore`. */
  readonly cut: () => void;
  /** Takes connections and bytes, but passes none on, until `restore`. */
  readonly mute: () => void;
  readonly restore: () => void;
  /**
   * Asked at each answer of the server: true closes the connection in its place, so that what the server did stays unknown to the
   * client.
   */
  readonly cutAnswers: (decide: () => boolean) => void;
  /** Called with all that the server sends, to change it where it lies. */
  readonly alterAnswers: (alter: (bytes: Buffer) => void) => void;
  /** Answers that were cut off. */
  readonly cuts: () => number;
  readonly close: () => Promise<void>;
};

export async function tcpProxy(target: string): Promise<TcpProxy> {
  const at = target.lastIndexOf(':');
  const address = { host: target.slice(0, at), port: Number(target.slice(at + 1)) };
  const sockets = new Set<Socket>();
  let mode: 'pass' | 'mute' | 'cut' = 'pass';
  let decide = (): boolean => false;
  let alter: (bytes: Buffer) => void = () => undefined;
  let cuts = 0;

  const server = createServer((client) => {
    if (mode === 'cut') {
      client.destroy();
      return;
    }
    const upstream = connect(address);
    const end = (): void => {
      client.destroy();
      upstream.destroy();
      sockets.delete(client);
      sockets.delete(upstream);
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', end);
    }
    client.on('data', (bytes) => mode === 'pass' && upstream.write(bytes));
    upstream.on('data', (bytes: Buffer) => {
      if (mode !== 'pass') return;
      alter(bytes);
      if (decide()) {
        cuts++;
        end();
      } else client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      mode = 'cut';
      cutAll();
    },
    mute() {
      mode = 'mute';
    },
    restore() {
      mode = 'pass';
    },
    cutAnswers(next) {
      decide = next;
    },
    alterAnswers(next) {
      alter = next;
    },
    cuts: () => cuts,
    close() {
      cutAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/**
 * A client whose every connection goes through the proxy: brokers tell their own addresses, which clients then use, so the
 * addresses are replaced where sockets are made. Times out as `createKafka` does.
 */
export const kafkaThrough = (proxy: TcpProxy, brokers: readonly string[]): Kafka =>
  new Kafka({
    clientId: 'test',
    brokers: [...brokers],
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: 10 },
    logLevel: logLevel.NOTHING,
    socketFactory: ({ onConnect }) => connect({ host: '127.0.0.1', port: proxy.port }, onConnect),
  });

/** Numbers in [0, 1) that are the same for the same seed. @see mulberry32, public domain */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
