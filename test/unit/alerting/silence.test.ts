import { describe, expect, test } from 'vitest';
import type { Matcher } from '../../../services/kernel/command.ts';
import { ok } from '../../../services/kernel/result.ts';
import { silenceOrder } from '../../../services/alerting/core/overlay/silence-request.ts';
import {
  covers,
  matchesPattern,
  silencedBy,
} from '../../../services/alerting/core/overlay/silence.ts';
import type { Silence } from '../../../services/alerting/core/overlay/silence.ts';

const alert = {
  rule: 'net-sales-low',
  metric: 'net-sales',
  severity: 'critical',
  series: '["store","S001"]',
} as const;
const NOW = Date.parse('2026-01-31T08:00:00Z');
const asked = { id: 'request', by: 'person:li-wei', nowMs: NOW };
const request = (body: unknown) => {
  const order = silenceOrder({ id: 'sil-1', body }, asked);
  return order.ok ? ok(order.value.command) : order;
};

test.each<[string, boolean]>([
  ['store=S001', true],
  ['store=S002', false],
  ['store!=S002', true],
  ['store!=S001', false],
  ['store=~S0*', true],
  ['store=~S0', false],
  ['store!~S9*|S8*', true],
  ['rule=net-sales-low', true],
  ['metric=~*sales', true],
  ['severity!=info', true],
  // A label that the alert lacks is matched by nothing.
  ['channel=', false],
  ['channel!=web', false],
  ['channel!~*', false],
])('%s covers the alert: %s', (text, isCovered) => {
  const command = request({ matchers: [text], for: 'PT1H' });
  if (!command.ok) throw new Error(command.error.detail);
  expect(covers(command.value.silence, alert)).toBe(isCovered);
});

test.each<[string, string, boolean]>([
  ['', '', true],
  ['*', '', true],
  ['*', 'anything', true],
  ['a*c', 'abc', true],
  ['a*c', 'ac', true],
  ['a*c', 'acb', false],
  ['ab*ba', 'aba', false],
  ['*a*b*', 'xxaxxbxx', true],
  ['*b*a*', 'xxaxxbxx', false],
  ['a|b*', 'bcd', true],
  ['a.c', 'abc', false],
  ['a*a*a', 'aa', false],
])('%s is the pattern of %s: %s', (pattern, text, isMatch) => {
  expect(matchesPattern(pattern, text)).toBe(isMatch);
});

test('a pattern takes no more than pattern times text, whoever writes it', () => {
  const started = performance.now();
  expect(matchesPattern(`${'a*'.repeat(200)}b`, 'a'.repeat(5_000))).toBe(false);
  expect(performance.now() - started).toBeLessThan(1_000);
});

const silence = (id: string, over: Partial<Silence> = {}): Silence => {
  const matchers: readonly Matcher[] = [{ name: 'store', op: '=', value: 'S001' }];
  const span = { startsAt: NOW, endsAt: NOW + 1_000 };
  return { id, kind: 'silence', matchers, by: 'x', at: NOW, comment: null, ...span, ...over };
};

describe('a silence', () => {
  test('holds from its start to its end, the end apart', () => {
    const holds = (atMs: number) => silencedBy([silence('a')], alert, atMs);
    expect([NOW - 1, NOW, NOW + 999, NOW + 1_000].map(holds)).toEqual([
      null,
      'silence a',
      'silence a',
      null,
    ]);
  });

  test('of several the same one is named at every reading, maintenance first', () => {
    const all = [silence('b'), silence('a'), silence('c', { kind: 'maintenance' })];
    expect(silencedBy(all, alert, NOW)).toBe('maintenance c');
    expect(silencedBy(all.toReversed(), alert, NOW)).toBe('maintenance c');
    expect(silencedBy(all.slice(0, 2), alert, NOW)).toBe('silence a');
  });
});

test('what it lacks is said with what would do', () => {
  expect(request({ for: 'PT1H' })).toMatchObject({
    error: { detail: 'matchers must be a list of 1 to 20 matchers such as store=S001' },
  });
});

test.each<[string, unknown, string]>([
  ['no matcher', { matchers: [], for: 'PT1H' }, '/matchers'],
  ['a matcher that is none', { matchers: ['store'], for: 'PT1H' }, '/matchers/0'],
  [
    'an unknown operator',
    { matchers: [{ name: 'a', op: '>', value: '1' }], for: 'PT1H' },
    '/matchers/0',
  ],
  ['no end', { matchers: ['store=S1'] }, '/endsAt'],
  [
    'an end before its start',
    { matchers: ['a=b'], startsAt: '2026-02-01T00:00:00Z', endsAt: '2026-01-31T09:00:00Z' },
    '/endsAt',
  ],
  ['an end that has passed', { matchers: ['a=b'], endsAt: '2026-01-31T07:00:00Z' }, '/endsAt'],
  ['an end beyond what is kept', { matchers: ['a=b'], for: 'P90D' }, '/endsAt'],
  ['another kind', { matchers: ['a=b'], for: 'PT1H', kind: 'quiet' }, '/kind'],
  [
    'an end and a duration',
    { matchers: ['a=b'], for: 'PT1H', endsAt: '2026-01-31T09:00:00Z' },
    '/for',
  ],
  ['a field that nobody reads', { matchers: ['a=b'], for: 'PT1H', previw: true }, '/previw'],
  ['a preview that is neither', { matchers: ['a=b'], for: 'PT1H', preview: 'true' }, '/preview'],
  [
    'a matcher with a field that nobody reads',
    { matchers: [{ name: 'a', op: '=', value: '1', isRegex: true }], for: 'PT1H' },
    '/matchers/0',
  ],
  ['a start that is no time', { matchers: ['a=b'], for: 'PT1H', startsAt: 'soon' }, '/startsAt'],
])('%s is refused, and where it is said', (_, body, pointer) => {
  expect(request(body)).toMatchObject({
    ok: false,
    error: { code: 'invalid_parameter', pointer },
  });
});
