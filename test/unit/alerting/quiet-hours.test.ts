import { describe, expect, test } from 'vitest';
import { dueDigest } from '../../../services/alerting/core/sending/digest-time.ts';
import { quietUntil } from '../../../services/alerting/core/people/quiet-hours.ts';
import type { DigestTime, QuietHours } from '../../../services/kernel/definitions.ts';

const at = (text: string): number => Date.parse(text);
const shown = (ms: number | null): string | null =>
  ms === null ? null : new Date(ms).toISOString();
const NIGHT: QuietHours = { from: '22:00', to: '07:00' };

describe('quiet hours', () => {
  test.each<[string, string, readonly QuietHours[], string, string | null]>([
    [
      'overnight, in the evening',
      'Asia/Shanghai',
      [NIGHT],
      '2026-01-31T23:00:00+08:00',
      '2026-02-01T07:00:00+08:00',
    ],
    [
      'overnight, in the morning',
      'Asia/Shanghai',
      [NIGHT],
      '2026-02-01T06:59:59+08:00',
      '2026-02-01T07:00:00+08:00',
    ],
    ['they are over at their end', 'Asia/Shanghai', [NIGHT], '2026-02-01T07:00:00+08:00', null],
    [
      'they have begun at their beginning',
      'Asia/Shanghai',
      [NIGHT],
      '2026-02-01T22:00:00+08:00',
      '2026-02-02T07:00:00+08:00',
    ],
    ['not by day', 'Asia/Shanghai', [NIGHT], '2026-02-01T12:00:00+08:00', null],
    [
      '24:00 is the midnight at the end',
      'UTC',
      [{ from: '20:00', to: '24:00' }],
      '2026-02-01T23:59:59Z',
      '2026-02-02T00:00:00Z',
    ],
    [
      'hours that adjoin are one',
      'UTC',
      [
        { from: '20:00', to: '24:00' },
        { from: '00:00', to: '06:00' },
      ],
      '2026-02-01T21:00:00Z',
      '2026-02-02T06:00:00Z',
    ],
    [
      'a night that begins on friday lasts into saturday',
      'UTC',
      [{ ...NIGHT, days: ['fri'] }],
      '2026-01-31T03:00:00Z',
      '2026-01-31T07:00:00Z',
    ],
    [
      'and none begins on saturday',
      'UTC',
      [{ ...NIGHT, days: ['fri'] }],
      '2026-01-31T23:00:00Z',
      null,
    ],
    [
      'a whole weekend',
      'UTC',
      [{ from: '00:00', to: '24:00', days: ['sat', 'sun'] }],
      '2026-01-31T10:00:00Z',
      '2026-02-02T00:00:00Z',
    ],
    // London, 29 March 2026: 01:00 becomes 02:00.
    [
      'an end in the gap is shifted',
      'Europe/London',
      [{ from: '22:00', to: '01:30' }],
      '2026-03-29T00:30:00Z',
      '2026-03-29T01:30:00Z',
    ],
    [
      'a beginning in the gap is shifted',
      'Europe/London',
      [{ from: '01:30', to: '07:00' }],
      '2026-03-29T01:15:00Z',
      null,
    ],
    [
      'a beginning in the gap, shifted, has begun',
      'Europe/London',
      [{ from: '01:30', to: '07:00' }],
      '2026-03-29T01:30:00Z',
      '2026-03-29T06:00:00Z',
    ],
    // London, 25 October 2026: 01:00 to 02:00 come twice.
    [
      'an end in the overlap is the first',
      'Europe/London',
      [{ from: '22:00', to: '01:30' }],
      '2026-10-25T00:29:00Z',
      '2026-10-25T00:30:00Z',
    ],
    [
      'after the first it is over',
      'Europe/London',
      [{ from: '22:00', to: '01:30' }],
      '2026-10-25T01:15:00Z',
      null,
    ],
  ])('%s', (_, timezone, hours, moment, expected) => {
    expect(shown(quietUntil(hours, timezone, at(moment)))).toBe(
      expected === null ? null : new Date(expected).toISOString(),
    );
  });

  test('hours without an end hold for seven days at most', () => {
    const always: QuietHours[] = [{ from: '00:00', to: '24:00' }];
    expect(shown(quietUntil(always, 'UTC', at('2026-01-01T05:00:00Z')))).toBe(
      '2026-01-08T05:00:00.000Z',
    );
  });
});

describe('digests', () => {
  const daily: DigestTime = { every: 'day', at: '08:00' };
  const due = (time: DigestTime, timezone: string, after: string, until: string) => {
    const found = dueDigest(time, timezone, { afterMs: at(after), untilMs: at(until) });
    return found && `${found.date} ${shown(found.atMs)} from ${shown(found.fromMs)}`;
  };
  test.each<[string, DigestTime, string, string, string, string | undefined]>([
    [
      'at its time',
      daily,
      'UTC',
      '2026-01-31T07:59:59Z',
      '2026-01-31T08:00:00Z',
      '2026-01-31 2026-01-31T08:00:00.000Z from 2026-01-30T08:00:00.000Z',
    ],
    ['not before', daily, 'UTC', '2026-01-30T08:00:00Z', '2026-01-31T07:59:59Z', undefined],
    ['not twice', daily, 'UTC', '2026-01-31T08:00:00Z', '2026-01-31T09:00:00Z', undefined],
    [
      'days that were missed are told once',
      daily,
      'UTC',
      '2026-01-01T08:00:00Z',
      '2026-01-31T12:00:00Z',
      '2026-01-31 2026-01-31T08:00:00.000Z from 2026-01-30T08:00:00.000Z',
    ],
    [
      'in the zone',
      daily,
      'Asia/Shanghai',
      '2026-01-30T23:59:00Z',
      '2026-01-31T00:00:00Z',
      '2026-01-31 2026-01-31T00:00:00.000Z from 2026-01-30T00:00:00.000Z',
    ],
    [
      'weekly on its day',
      { every: 'week', at: '08:00', weekday: 'fri' },
      'UTC',
      '2026-01-30T07:00:00Z',
      '2026-01-30T09:00:00Z',
      '2026-01-30 2026-01-30T08:00:00.000Z from 2026-01-23T08:00:00.000Z',
    ],
    [
      'weekly on no other day',
      { every: 'week', at: '08:00', weekday: 'fri' },
      'UTC',
      '2026-01-31T07:00:00Z',
      '2026-01-31T09:00:00Z',
      undefined,
    ],
    [
      'in the gap it is shifted',
      { every: 'day', at: '01:30' },
      'Europe/London',
      '2026-03-29T00:59:00Z',
      '2026-03-29T01:30:00Z',
      '2026-03-29 2026-03-29T01:30:00.000Z from 2026-03-28T01:30:00.000Z',
    ],
    [
      'in the overlap it is the first',
      { every: 'day', at: '01:30' },
      'Europe/London',
      '2026-10-25T00:00:00Z',
      '2026-10-25T00:30:00Z',
      '2026-10-25 2026-10-25T00:30:00.000Z from 2026-10-24T00:30:00.000Z',
    ],
    [
      'and not the second',
      { every: 'day', at: '01:30' },
      'Europe/London',
      '2026-10-25T00:30:00Z',
      '2026-10-25T02:00:00Z',
      undefined,
    ],
  ])('%s', (_, time, timezone, after, until, expected) => {
    expect(due(time, timezone, after, until)).toBe(expected);
  });
});
