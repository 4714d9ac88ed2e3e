import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { frameSplitter } from './kafka-frames.ts';
import { slowPipe } from './slow-pipe.ts';
import type { SlowPipe } from './slow-pipe.ts';

/** What passes at once: a whole request or answer of Kafka, or of other protocols the bytes that arrived together. */
export type Passing = {
  readonly from: 'client' | 'server';
  readonly bytes: Buffer;
  /** Kafka's key of the request, or of the one that is answered. @see kafka-frames.ts */
  readonly api: number | undefined;
  /** Kafka's answers only: the request that is answered. */
  readonly request?: Buffer | undefined;
};
/**
 * 'cut' closes the connection in its place; 'drop' passes nothing on and leaves the connection open; 'hold' keeps this and
 * all that follows it on the same way until `release`.
 */
export type Verdict = 'pass' | 'cut' | 'drop' | 'hold';

/** Stands between a client and a server, and does what networks do; what it does by chance follows from its seed alone. */
export type FaultProxy = {
  readonly port: number;
  /** Cuts every connection and refuses new ones, until `heal`. */
  readonly cut: () => void;
  /** Takes connections and bytes but passes none on, until `heal`. */
  readonly mute: () => void;
  /** Asked at everything that passes, in order; replaces the one before. */
  readonly watch: (decide: (passing: Passing) => Verdict) => void;
  /** Holds each passing for so many ms; the order stays. */
  readonly delay: (ms: () => number) => void;
  /** Passes at most so many bytes a second, each way of each connection by itself. */
  readonly throttle: (bytesPerSecond: number) => void;
  /** Passes on what was held, also where its sender has gone by now. */
  readonly release: () => void;
  /** Ends every fault. Connections that were cut stay cut. */
  readonly heal: () => void;
  /** How often something was cut, dropped or held since the start. */
  readonly faults: () => number;
  readonly close: () => Promise<void>;
};

export type FaultProxyOptions = {
  readonly protocol?: 'kafka' | 'other';
  /** Changes what passes, such as addresses that a server tells. */
  readonly rewrite?: (passing: Passing) => Buffer;
};

/** @param target where it leads; asked at each new connection, so that a server may move */
export async function faultProxy(
  target: () => { readonly host: string; readonly port: number },
  options: FaultProxyOptions = {},
): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  const pipes = new Set<SlowPipe>();
  let mode: 'pass' | 'mute' | 'cut' = 'pass';
  let decide: (passing: Passing) => Verdict = () => 'pass';
  const pace = { delayMs: (): number => 0, bytesPerSecond: Infinity };
  let faults = 0;

  const server = createServer((client) => {
    if (mode === 'cut') {
      client.destroy();
      return;
    }
    const upstream = connect(target());
    const end = (): void => {
      for (const socket of [client, upstream]) {
        socket.destroy();
        sockets.delete(socket);
      }
    };
    const splitter = frameSplitter(options.protocol ?? 'other');
    const pass = (from: Passing['from'], to: Socket, source: Socket): void => {
      const pipe = slowPipe(to, source, pace);
      pipes.add(pipe);
      to.on('close', () => pipes.delete(pipe));
      source.on('data', (chunk: Buffer) => {
        if (mode !== 'pass') return;
        for (const piece of splitter(from, chunk)) {
          const passing = { from, ...piece };
          const verdict = decide(passing);
          if (verdict !== 'pass') faults++;
          if (verdict === 'cut') return end();
          if (verdict === 'hold') pipe.hold();
          if (verdict !== 'drop') pipe.write(options.rewrite?.(passing) ?? piece.bytes);
        }
      });
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', end);
    }
    pass('client', upstream, client);
    pass('server', client, upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const release = (): void => pipes.forEach((pipe) => pipe.release());
  const heal = (): void => {
    release();
    mode = 'pass';
    decide = () => 'pass';
    pace.delayMs = () => 0;
    pace.bytesPerSecond = Infinity;
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      mode = 'cut';
      faults++;
      cutAll();
    },
    mute() {
      mode = 'mute';
      faults++;
    },
    watch: (next) => void (decide = next),
    delay: (ms) => void (pace.delayMs = ms),
    throttle: (bytesPerSecond) => void (pace.bytesPerSecond = bytesPerSecond),
    release,
    // A connection that was mute has lost bytes: it is of no use any more.
    heal() {
      if (mode === 'mute') cutAll();
      heal();
    },
    faults: () => faults,
    close() {
      cutAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
