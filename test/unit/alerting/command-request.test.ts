import { expect, test } from 'vitest';
import { alertCommand } from '../../../services/alerting/core/overlay/command-request.ts';
import type { Verb } from '../../../services/alerting/core/overlay/command-request.ts';
import { DAY_MS, HOUR_MS } from '../../../services/kernel/time.ts';
import { bench } from '../../support/alerting.ts';

const NOW = Date.parse('2026-01-31T08:00:00Z');
const asked = { id: 'request', by: 'person:li-wei', nowMs: NOW };
const burning = () => {
  const b = bench();
  b.hour(0, 900);
  return b.alert();
};
const ask = (verb: Verb, body: unknown, alert = burning()) =>
  alertCommand(verb, { alert, body }, asked);

test('an acknowledgement is of the open episode and holds for a day, or as long as is asked', () => {
  const alert = burning();
  expect(ask('ack', undefined, alert)).toMatchObject({
    ok: true,
    value: {
      kind: 'acknowledge',
      target: alert.id,
      episode: alert.episode?.id,
      by: 'person:li-wei',
      until: NOW + DAY_MS,
      text: null,
    },
  });
  expect(ask('ack', { for: 'PT4H', comment: 'on it' })).toMatchObject({
    ok: true,
    value: { until: NOW + 4 * HOUR_MS, text: 'on it' },
  });
  expect(ask('ack', { until: '2026-01-31T09:00:00Z' })).toMatchObject({
    ok: true,
    value: { until: NOW + HOUR_MS },
  });
});

test('a snooze needs an end; null ends it', () => {
  expect(ask('snooze', { for: 'PT4H' })).toMatchObject({ ok: true });
  expect(ask('snooze', { until: null })).toMatchObject({ ok: true, value: { until: null } });
  expect(ask('snooze', {})).toMatchObject({ ok: false, error: { pointer: '/until' } });
});

test('where nothing burns there is nothing to see to, but something to say', () => {
  const quiet = bench();
  quiet.hour(0, 900);
  quiet.hour(1, 5000);
  const alert = quiet.alert();
  for (const verb of ['ack', 'unack', 'assign', 'close'] as const)
    expect(ask(verb, verb === 'assign' ? { to: 'person:anna' } : {}, alert)).toMatchObject({
      ok: false,
      error: { code: 'episode_ended' },
    });
  expect(ask('comment', { text: 'it was the till' }, alert)).toMatchObject({ ok: true });
  expect(ask('snooze', { for: 'PT1H' }, alert)).toMatchObject({ ok: true });
});

test.each<[Verb, unknown, string]>([
  ['ack', { until: 'tomorrow' }, '/until'],
  ['ack', { until: '2026-01-31T07:00:00Z' }, '/until'],
  ['ack', { for: 'P31D' }, '/until'],
  ['ack', { for: 'a while' }, '/for'],
  ['ack', { for: 'PT1H', until: '2026-01-31T09:00:00Z' }, '/for'],
  ['snooze', { for: 'PT1H', until: '2026-01-31T09:00:00Z' }, '/for'],
  ['snooze', { for: 'PT1H', until: null }, '/for'],
  ['ack', { comment: 7 }, '/comment'],
  ['comment', {}, '/text'],
  ['comment', { text: 'x'.repeat(4_001) }, '/text'],
  ['assign', { to: 'Anna' }, '/to'],
])('%s with %j is refused, and where it is said', (verb, body, pointer) => {
  expect(ask(verb, body)).toMatchObject({
    ok: false,
    error: { code: 'invalid_parameter', pointer },
  });
});

test('assigning to nobody takes it back', () => {
  expect(ask('assign', { to: 'team:sales' })).toMatchObject({
    ok: true,
    value: { assignee: 'team:sales' },
  });
  expect(ask('assign', { to: null })).toMatchObject({ ok: true, value: { assignee: null } });
});
