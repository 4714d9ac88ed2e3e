import type { DigestTime } from '../../../kernel/definitions.ts';
import { DAY_MS } from '../../../kernel/time.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import { datePlus, instantOf, localDateAt, weekdayOf } from '../people/local-time.ts';

export type DueDigest = {
  /** Local date: a digest is one of it for ever, whatever the clock does. */
  readonly date: string;
  readonly atMs: EpochMs;
  /** Where what it tells of begins: the time of the digest before. */
  readonly fromMs: EpochMs;
};

/**
 * The newest digest that became due in (afterMs, untilMs]: one that was missed while nobody watched is told once, not as
 * many times as it was missed. A time that is skipped is told at the later one, a time that comes twice once.
 */
export function dueDigest(
  time: DigestTime,
  timezone: string,
  { afterMs, untilMs }: { afterMs: EpochMs; untilMs: EpochMs },
): DueDigest | undefined {
  const stepDays = time.every === 'week' ? 7 : 1;
  const today = localDateAt(untilMs, timezone);
  for (let back = 0; back <= stepDays; back++) {
    const date = datePlus(today, -back);
    if (time.every === 'week' && weekdayOf(date) !== (time.weekday ?? 'mon')) continue;
    const atMs = instantOf(date, time.at, timezone);
    if (atMs > untilMs) continue;
    if (atMs <= afterMs) return undefined;
    return { date, atMs, fromMs: instantOf(datePlus(date, -stepDays), time.at, timezone) };
  }
  return undefined;
}

/** The first digest after this moment. */
export function nextDigest(time: DigestTime, timezone: string, afterMs: EpochMs): EpochMs {
  const today = localDateAt(afterMs, timezone);
  const daysMax = time.every === 'week' ? 14 : 2;
  for (let ahead = -1; ahead <= daysMax; ahead++) {
    const date = datePlus(today, ahead);
    if (time.every === 'week' && weekdayOf(date) !== (time.weekday ?? 'mon')) continue;
    const atMs = instantOf(date, time.at, timezone);
    if (atMs > afterMs) return atMs;
  }
  return afterMs + DAY_MS;
}
