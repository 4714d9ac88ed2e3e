import { describe, expect, test } from 'vitest';
import { ReviewLog } from '../../../services/alerting/core/proof/review.ts';
import { reviewAnswer } from '../../../services/alerting/core/proof/review-answer.ts';
import type { AlertRecord } from '../../../services/kernel/alert.ts';
import { feedbackReason, parseFeedback } from '../../../services/kernel/feedback.ts';
import { HOUR, T0 } from '../../support/alerting.ts';

const SECOND = 1_000;
type Over = Partial<Omit<AlertRecord, 'transition' | 'episode'>> & {
  transition: string;
  episode?: Partial<NonNullable<AlertRecord['episode']>>;
};

/** Writes records of one rule's alerts; sequences count themselves. */
function writing() {
  const log = new ReviewLog();
  const sequences = new Map<string, number>();
  const records: AlertRecord[] = [];
  return {
    log,
    records,
    write({ transition, episode, id = 'a', ...over }: Over): void {
      const sequence = (sequences.get(id) ?? 0) + 1;
      sequences.set(id, sequence);
      const record = {
        id,
        rule: 'low',
        reason: '',
        at: T0,
        sequence,
        window: { start: T0, end: T0 + HOUR, state: 'closed', revision: 0 },
        episode: episode
          ? { id: 'e1', startedAt: T0, endedAt: null, outcome: null, ...episode }
          : null,
        transition,
        ...over,
      } as unknown as AlertRecord;
      records.push(record);
      log.add(record);
    },
    review: (fromMs: number | null = null) =>
      reviewAnswer('low', { ...log.of('low'), sinceMs: log.sinceMs }, { fromMs, toMs: T0 + 1e9 }),
  };
}

describe('the review of a rule', () => {
  test('counts what fired, what people did with it, and how soon', () => {
    const w = writing();
    w.write({ transition: 'firing', episode: { id: 'e1' } });
    w.write({ transition: 'delivered', episode: { id: 'e1' } });
    w.write({ transition: 'acknowledged', episode: { id: 'e1' }, at: T0 + 90 * SECOND });
    w.write({ transition: 'commented', episode: { id: 'e1' } });
    w.write({ transition: 'firing', episode: { id: 'e2' }, id: 'b' });
    const recovered = { endedAt: T0 + HOUR, outcome: 'recovered' } as const;
    w.write({ transition: 'resolved', episode: { id: 'e2', ...recovered }, id: 'b' });
    w.write({ transition: 'firing', episode: { id: 'e3' }, id: 'c' });
    const retracted = { endedAt: T0 + HOUR, outcome: 'retracted' } as const;
    w.write({ transition: 'corrected', episode: { id: 'e3', ...retracted }, id: 'c' });
    w.write({ transition: 'cleared', reason: 'near_miss', id: 'd' });
    expect(w.review()).toMatchObject({
      fired: 3,
      firing: 1,
      acknowledged: 1,
      acted: 1,
      ignored: 1,
      retracted: 1,
      flaps: 0,
      nearMisses: 1,
      delivered: 1,
      secondsToAcknowledge: { median: 90, p90: 90 },
      precision: null,
    });
  });

  test('an episode soon after the end of the one before is a flap', () => {
    const w = writing();
    for (const [i, gapHours] of [0, 3, 4].entries()) {
      const startedAt = T0 + i * 100 * HOUR + gapHours * HOUR;
      w.write({ transition: 'firing', episode: { id: `e${i}`, startedAt } });
      const endedAt = T0 + (i + 1) * 100 * HOUR;
      const end = { startedAt, endedAt, outcome: 'recovered' } as const;
      w.write({ transition: 'resolved', episode: { id: `e${i}`, ...end } });
    }
    expect(w.review()).toMatchObject({ fired: 3, flaps: 1 });
  });

  test('precision is the share of real ones among those that somebody judged', () => {
    const w = writing();
    const say = (id: string, reason: string): void => {
      w.write({ transition: 'firing', episode: { id }, id });
      w.write({ transition: 'feedback', reason, episode: { id }, id });
    };
    say('e1', 'real');
    say('e2', 'expected: stocktaking');
    say('e3', 'false-alarm: late file');
    say('e4', 'false-alarm: late file');
    w.write({ transition: 'firing', episode: { id: 'e5' }, id: 'e5' });
    // Somebody thinks again: the last word counts.
    w.write({ transition: 'feedback', reason: 'real', episode: { id: 'e2' }, id: 'e2' });
    expect(w.review()).toMatchObject({
      feedback: { real: 2, expected: 0, 'false-alarm': 2, 'new-normal': 0 },
      precision: 0.5,
      causes: [{ cause: 'late file', verdict: 'false-alarm', episodes: 2 }],
    });
  });

  test('a record that is read twice counts once', () => {
    const w = writing();
    w.write({ transition: 'firing', episode: { id: 'e1' } });
    w.write({ transition: 'delivered', episode: { id: 'e1' } });
    const before = w.review();
    for (const record of w.records) w.log.add(record);
    expect(w.review()).toEqual(before);
  });

  test('only what fired in the range counts, and it says since when anything is known', () => {
    const w = writing();
    w.write({ transition: 'firing', episode: { id: 'e1' }, at: T0 });
    w.write({ transition: 'firing', episode: { id: 'e2' }, at: T0 + HOUR, id: 'b' });
    expect(w.review(T0 + 1)).toMatchObject({ fired: 1, since: new Date(T0).toISOString() });
  });
});

test.each([
  [{ verdict: 'real', cause: null }, 'real'],
  [{ verdict: 'false-alarm', cause: 'late: file' }, 'false-alarm: late: file'],
] as const)('feedback %o is written as %s and read back', (given, text) => {
  expect(feedbackReason(given)).toBe(text);
  expect(parseFeedback(text)).toEqual(given);
});

test.each(['', 'realistic', 'Real', ': x'])('%s is no feedback', (text) => {
  expect(parseFeedback(text)).toBeUndefined();
});
