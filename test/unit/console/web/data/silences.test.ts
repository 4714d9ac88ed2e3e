import { expect, it } from 'vitest';
import {
  hasEnd,
  matchersOf,
  nextChangeMs,
  silenceRequest,
  typedMatchers,
} from '../../../../../services/console/web/data/silences.ts';
import type { Silence } from '../../../../../services/console/web/data/silences.ts';

const NOW_MS = Date.parse('2026-11-30T12:00:00Z');
const silence = (startsAt: string, endsAt: string): Silence =>
  ({ startsAt: `2026-11-30T${startsAt}Z`, endsAt: `2026-11-30T${endsAt}Z` }) as Silence;

it.each([
  [[silence('10:00:00', '13:00:00'), silence('12:30:00', '14:00:00')], 30],
  [[silence('10:00:00', '12:20:00'), silence('12:30:00', '14:00:00')], 20],
  [[silence('10:00:00', '12:00:00')], undefined],
  [[], undefined],
])('silences begin and end by their time: %j', (silences, minutes) => {
  const next = nextChangeMs(silences, NOW_MS);
  expect(next === undefined ? undefined : (next - NOW_MS) / 60_000).toBe(minutes);
});

it('an alert is silenced by its rule and labels; what is typed is parted by commas', () => {
  expect(matchersOf({ rule: 'low', labels: { store: 'S 1' } })).toEqual([
    { name: 'rule', op: '=', value: 'low' },
    { name: 'store', op: '=', value: 'S 1' },
  ]);
  expect(typedMatchers(' store=S 1, rule=~net-* ,,')).toEqual(['store=S 1', 'rule=~net-*']);
  expect(typedMatchers(' , ')).toEqual([]);
});

const WISH = { lasting: '', startsAt: '', endsAt: '', comment: '', isMaintenance: false };

it('what a silence would cover is asked before it is said how long', () => {
  expect(hasEnd(WISH)).toBe(false);
  expect(silenceRequest(['store=S1'], WISH, true)).toEqual({
    matchers: ['store=S1'],
    for: 'PT1H',
    preview: true,
  });
});

it('a silence has its start, its own end, its kind and why', () => {
  const local = (text: string): string => new Date(text).toISOString();
  const wish = {
    lasting: 'own',
    startsAt: '2026-12-01T08:00',
    endsAt: '2026-12-01T09:30',
    comment: ' till migration ',
    isMaintenance: true,
  };
  expect(hasEnd(wish)).toBe(true);
  expect(silenceRequest(['rule=~net-*'], wish, false)).toEqual({
    matchers: ['rule=~net-*'],
    kind: 'maintenance',
    startsAt: local('2026-12-01T08:00'),
    endsAt: local('2026-12-01T09:30'),
    comment: 'till migration',
    preview: false,
  });
  expect(hasEnd({ ...wish, endsAt: '' })).toBe(false);
  expect(silenceRequest([], { ...WISH, lasting: 'P1D' }, false)).toMatchObject({ for: 'P1D' });
});
