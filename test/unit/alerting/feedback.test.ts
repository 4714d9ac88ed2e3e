import { describe, expect, test } from 'vitest';
import { alertCommand } from '../../../services/alerting/core/overlay/command-request.ts';
import { ReviewLog } from '../../../services/alerting/core/proof/review.ts';
import { reviewAnswer } from '../../../services/alerting/core/proof/review-answer.ts';
import { recordOf } from '../../../services/alerting/core/alert/record.ts';
import { at, bench, T0 } from '../../support/alerting.ts';

const asked = { id: 'request', by: 'person:li-wei', nowMs: T0 };

describe('feedback', () => {
  test('is of the open episode, and the condition knows nothing of it', () => {
    const b = bench();
    b.hour(0, 900);
    const episode = b.alert().episode?.id ?? '';
    const said = { kind: 'feedback', text: 'false-alarm: late file', episode } as const;
    expect(b.say(1.5, said)).toEqual(['feedback: false-alarm: late file']);
    expect(b.alert().episode?.overlay.feedback).toEqual({
      verdict: 'false-alarm',
      cause: 'late file',
      by: 'person:li-wei',
      atMs: at(1.5),
    });
    expect(b.condition()).toBe('firing');
  });

  test('may come once the episode is over, and not of older ones', () => {
    const b = bench();
    b.hour(0, 900);
    const first = b.alert().episode?.id ?? '';
    b.hour(1, 5000);
    expect(b.say(2.5, { kind: 'feedback', text: 'real', episode: first })).toEqual([
      'feedback: real',
    ]);
    b.hour(2, 900);
    expect(b.say(3.5, { kind: 'feedback', text: 'expected', episode: first })).toEqual([]);
  });

  test('that is none changes nothing', () => {
    const b = bench();
    b.hour(0, 900);
    const episode = b.alert().episode?.id ?? '';
    expect(b.say(1.5, { kind: 'feedback', text: 'nonsense', episode })).toEqual([]);
    expect(b.say(1.6, { kind: 'feedback', episode })).toEqual([]);
  });

  test('and acknowledgements reach the review by the records of alerts', () => {
    const b = bench();
    b.hour(0, 900);
    const episode = b.alert().episode?.id ?? '';
    b.say(1.5, { kind: 'acknowledge', until: at(20) });
    b.say(1.6, { kind: 'feedback', text: 'real', episode });
    b.hour(1, 5000);
    const log = new ReviewLog();
    for (const one of b.emitted) log.add(recordOf(one, 0));
    const range = { fromMs: null, toMs: at(1_000) };
    expect(
      reviewAnswer('net-sales-low', { ...log.of('net-sales-low'), sinceMs: log.sinceMs }, range),
    ).toMatchObject({
      fired: 1,
      acknowledged: 1,
      ignored: 0,
      secondsToAcknowledge: { median: 1_800 },
      feedback: { real: 1 },
      precision: 1,
    });
  });
});

describe('a request with feedback', () => {
  const alert = () => {
    const b = bench();
    b.hour(0, 900);
    b.hour(1, 5000);
    return b.alert();
  };

  test('names the last episode where none is open', () => {
    const found = alertCommand('feedback', { alert: alert(), body: { verdict: 'real' } }, asked);
    expect(found).toMatchObject({
      ok: true,
      value: { kind: 'feedback', text: 'real', episode: alert().ended.at(-1)?.id },
    });
  });

  test.each([
    [{}, '/verdict'],
    [{ verdict: 'wrong' }, '/verdict'],
    [{ verdict: 'real', cause: '' }, '/cause'],
    [{ verdict: 'real', cause: 'x'.repeat(201) }, '/cause'],
  ])('%o is refused', (body, pointer) => {
    expect(alertCommand('feedback', { alert: alert(), body }, asked)).toMatchObject({
      ok: false,
      error: { code: 'invalid_parameter', pointer },
    });
  });

  test('of an alert that never had an episode is refused', () => {
    const b = bench();
    b.hour(0, 5000);
    expect(
      alertCommand('feedback', { alert: b.alert(), body: { verdict: 'real' } }, asked),
    ).toMatchObject({ ok: false, error: { code: 'episode_ended' } });
  });
});
