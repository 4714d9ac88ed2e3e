import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../kernel/time.ts';
import type { DurationMs } from '../../../kernel/time.ts';

const FORM = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const UNITS_MS = [365 * DAY_MS, 7 * DAY_MS, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, 1];

/**
 * Prometheus' durations: `5m`, `1h30m`, `1d`, `500ms`; a day is 24 h, a week 7 days, a year 365.
 * @returns undefined when the text is none
 * @see https://prometheus.io/docs/prometheus/latest/querying/basics/#time-durations
 */
export function parsePromDuration(text: string): DurationMs | undefined {
  const match = text === '' ? null : FORM.exec(text);
  if (!match) return undefined;
  const ms = match
    .slice(1)
    .reduce((sum, part, i) => sum + Number(part ?? 0) * (UNITS_MS[i] ?? 0), 0);
  return Number.isSafeInteger(ms) ? ms : undefined;
}
