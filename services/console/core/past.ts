import type { Refusal } from '../../kernel/errors.ts';
import type { PastAnswer, PastBody, PastMark } from '../../kernel/past.ts';
import { parseTime } from '../../kernel/query-time.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import { formatRfc3339, parseRfc3339 } from '../../kernel/time.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { decodeAccumulators } from '../../kernel/update.ts';
import type { Cursor } from '../../kernel/update.ts';
import type { Window } from '../../kernel/window.ts';
import type { AsOfAnswer } from './answers.ts';
import type { Reading } from './facts.ts';
import type { ProjectionHead } from './projection.ts';

/** Values as they were known earlier: what was asked, and what the aggregator counted again for it. */

/** Asks for windows of one simple metric. */
export type AskPast = (
  metric: string,
  body: PastBody,
  authorization: string | undefined,
) => Promise<Result<PastAnswer, Refusal>>;

const POSITION = /^(.+)\/(\d{1,15})\/(\d{1,15})$/;

/**
 * Reads `asOf`: a time or a date of the metric's zone, or positions `topic/partition/offset`, comma-separated, below which
 * records count.
 */
export function parseAsOf(
  text: string,
  { timezone, nowMs }: { readonly timezone: string; readonly nowMs: EpochMs },
): Result<PastMark, Refusal> {
  const refuse = (detail: string): Result<never, Refusal> =>
    err({ code: 'invalid_parameter', detail });
  const timeMs = parseTime(text, timezone);
  if (timeMs !== undefined)
    return timeMs <= nowMs
      ? ok({ asOf: formatRfc3339(timeMs) })
      : refuse(`asOf lies in the future: ${text}`);
  const cursors: Cursor[] = [];
  for (const part of text.split(',')) {
    const [, topic, partition, offset] = POSITION.exec(part) ?? [];
    if (topic === undefined)
      return refuse(
        `asOf must be an RFC 3339 time, a date, or positions topic/partition/offset, not ${text}`,
      );
    cursors.push({ topic, partition: Number(partition), offset: Number(offset) });
  }
  return ok({ cursors });
}

export const pastBody = (
  { metric, grain, series }: Pick<Reading, 'metric' | 'grain' | 'series'>,
  windows: readonly Window[],
  mark: PastMark,
): PastBody => ({
  version: metric.version,
  grain,
  windows: distinctWindows(windows).map(({ startMs, endMs }) => ({
    start: formatRfc3339(startMs),
    end: formatRfc3339(endMs),
  })),
  series: [...series.values()].map(({ key }) => key),
  ...mark,
});

/** What windows are compared with may be among them. */
const distinctWindows = (windows: readonly Window[]): readonly Window[] => [
  ...new Map(windows.map((window) => [nameOf(window), window])).values(),
];
const nameOf = ({ startMs, endMs }: Window): string => `${startMs} ${endMs}`;

/** As a reading of now, but for how far each partition had come and what was counted by then. */
export function pastReading(
  of: Pick<Reading, 'metric' | 'calendar' | 'grain' | 'series'> & { readonly head: ProjectionHead },
  { cells, partitions }: PastAnswer,
): Reading {
  const { head, ...source } = of;
  const merged = new Map(
    cells.map(({ start, end, series, contributions, accumulators }) => [
      `${nameOf({ startMs: timeOf(start), endMs: timeOf(end) })} ${series}`,
      decodeAccumulators(contributions, accumulators),
    ]),
  );
  const then = head.partitions.map((at) => {
    const found = partitions.find(
      (one) => one.topic === at.topic && one.partition === at.partition,
    );
    const watermarkMs = found?.watermark ? timeOf(found.watermark) : 0;
    return { ...at, next: found?.next ?? at.next, watermarkMs };
  });
  return {
    ...source,
    view: { head: { ...head, partitions: then }, windows: new Map() },
    membersOf: () => undefined,
    latestOf: () => undefined,
    past: (seriesKey, window) => merged.get(`${nameOf(window)} ${seriesKey}`),
  };
}

const timeOf = (text: string): EpochMs => parseRfc3339(text) ?? 0;

/** The evidence: up to where the log was counted, for all that the metric is computed from. */
export const asOfAnswer = (mark: PastMark, answers: readonly PastAnswer[]): AsOfAnswer => ({
  at: 'asOf' in mark ? mark.asOf : null,
  cursors: answers.flatMap(({ partitions }) =>
    partitions.map(({ topic, partition, next }) => ({ topic, partition, offset: next })),
  ),
  records: answers.reduce((sum, { records }) => sum + records, 0),
});
