import { describe, expect, it } from 'vitest';
import { endOfLocalDay, localDate } from '../../../../../services/console/web/data/local-day.ts';

describe('a local day', () => {
  it.each([
    ['2026-01-15', 'Europe/London', '2026-01-15T23:59:59Z'],
    ['2026-07-15', 'Europe/London', '2026-07-15T22:59:59Z'],
    ['2026-03-29', 'Europe/London', '2026-03-29T22:59:59Z'],
    ['2026-10-25', 'Europe/London', '2026-10-25T23:59:59Z'],
    ['2026-11-25', 'Asia/Shanghai', '2026-11-25T15:59:59Z'],
    ['2026-11-25', 'America/Los_Angeles', '2026-11-26T07:59:59Z'],
  ])('%s in %s ends at %s', (date, timezone, end) => {
    const endMs = Date.parse(end);
    expect(endOfLocalDay(date, timezone)).toBe(endMs);
    expect(localDate(endMs, timezone)).toBe(date);
    expect(localDate(endMs + 1_000, timezone)).not.toBe(date);
  });

  it('is none where there is no date', () => {
    expect(endOfLocalDay('', 'Europe/London')).toBeUndefined();
  });
});
