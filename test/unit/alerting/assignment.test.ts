import { expect, test } from 'vitest';
import { alertText } from '../../../services/alerting/core/words/text.ts';
import { owedOf } from '../../../services/alerting/core/alert/lifecycle.ts';
import type { Command } from '../../../services/kernel/command.ts';
import type { PersonDefinition } from '../../../services/kernel/definitions.ts';
import { aReceiver, aRule, at, bench, salesCatalog } from '../../support/alerting.ts';

const bo: PersonDefinition = {
  id: 'bo',
  name: { en: 'Bo' },
  locale: 'en',
  timezone: 'UTC',
  receivers: ['bo-hook'],
};
const withBo = (over: Partial<PersonDefinition> = {}) =>
  bench(
    salesCatalog({
      rules: [aRule({ severity: 'warning' })],
      people: [{ ...bo, ...over }],
      receivers: ['ops-hook', 'bo-hook'].map((id) => aReceiver({ id })),
    }),
  );
type Bench = ReturnType<typeof bench>;
const told = (b: Bench) => b.messages().map(({ kind, receiver }) => `${kind} ${receiver}`);
const owed = (b: Bench) =>
  owedOf(b.alert()).map(({ message }) => `${message.kind} ${message.receiver}`);
const toBo: Partial<Command> & Pick<Command, 'kind'> = {
  kind: 'assign',
  assignee: 'person:bo',
  text: 'the till of S001, please',
};

test('whoever is assigned is told by whom and what was said to it, and of the end', () => {
  const b = withBo();
  b.hour(0, 900);
  b.say(1.1, toBo);
  expect(told(b)).toEqual(['firing ops-hook', 'assigned bo-hook']);
  const [, message] = b.messages();
  expect(JSON.parse(message?.body ?? '{}')).toMatchObject({
    type: 'alert.assigned',
    data: {
      value: '900.00',
      assignment: { to: 'person:bo', by: 'person:li-wei', note: 'the till of S001, please' },
    },
  });
  const said = (locale: 'en' | 'zh') =>
    alertText(message?.body ?? '', { locale, timezone: 'UTC' }).summary;
  expect(said('en')).toContain('Assigned to Bo by li-wei. “the till of S001, please”');
  expect(said('zh')).toContain('由 li-wei 指派给 Bo。“the till of S001, please”');
  b.hour(1, 5000);
  expect(told(b).slice(2).toSorted()).toEqual(['resolved bo-hook', 'resolved ops-hook']);
});

test('who takes it himself is told nothing, nor is anybody when it is assigned to nobody', () => {
  const b = withBo();
  b.hour(0, 900);
  b.say(1.1, { ...toBo, by: 'person:bo' });
  b.say(1.2, { kind: 'assign', assignee: null });
  expect(told(b)).toEqual(['firing ops-hook']);
  expect(b.alert().episode?.overlay.assignee).toBeNull();
});

test('an assignment is told under a mute, and leaves the mute as it is', () => {
  const b = withBo();
  b.hour(0, 900);
  b.say(1.1, { kind: 'snooze', until: at(9) });
  b.say(1.2, toBo);
  expect(told(b)).toEqual(['firing ops-hook', 'assigned bo-hook']);
  expect(b.alert().episode?.overlay.mutedBy).toBe('snoozed');
});

test('it waits for the end of quiet hours, whatever is told or muted meanwhile', () => {
  const b = withBo({ quietHours: [{ from: '22:00', to: '07:00' }] });
  b.hour(0, 900);
  b.say(1.1, toBo);
  b.say(1.2, { ...toBo, text: 'and S002' });
  expect(owed(b)).toEqual(['firing ops-hook']);
  b.say(8, { kind: 'snooze', until: at(20) });
  b.clock(9);
  expect(owed(b)).toEqual(['firing ops-hook', 'assigned bo-hook', 'assigned bo-hook']);
});

test('while the assignee is away whoever answers is told, and that it was not for him', () => {
  const b = withBo({ absences: [{ from: '2023-11-01', to: '2023-12-01', deputy: 'team:sales' }] });
  b.hour(0, 900);
  b.say(1.1, toBo);
  expect(told(b)).toEqual(['firing ops-hook', 'assigned ops-hook']);
  const body = b.messages().at(-1)?.body ?? '';
  expect(alertText(body, { locale: 'en', timezone: 'UTC' }).summary).toContain(
    'Assigned to team Sales (away: told to whom the absence names as deputy; Bo is away until 2023-12-01) by li-wei.',
  );
});
