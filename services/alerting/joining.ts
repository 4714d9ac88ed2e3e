import type { DurationMs } from '../kernel/time.ts';
import type { AlertingObserver, UpdateSource } from './ports.ts';

const RETRY_AFTER_MS = 250;
type Handlers = Parameters<UpdateSource['run']>[0];

/** Joins the consumer's group until it works, and again whenever it died. @returns when it has joined first */
export async function keepJoined(
  ports: {
    readonly source: UpdateSource;
    readonly observer: Pick<AlertingObserver, 'crashed'>;
    readonly pause: (ms: DurationMs) => Promise<void>;
  },
  handlers: Omit<Handlers, 'onCrash'>,
  isStopped: () => boolean,
): Promise<void> {
  const { source, observer, pause } = ports;
  const rejoin = async (error: Error): Promise<void> => {
    observer.crashed(error);
    await pause(RETRY_AFTER_MS);
    await keepJoined(ports, handlers, isStopped);
  };
  while (!isStopped()) {
    try {
      await source.run({ ...handlers, onCrash: (error) => void rejoin(error) });
      return;
    } catch (error) {
      observer.crashed(error as Error);
      await pause(RETRY_AFTER_MS);
    }
  }
}
