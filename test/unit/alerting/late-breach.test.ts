import { expect, test } from 'vitest';
import type { AlertRuleDefinition } from '../../../services/kernel/definitions.ts';
import { alertText } from '../../../services/alerting/core/words/text.ts';
import { aRule, at, bench, HOUR, salesCatalog } from '../../support/alerting.ts';
import { aMetric } from '../../support/metrics.ts';

/** Sales that take late events for ten hours, and a rule that tells of past windows for five. */
const late = (over: Partial<AlertRuleDefinition> = {}) =>
  salesCatalog({
    metrics: [aMetric({ timezone: 'UTC', latenessMs: 10 * HOUR })],
    rules: [aRule({ latenessMs: 5 * HOUR, ...over })],
  });
const revised = (revision = 1) => ({ state: 'revised', revision }) as const;

test('without a lateness of the rule a breach in a past window is recorded and told to nobody', () => {
  const b = bench(late({ latenessMs: 0 }));
  b.hour(0, 2000);
  b.hour(1, 2000);
  expect(b.value(0, 900, revised())).toEqual(['revised: clear_to_breach']);
  expect(b.told()).toEqual([]);
});

test('within it, it is told once, as what is over; a correction takes it back', () => {
  const b = bench(late());
  b.hour(0, 2000);
  b.hour(1, 2000);
  expect(b.value(0, 900, revised())).toEqual(['firing: past_window', 'resolved: past_window']);
  expect(b.told()).toEqual(['firing']);
  expect(b.condition()).toBe('ok');
  expect(b.alert().episode).toBeNull();
  const body = b.messages()[0]?.body ?? '';
  expect(JSON.parse(body)).toMatchObject({
    type: 'alert.firing',
    data: {
      alert: {
        state: 'ok',
        reason: 'past_window',
        endedAt: new Date(at(2)).toISOString(),
        outcome: 'recovered',
      },
      window: { start: new Date(at(0)).toISOString(), revision: 1 },
      value: '900.00',
      breached: '900.00',
      recovered: '2000.00',
      links: { ack: null },
    },
  });
  const [en, zh] = (['en', 'zh'] as const).map((locale) =>
    alertText(body, { locale, timezone: 'UTC' }),
  );
  expect(en?.title).toContain('breach in a past window');
  expect(en?.summary).toContain('Late data has come for a window of before');
  expect(zh?.title).toContain('历史窗口');
  expect(b.value(0, 2000, revised(2))).toEqual(['corrected: retracted']);
  expect(b.told()).toEqual(['firing', 'corrected']);
  expect(b.clock(30)).toEqual([]);
});

test('after it, it is recorded', () => {
  const b = bench(late());
  for (let hour = 0; hour < 6; hour++) b.hour(hour, 2000);
  expect(b.value(0, 900, revised())).toEqual(['revised: clear_to_breach']);
  expect(b.value(1, 900, revised())).toEqual(['firing: past_window', 'resolved: past_window']);
});

test('where the rule would fire still, the episode goes on until it recovers', () => {
  const b = bench(late({ for: { breaches: 2, of: 2 } }));
  b.hour(0, 2000);
  b.hour(1, 900);
  expect(b.condition()).toBe('pending');
  expect(b.value(0, 800, revised())).toEqual(['firing: past_window']);
  expect(b.condition()).toBe('firing');
  expect(b.alert().episode).toMatchObject({ basisFromMs: at(0), endedAtMs: null });
  expect(b.hour(2, 900)).toEqual([]);
  expect(b.hour(3, 2000)).toEqual(['resolved: recovered']);
  expect(b.told()).toEqual(['firing', 'resolved']);
});

test('what does not make the rule fire is recorded: its `for` does not hold', () => {
  const b = bench(late({ for: { breaches: 2, of: 2 } }));
  b.hour(0, 2000);
  b.hour(1, 2000);
  expect(b.value(0, 800, revised())).toEqual(['revised: clear_to_breach']);
});

test('while it burns, and within an episode that was told, its people know', () => {
  const b = bench(late({ keepFiringMs: 2 * HOUR }));
  b.hour(0, 900);
  b.hour(1, 2000);
  b.hour(2, 900);
  expect(b.value(1, 900, revised())).toEqual(['revised: clear_to_breach']);
  for (const hour of [3, 4]) b.hour(hour, 2000);
  expect(b.hour(5, 2000)).toEqual(['resolved: recovered']);
  expect(b.value(4, 900, revised())).toEqual(['revised: clear_to_breach']);
  expect(b.told()).toEqual(['firing', 'resolved']);
});

test('a past window that is told has its own episode beside one that was told before', () => {
  const b = bench(late());
  b.hour(0, 900);
  for (const hour of [1, 2, 3]) b.hour(hour, 2000);
  expect(b.value(2, 900, revised())).toEqual(['firing: past_window', 'resolved: past_window']);
  expect(b.alert().ended.map(({ startedAtMs }) => startedAtMs)).toEqual([at(1), at(3)]);
  expect(b.told()).toEqual(['firing', 'resolved', 'firing']);
});

test('a mute withholds it', () => {
  const b = bench(late());
  b.hour(0, 2000);
  b.hour(1, 2000);
  b.say(2.1, { kind: 'snooze', until: at(20) });
  expect(b.value(0, 900, revised())).toEqual([
    'firing: past_window',
    'silenced: snoozed',
    'resolved: past_window',
  ]);
  expect(b.told()).toEqual([]);
});
