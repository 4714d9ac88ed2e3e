import { formatRfc3339 } from '../../kernel/time.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Note } from './dead-letters/note-board.ts';

/** An event that was late for some metric, without its payload. */
export type Late = Note & {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly eventType: string;
  readonly eventId: string;
  readonly source: string;
  readonly eventMs: EpochMs;
  /** Of the partition when the event was judged. */
  readonly watermarkMs: EpochMs;
  /** `metric@version` for which it was late. */
  readonly metrics: readonly string[];
};

/** `GET /v1/late-events` */
export type LateEventsAnswer = {
  /** The newest first. */
  readonly events: readonly {
    readonly source: string;
    readonly id: string;
    readonly eventType: string;
    readonly position: string;
    readonly eventTime: string;
    readonly appendTime: string;
    /** How far the watermark was past the event's time. */
    readonly lateBySeconds: number;
    readonly metrics: readonly { readonly metric: string; readonly version: string }[];
  }[];
  /** Of all that are kept, by metric; most first. */
  readonly counts: readonly { readonly metric: string; readonly events: number }[];
  readonly older: number;
  readonly cursor?: string;
};

export const lateAnswer = (late: Late): LateEventsAnswer['events'][number] => ({
  source: late.source,
  id: late.eventId,
  eventType: late.eventType,
  position: `${late.topic}/${late.partition}/${late.offset}`,
  eventTime: formatRfc3339(late.eventMs),
  appendTime: formatRfc3339(late.atMs),
  lateBySeconds: Math.max(0, late.watermarkMs - late.eventMs) / 1_000,
  metrics: late.metrics.map(referenceOf),
});

const referenceOf = (text: string): { metric: string; version: string } => {
  const at = text.lastIndexOf('@');
  return at < 0
    ? { metric: text, version: '' }
    : { metric: text.slice(0, at), version: text.slice(at + 1) };
};

export const isLateFor = ({ metrics }: Late, metric: string): boolean =>
  metrics.some((text) => referenceOf(text).metric === metric);

export function lateCounts(events: readonly Late[]): LateEventsAnswer['counts'] {
  const counts = new Map<string, number>();
  for (const { metrics } of events)
    for (const metric of new Set(metrics.map((text) => referenceOf(text).metric)))
      counts.set(metric, (counts.get(metric) ?? 0) + 1);
  return [...counts]
    .map(([metric, count]) => ({ metric, events: count }))
    .sort((a, b) => b.events - a.events || (a.metric < b.metric ? -1 : 1));
}
