import { expect, test } from 'vitest';
import type { AlertState } from '../../../services/alerting/core/alert/episode.ts';
import { aRule, at, bench, salesCatalog } from '../../support/alerting.ts';
import type { Bench } from '../../support/alerting.ts';
import type { AlertRuleDefinition } from '../../../services/kernel/definitions.ts';

const alertOf = (one: Bench, rule: string): AlertState | undefined =>
  [...one.state().tracks.values()].find(({ alert }) => alert.rule === rule)?.alert;
const LOW = aRule({ id: 'low', severity: 'warning', when: 'value < 1000' });
const GONE = aRule({ id: 'gone', severity: 'critical', when: 'value < 100' });
const both = (...rules: readonly AlertRuleDefinition[]) => bench(salesCatalog({ rules }));
const told = (one: Bench) =>
  one.messages().map(({ body }) => {
    const { type, data } = JSON.parse(body) as { type: string; data: { alert: { rule: string } } };
    return `${type.slice('alert.'.length)} ${data.alert.rule}`;
  });

test('of two rules that breach in one window the critical one is told, whichever stands first', () => {
  for (const rules of [
    [LOW, GONE],
    [GONE, LOW],
  ]) {
    const one = both(...rules);
    one.hour(0, 50);
    expect(told(one)).toEqual(['firing gone']);
    expect(alertOf(one, 'low')).toMatchObject({
      machine: { condition: 'firing' },
      episode: { overlay: { mutedBy: 'inhibited by gone' } },
    });
  }
});

test('the critical one is told also where it was added when the other had its alerts', () => {
  const one = both(LOW);
  one.hour(0, 5000);
  one.publish(salesCatalog({ rules: [LOW, GONE] }));
  one.hour(1, 50);
  expect(told(one)).toEqual(['firing gone']);
});

test('when the inhibitor ends and the inhibited still burns, its people are told at once', () => {
  const one = both(LOW, GONE);
  one.hour(0, 50);
  one.hour(1, 500);
  expect(told(one)).toEqual(['firing gone', 'resolved gone']);
  one.clock(2.001);
  expect(told(one)).toEqual(['firing gone', 'resolved gone', 'unmuted low']);
  one.hour(2, 5000);
  expect(told(one)).toEqual(['firing gone', 'resolved gone', 'unmuted low', 'resolved low']);
});

test('who was told before hears no more of it while the graver alert burns, and hears its end', () => {
  const one = both({ ...LOW, notify: { repeatMs: [3_600_000] } }, GONE);
  one.hour(0, 500);
  one.hour(1, 50);
  one.clock(2.001);
  one.clock(3.5);
  expect(told(one)).toEqual(['firing low', 'firing gone']);
  one.hour(2, 5000);
  expect(told(one)).toEqual(['firing low', 'firing gone', 'resolved gone', 'resolved low']);
});

test('an inhibitor that is silenced itself inhibits nothing, or nobody would hear', () => {
  const one = both(LOW, GONE);
  one.say(0.1, {
    kind: 'silence',
    silence: {
      kind: 'silence',
      matchers: [{ name: 'rule', op: '=', value: 'gone' }],
      startsAt: at(0),
      endsAt: at(9),
    },
  });
  one.hour(0, 50);
  expect(told(one)).toEqual(['firing low']);
});

test('rules of one severity, and a critical one, are inhibited by none', () => {
  const one = both(GONE, aRule({ id: 'other', severity: 'critical', when: 'value < 200' }));
  one.hour(0, 50);
  expect(told(one).sort()).toEqual(['firing gone', 'firing other']);
});
