import { SECOND_MS } from '../../../kernel/time.ts';
import type { DurationMs, EpochMs } from '../../../kernel/time.ts';

/** Retry-After in seconds or as an HTTP date. @see RFC 9110 section 10.2.3 */
export function retryAfterOf(text: string | undefined, nowMs: EpochMs): DurationMs | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * SECOND_MS;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
