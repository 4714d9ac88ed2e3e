import { expect, test } from 'vitest';
import { cellText, durationText } from '../../../services/cli/cell-text.ts';

test.each([
  [{ country: 'New Zealand', channel: 'web' }, 'country=New Zealand channel=web'],
  [
    { start: '2026-11-30T21:13:00.000Z', end: '2026-11-30T21:14:00.000Z' },
    '2026-11-30 21:13–21:14 UTC',
  ],
  [
    { start: '2026-11-29T00:00:00Z', end: '2026-11-30T00:00:30Z', state: 'closed', revision: 1 },
    '2026-11-29 00:00–2026-11-30 00:00:30 UTC state=closed revision=1',
  ],
  [{ en: 'Net sales', zh: '销售净额' }, 'Net sales'],
  [{ breach: 50, clear: 15 }, 'breach=50 clear=15'],
  [{ accountable: 'team:sales', deputy: null }, 'accountable=team:sales'],
  [
    [
      { topic: 'events.a', partition: 0, offset: 7 },
      { topic: 'events.a', partition: 1, offset: 9 },
    ],
    'topic=events.a partition=0 offset=7; topic=events.a partition=1 offset=9',
  ],
  [{ owner: { who: 'a' } }, 'owner=(who=a)'],
  [['ops-hook', 'mail'], 'ops-hook, mail'],
  [new Map([['store', 'S1']]), 'store=S1'],
  [[], ''],
  [{}, ''],
  [null, ''],
  ['two\nlines', 'two lines'],
])('a table has %j as a person reads it', (value, text) => {
  expect(cellText(value)).toBe(text);
});

test.each([
  [780, '13 min'],
  [3_900, '1 h 5 min'],
  [3_600, '1 h'],
  [90_061, '1 d 1 h'],
  [42, '42 s'],
  [0, '0 s'],
])('%d s are %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});
