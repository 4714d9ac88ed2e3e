import type { AlertRecord } from '../../kernel/alert.ts';
import { labelsOf } from '../../kernel/series.ts';
import { formatRfc3339 } from '../../kernel/time.ts';
import type { ValueUpdate } from '../../kernel/update.ts';
import type { AlertEvent, ValueEvent } from './answers.ts';
import { timeOrNull } from './values-answer.ts';

/** How often a reader is sent something, a comment at least: one who is sent nothing for several times as long is alone. */
export const SIGN_EVERY_MS = 2_000;

/** @param isRebuilding the metric's projection is being filled: what it holds is not shown as its value */
export const valueEvent = (update: ValueUpdate, isRebuilding: boolean): ValueEvent => ({
  metric: update.metric,
  version: update.version,
  labels: { ...labelsOf(update.series) },
  grain: update.grain,
  start: formatRfc3339(update.start),
  end: formatRfc3339(update.end),
  value: isRebuilding ? null : update.value,
  count: update.accumulators.contributions,
  state: isRebuilding ? 'rebuilding' : update.state,
  revision: update.revision,
  watermark: timeOrNull(update.watermark),
});

export const alertEvent = (record: AlertRecord): AlertEvent => ({
  id: record.id,
  episode: record.episode?.id ?? null,
  rule: record.rule,
  severity: record.severity,
  state: record.state,
  transition: record.transition,
  metric: record.metric,
  labels: { ...labelsOf(record.series) },
  at: formatRfc3339(record.at),
  startedAt: record.episode ? formatRfc3339(record.episode.startedAt) : null,
  endedAt: timeOf(record.episode?.endedAt),
  window: record.window && {
    start: formatRfc3339(record.window.start),
    end: formatRfc3339(record.window.end),
  },
  value: record.value,
  threshold: record.threshold,
  accountable: record.accountable,
});

const timeOf = (timeMs: number | null | undefined): string | null =>
  timeMs == null ? null : formatRfc3339(timeMs);

/** One event in the form of `text/event-stream`. @param id undefined for what cannot be resumed from */
export const formatEvent = (
  { event, data }: { event: string; data: string },
  id: string | undefined,
): string => `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;
