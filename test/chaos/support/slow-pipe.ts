import type { Socket } from 'node:net';

/** Changed while it is used: what waits already keeps its time. */
export type Pace = { readonly delayMs: () => number; readonly bytesPerSecond: number };

export type SlowPipe = {
  readonly write: (bytes: Buffer) => void;
  /** What is written from now on waits until `release`. */
  readonly hold: () => void;
  readonly release: () => void;
};

const QUEUE_BYTES_MAX = 256 * 1024;

/**
 * Writes in the order of the calls, each as late as the pace says. While much waits the source is not read, so that the
 * sender feels it as it would feel a slow line.
 */
export function slowPipe(to: Socket, source: Socket, pace: Pace): SlowPipe {
  const queue: { readonly bytes: Buffer; readonly dueMs: number }[] = [];
  let queuedBytes = 0;
  let freeAtMs = 0;
  let timer: NodeJS.Timeout | undefined;
  let isHeld = false;

  const pump = (): void => {
    timer = undefined;
    if (isHeld) return;
    for (let first = queue[0]; first; first = queue[0]) {
      const waitMs = first.dueMs - performance.now();
      if (waitMs > 0) {
        timer = setTimeout(pump, waitMs);
        return;
      }
      queue.shift();
      queuedBytes -= first.bytes.length;
      if (!to.destroyed) to.write(first.bytes);
    }
    source.resume();
  };

  const write = (bytes: Buffer): void => {
    const nowMs = performance.now();
    freeAtMs = Math.max(freeAtMs, nowMs) + (1_000 * bytes.length) / pace.bytesPerSecond;
    const dueMs = freeAtMs + pace.delayMs();
    if (queue.length === 0 && dueMs <= nowMs && !isHeld) {
      to.write(bytes);
      return;
    }
    queue.push({ bytes, dueMs });
    queuedBytes += bytes.length;
    if (queuedBytes > QUEUE_BYTES_MAX) source.pause();
    if (!timer) pump();
  };
  return {
    write,
    hold: () => void (isHeld = true),
    release() {
      isHeld = false;
      if (!timer) pump();
    },
  };
}
