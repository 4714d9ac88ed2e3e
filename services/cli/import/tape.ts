import { hashText } from '../../kernel/hash.ts';
import { MINUTE_MS } from '../../kernel/time.ts';
import type { DurationMs, EpochMs } from '../../kernel/time.ts';
import { localTimeMs } from './retail.ts';
import type { InvoiceLine } from './retail.ts';

/** Quiet hours and nights are cut: no gap between two invoices is longer, in time of the file. */
const GAP_MAX_MS = 2 * MINUTE_MS;

/**
 * Invoice lines as an endless tape over the wall clock: lap n plays in `[n·lapMs, (n+1)·lapMs)`. What is on it at a time depends on
 * file and speed only, so that a demo that starts again re-sends the same events, and they count once.
 */
export type Tape = {
  readonly lapMs: DurationMs;
  readonly entries: readonly { readonly offsetMs: DurationMs; readonly line: InvoiceLine }[];
  /** Told apart by it: tapes of other files or speeds. */
  readonly tag: string;
};
export type TapeEvent = { readonly timeMs: EpochMs; readonly line: InvoiceLine };

/**
 * @param lines in order of time, at least one   @param options.speed how many times faster than the file, > 0
 * Lines of one minute, which is as exact as the file is, are spread evenly until the next invoice.
 */
export function tapeOf(
  lines: readonly InvoiceLine[],
  options: { readonly speed: number; readonly contentHash: string },
): Tape {
  const groups = [...Map.groupBy(lines, ({ invoice_time_local }) => invoice_time_local)].map(
    ([text, group]) => ({ startMs: localTimeMs(text), group }),
  );
  let lengthMs = 0;
  const entries = groups.flatMap(({ startMs, group }, index) => {
    const next = groups[index + 1];
    const gapMs = next ? Math.min(Math.max(next.startMs - startMs, 1), GAP_MAX_MS) : GAP_MAX_MS;
    const fromMs = lengthMs;
    lengthMs += gapMs;
    return group.map((line, place) => ({
      offsetMs: Math.floor((fromMs + (place * gapMs) / group.length) / options.speed),
      line,
    }));
  });
  const lapMs = Math.ceil(lengthMs / options.speed);
  return { lapMs, entries, tag: hashText(`${options.contentHash} ${options.speed}`).slice(0, 4) };
}

/** The tape's events with `fromMs` ≤ time < `toMs`, in order of time. */
export function* eventsBetween(tape: Tape, fromMs: EpochMs, toMs: EpochMs): Iterable<TapeEvent> {
  for (let lap = Math.floor(fromMs / tape.lapMs); lap * tape.lapMs < toMs; lap++)
    for (const { offsetMs, line } of tape.entries) {
      const timeMs = lap * tape.lapMs + offsetMs;
      if (timeMs >= toMs) return;
      if (timeMs >= fromMs) yield { timeMs, line: inLap(line, `${tape.tag}.${lap}`) };
    }
}

/** Another lap's invoice is another invoice; a cancellation keeps its C. */
const inLap = (line: InvoiceLine, suffix: string): InvoiceLine => ({
  ...line,
  invoice_no: `${line.invoice_no}.${suffix}`,
});
