import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RETRY_SCHEDULE_MS } from '../../../services/alerting/core/sending/delivery.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

test('the schedule of retries is the one that docs/how-to/receive-alerts.md publishes', () => {
  const page = readFileSync('docs/how-to/receive-alerts.md', 'utf8');
  const rows = page.split('\n').filter((line) => /^\| (attempt|after) \|/.test(line));
  const [attempts = [], waits = []] = rows.map((row) => row.split('|').slice(2, -1));
  const published = waits.map((wait) => {
    const [count, unit = ''] = wait.trim().split(' ');
    return Number(count) * (UNITS[unit] ?? Number.NaN);
  });
  expect(published).toEqual(RETRY_SCHEDULE_MS);
  expect(attempts.map(Number)).toEqual(RETRY_SCHEDULE_MS.map((_, i) => i + 2));
  const days = RETRY_SCHEDULE_MS.reduce((sum, wait) => sum + wait, 0) / 86_400_000;
  expect(Math.floor(days)).toBe(3);
});
