import { setTimeout } from 'node:timers/promises';
import { HOUR_MS, MINUTE_MS } from '../../kernel/time.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { BATCH_EVENTS_MAX } from '../../kernel/import/batch.ts';
import { createApi } from '../api.ts';
import { invoiceLineOf, localTimeMs, retailEvent } from './retail.ts';
import type { InvoiceLine } from './retail.ts';
import { contentHash, readRows } from './rows.ts';
import { sendEvents } from './send-events.ts';
import { eventsBetween, tapeOf } from './tape.ts';
import type { TapeEvent } from './tape.ts';

/** Of the three days under test/data that is six events a second, and never more than four seconds without one. */
export const DEFAULT_SPEED = 30;
/** Another source than that of imports: the same invoice number is another invoice here. */
const LIVE_SOURCE = '/demo/live';
const SEND_EVERY_MS = 250;
/** Of the tape before the start, sent as historical events so that charts begin with a past. */
const BACKFILL_MS = HOUR_MS;
const BACKFILL_SLICE_MS = MINUTE_MS;

export type LiveDemoOptions = {
  /** Base address of the installation. */
  readonly url: string;
  /** CSV of the retailer's shape. */
  readonly file: string;
  /** How many times faster than it was; default DEFAULT_SPEED. */
  readonly speed?: number;
  /** Bearer token where the installation wants one. */
  readonly token?: string;
  readonly signal: AbortSignal;
  /** Told of each failed try; the demo goes on. */
  readonly onError: (error: Error) => void;
};

/**
 * Replays invoices as if they were written now, through `POST /v1/events`, until the signal aborts; first the last hour of the same
 * tape. What is sent depends on the wall clock, file and speed alone: stopped and started again, it goes on, and what is sent
 * twice counts once.
 * @returns how many events were accepted   @throws not_parseable when the file cannot be read
 */
export async function startLiveDemo(options: LiveDemoOptions): Promise<number> {
  const { file, signal } = options;
  const [lines, hash] = await Promise.all([linesOf(file), contentHash(file)]);
  const tape = tapeOf(lines, { speed: options.speed ?? DEFAULT_SPEED, contentHash: hash });
  const api = createApi(options.url, options.token ?? '');
  const startMs = Date.now();
  let sent = 0;

  const send = async (events: Iterable<TapeEvent>, isHistorical: boolean): Promise<void> => {
    const bodies = [...events].map(({ timeMs, line }) =>
      retailEvent(line, { timeMs, source: LIVE_SOURCE }),
    );
    for (let from = 0; from < bodies.length; from += BATCH_EVENTS_MAX) {
      const batch = bodies.slice(from, from + BATCH_EVENTS_MAX);
      const results = await sendEvents(api, batch, {
        isHistorical,
        signal,
        retryForMs: Number.POSITIVE_INFINITY,
        onRetry: options.onError,
      });
      const accepted = results.filter(({ status }) => status === 'accepted');
      sent += accepted.length;
      const refused = results.find(({ status }) => status === 'rejected')?.error;
      if (refused) options.onError(new Error(`${refused.code}: ${refused.detail}`));
    }
  };

  const live = async (): Promise<void> => {
    for (let fromMs: EpochMs = startMs - SEND_EVERY_MS; !signal.aborted;) {
      const toMs = Date.now();
      await send(eventsBetween(tape, fromMs, toMs), false);
      fromMs = toMs;
      await pause(SEND_EVERY_MS, signal);
    }
  };
  /** The newest minute first: a chart grows to the left. */
  const backfill = async (): Promise<void> => {
    for (let toMs = startMs - SEND_EVERY_MS; toMs > startMs - BACKFILL_MS && !signal.aborted;) {
      const fromMs = toMs - BACKFILL_SLICE_MS;
      await send(eventsBetween(tape, fromMs, toMs), true);
      toMs = fromMs;
    }
  };
  await Promise.all([untilAborted(live, options), untilAborted(backfill, options)]);
  return sent;
}

/** An event that the installation refuses for good is said and ends this part of the demo, not the process. */
async function untilAborted(
  part: () => Promise<void>,
  { signal, onError }: LiveDemoOptions,
): Promise<void> {
  try {
    await part();
  } catch (error) {
    if (!signal.aborted) onError(error as Error);
  }
}

async function linesOf(file: string): Promise<readonly InvoiceLine[]> {
  const lines: InvoiceLine[] = [];
  for await (const row of readRows(file)) lines.push(invoiceLineOf(row));
  return lines.toSorted(
    (a, b) => localTimeMs(a.invoice_time_local) - localTimeMs(b.invoice_time_local),
  );
}

/** Ends early, without a word, when the signal aborts. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  setTimeout(ms, undefined, { signal }).catch(() => undefined);
