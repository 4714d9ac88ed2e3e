import type { SourceProgress } from '../../../kernel/update.ts';
import { SECOND_MS } from '../../../kernel/time.ts';
import type { DurationMs, EpochMs } from '../../../kernel/time.ts';

/** What is known of one source from the ticks of the metrics that read it. Times are append times of ticks. */
type Watched = {
  /** When the last event was seen, and when the watermark was last seen to move. */
  readonly eventMs: EpochMs;
  readonly movedMs: EpochMs;
  readonly watermarkMs: EpochMs;
  /** The watermark when the last event was seen. */
  readonly completeMs: EpochMs;
  readonly tickMs: EpochMs;
  readonly silent: Pick<Silence, 'sinceMs' | 'reason'> | null;
  /** Whether an event of it was ever seen to come. */
  readonly isHeard: boolean;
  /** By metric, how many events it had read. */
  readonly events: Readonly<Record<string, number>>;
  /** By metric, when it ticked last; not there of what a program of before stored. */
  readonly ticks?: Readonly<Record<string, EpochMs>>;
};
/** `no_events`: nothing came but heartbeats. `watermark_stalled`: events that were accepted do not arrive. */
export type SilenceReason = 'no_events' | 'watermark_stalled';
export type Silence = {
  /** Append time of the last sign of life. */
  readonly sinceMs: EpochMs;
  readonly reason: SilenceReason;
  readonly watermarkMs: EpochMs;
  /** Event time up to which nothing is lacking; heartbeats may have moved the watermark on since. */
  readonly completeMs: EpochMs;
};

/** Ticks come each second; a longer gap says that nobody counted: the silence of that time is not the source's. */
const AWAY_AFTER_MS = 30 * SECOND_MS;

/**
 * Which sources are silent, by the log alone: a source is, when over its idle time-out no metric that reads it has read an
 * event more, or its watermark has not moved. Heartbeats are no events. Time counts while ticks come.
 * A structure that changes in place; every change is told by the name of the field that it is stored in.
 */
export class SourceWatch {
  readonly #watched = new Map<string, Watched>();
  readonly #changed: (field: string) => void;

  constructor(changed: (field: string) => void) {
    this.#changed = changed;
  }

  /** @param metric that ticked: `ID@VERSION`   @param appendMs of its tick; an older one than was seen is passed over */
  observe(
    { eventType, events, watermark }: SourceProgress,
    at: { metric: string; appendMs: EpochMs; idleMs: DurationMs },
  ): void {
    const { metric, appendMs, idleMs } = at;
    const known = this.#watched.get(eventType);
    if (known && appendMs < known.tickMs) return;
    const read = known?.events[metric];
    const hasEvent = read !== undefined && events > read;
    const hasMoved = known !== undefined && watermark > known.watermarkMs;
    // A silence that was seen goes on whoever was away; one that was not is counted from when somebody counts again.
    const isGap = !known || (appendMs - known.tickMs > AWAY_AFTER_MS && known.silent === null);
    const eventMs = hasEvent || isGap ? appendMs : known.eventMs;
    const movedMs = hasMoved || isGap ? appendMs : known.movedMs;
    this.#watched.set(eventType, {
      eventMs,
      movedMs,
      watermarkMs: Math.max(watermark, known?.watermarkMs ?? 0),
      completeMs: hasEvent || isGap ? watermark : known.completeMs,
      tickMs: appendMs,
      isHeard: hasEvent || (known?.isHeard ?? false),
      silent: silenceOf({ eventMs, movedMs }, { appendMs, idleMs, was: known?.silent ?? null }),
      events: { ...known?.events, [metric]: events },
      ticks: { ...known?.ticks, [metric]: appendMs },
    });
    this.#changed(fieldOf(eventType));
  }

  silence(eventType: string): Silence | undefined {
    const known = this.#watched.get(eventType);
    if (!known?.silent) return undefined;
    const { silent, watermarkMs, completeMs } = known;
    return { ...silent, watermarkMs, completeMs: Math.min(completeMs, watermarkMs) };
  }

  /** Every source that is silent. */
  *silent(): Iterable<string> {
    for (const [eventType, { silent }] of this.#watched) if (silent) yield eventType;
  }

  /** Whether the source is known to send: not only not known to be silent, as after a loss of what was known. */
  isHeard(eventType: string): boolean {
    const known = this.#watched.get(eventType);
    return known !== undefined && known.isHeard && known.silent === null;
  }

  /**
   * The last tick that still counts: the next one of its metric is compared with it, however long that is away.
   * @param isRead by its id   @returns Infinity when there is none
   */
  oldestTickMs(isRead: (metric: string) => boolean): EpochMs {
    const last = new Map<string, EpochMs>();
    for (const { ticks = {} } of this.#watched.values())
      for (const [metric, tickMs] of Object.entries(ticks)) {
        const id = metric.slice(0, metric.indexOf('@'));
        if (isRead(id)) last.set(id, Math.max(tickMs, last.get(id) ?? 0));
      }
    return Math.min(Infinity, ...last.values());
  }

  /** Forgets sources that are watched no more. */
  keep(eventTypes: ReadonlyMap<string, unknown>): void {
    for (const eventType of this.#watched.keys())
      if (!eventTypes.has(eventType) && this.#watched.delete(eventType))
        this.#changed(fieldOf(eventType));
  }

  encode(field: string): string | null {
    const known = this.#watched.get(field.slice(2));
    return known ? JSON.stringify(known) : null;
  }
  restore(field: string, text: string): void {
    this.#watched.set(field.slice(2), JSON.parse(text) as Watched);
  }
}

const fieldOf = (eventType: string): string => `u|${eventType}`;

/** A silence keeps its beginning and its reason until it ends. */
function silenceOf(
  { eventMs, movedMs }: Pick<Watched, 'eventMs' | 'movedMs'>,
  at: { appendMs: EpochMs; idleMs: DurationMs; was: Watched['silent'] },
): Watched['silent'] {
  const { appendMs, idleMs, was } = at;
  const isQuiet = appendMs - eventMs >= idleMs;
  if (!isQuiet && appendMs - movedMs < idleMs) return null;
  if (was) return was;
  return isQuiet
    ? { sinceMs: eventMs, reason: 'no_events' }
    : { sinceMs: movedMs, reason: 'watermark_stalled' };
}
