import { describe, expect, test } from 'vitest';
import { bench, lowSales, HOUR, T0 } from '../../../support/alerting.ts';
import { aMetric } from '../../../support/metrics.ts';

const high = { evaluate: 'onUpdate', when: 'value > 1000' } as const;
const more = (contributions: number, sum: number) => ({ accumulators: { contributions, sum } });
const late = { state: 'revised', revision: 1, ...more(30, 50_000) } as const;

describe('a rule on open windows', () => {
  test('fires on the update that shows it, and ends when the next window has closed well', () => {
    const b = bench(lowSales(high));
    expect(b.value(0, 500)).toEqual([]);
    expect(b.value(0, 1500, more(20, 150_000))).toEqual(['firing: breach']);
    expect(b.tick(1)).toEqual([]);
    expect(b.value(1, 400)).toEqual([]);
    expect(b.tick(1.9)).toEqual([]);
    expect(b.tick(2)).toEqual(['resolved: recovered']);
    expect(b.told()).toEqual(['firing', 'resolved']);
    const end = JSON.parse(b.messages()[1]?.body ?? '').data;
    expect(end).toMatchObject({
      value: '400.00',
      recovered: '400.00',
      window: { state: 'closed' },
    });
    expect(end.alert.endedAt).toBe(end.window.end);
  });

  test('ends so while later windows have begun already, whatever they show so far', () => {
    const b = bench(lowSales(high));
    b.value(0, 1500);
    b.value(1, 600);
    b.value(2, 10);
    expect(b.tick(1.9)).toEqual([]);
    expect(b.tick(2)).toEqual(['resolved: recovered']);
    b.value(2, 1600, more(20, 160_000));
    expect(b.tick(3)).toEqual([]);
    expect(b.tick(4)).toEqual(['resolved: recovered']);
    expect(b.value(2, 500, late)).toEqual(['corrected: retracted']);
    expect(b.alert().ended.map(({ outcome }) => outcome)).toEqual(['recovered', 'retracted']);
  });

  test('late data take back no episode that the beginning of a window does not interrupt', () => {
    const b = bench(lowSales({ ...high, for: { durationMs: HOUR } }));
    b.tick(0.5);
    b.value(0, 1500);
    b.value(1, 1500);
    expect(b.tick(1.5)).toEqual(['firing: breach']);
    b.tick(2);
    b.value(2, 10);
    b.value(3, 1600);
    expect(b.value(0, 500, late)).toEqual(['revised: breach_to_clear']);
    expect(b.condition()).toBe('firing');
  });

  test('a past window that late data show to breach burns until a window has closed well', () => {
    const b = bench(lowSales({ ...high, latenessMs: 24 * HOUR }));
    b.value(0, 500);
    b.value(1, 10);
    b.tick(1);
    const breach = { ...late, ...more(30, 150_000) };
    expect(b.value(0, 1500, breach)).toEqual(['firing: past_window']);
    expect(b.tick(1.9)).toEqual([]);
    expect(b.tick(2)).toEqual(['resolved: recovered']);
  });

  test('is not kept from firing by the beginning of each window', () => {
    const b = bench(lowSales({ ...high, for: { durationMs: 1.5 * HOUR } }));
    expect(b.value(0, 1500)).toEqual(['pending: breach']);
    b.value(1, 20);
    expect(b.tick(1.2)).toEqual([]);
    expect(b.value(1, 1200, more(20, 120_000))).toEqual([]);
    expect(b.tick(1.5)).toEqual(['firing: breach']);
  });

  test('pends no more when a window has closed well', () => {
    const b = bench(lowSales({ ...high, for: { durationMs: 5 * HOUR } }));
    b.value(0, 1500);
    b.value(1, 20);
    expect(b.tick(2)).toEqual(['cleared: near_miss']);
  });

  test('what one window began its own later value takes back', () => {
    const b = bench(lowSales(high));
    b.tick(0.1);
    expect(b.value(0, 1500)).toEqual(['firing: breach']);
    expect(b.value(0, 900, more(11, 90_000))).toEqual(['resolved: recovered']);
    expect(b.value(0, 1600, more(12, 160_000))).toEqual(['firing: breach']);
    expect(b.tick(1.5)).toEqual([]);
    expect(b.value(1, 1500)).toEqual([]);
    expect(b.value(1, 900, more(11, 90_000))).toEqual([]);
    expect(b.condition()).toBe('firing');
    // Of the window that was shown last nothing else is shown than what it has now.
    expect(b.alert().last?.value).toBe('900.00');
  });

  test('and does so while the watermark has yet to pass its beginning', () => {
    const b = bench(lowSales(high));
    expect(b.value(0, 1500)).toEqual(['firing: breach']);
    b.tick(0.5);
    expect(b.value(0, 800, more(11, 80_000))).toEqual(['resolved: recovered']);
    const slow = bench(lowSales({ ...high, for: { durationMs: HOUR } }));
    expect(slow.value(0, 1500)).toEqual(['pending: breach']);
    slow.tick(0.5);
    expect(slow.value(0, 800, more(11, 80_000))).toEqual(['cleared: near_miss']);
  });

  test('what is told while the next one has only begun is what it burns by', () => {
    const b = bench(lowSales({ ...high, notify: { repeatMs: [HOUR / 2], max: 5 } }));
    b.value(0, 1500);
    b.tick(1);
    b.value(1, 20);
    expect(b.alert().last).toMatchObject({ value: '1500.00', window: { startMs: T0 } });
    expect(b.clock(1.6)).toEqual(['repeated: repeat_interval']);
    const body = JSON.parse(b.messages().at(-1)?.body ?? '');
    expect(body).toMatchObject({ type: 'alert.repeated', data: { value: '1500.00' } });
    b.tick(2);
    expect(b.alert().last).toMatchObject({ value: '20.00', window: { state: 'closed' } });
  });

  test('a newest value is told on while the next window has none', () => {
    const metric = aMetric({ timezone: 'UTC', aggregation: 'last' });
    const notify = { repeatMs: [HOUR / 2], max: 5 };
    const b = bench({ ...lowSales({ ...high, noData: 'keepLast', notify }), metrics: [metric] });
    b.value(0, 1500);
    b.tick(1);
    b.tick(1.1);
    expect(b.alert().last).toMatchObject({ value: '1500.00', window: { startMs: T0 } });
    expect(b.clock(1.6)).toEqual(['repeated: repeat_interval']);
    const body = JSON.parse(b.messages().at(-1)?.body ?? '');
    expect(body).toMatchObject({ type: 'alert.repeated', data: { value: '1500.00' } });
    b.value(1, 1600);
    expect(b.alert().last).toMatchObject({ value: '1600.00', window: { state: 'open' } });
    expect(b.value(1, 500, more(20, 50_000))).toEqual(['resolved: recovered']);
  });

  test.each(['keepLast', 'nodata'] as const)(
    'what is told says for how long there is no data, with the newest window still empty (%s)',
    (noData) => {
      const metric = aMetric({ timezone: 'UTC', aggregation: 'last' });
      const notify = { repeatMs: [1.5 * HOUR], max: 5 };
      const b = bench({ ...lowSales({ ...high, noData, notify }), metrics: [metric] });
      b.value(0, 1500);
      b.tick(2);
      b.tick(3.1);
      expect(b.clock(3.6)).toEqual(['repeated: repeat_interval']);
      expect(JSON.parse(b.messages().at(-1)?.body ?? '').data.noData).toMatchObject({ windows: 2 });
    },
  );

  test('recovers by closed windows alone', () => {
    const b = bench(lowSales({ ...high, keepFiringMs: HOUR }));
    b.value(0, 1500);
    expect(b.tick(2)).toEqual(['recovering: healthy']);
    b.value(2, 10);
    expect(b.tick(2.99)).toEqual([]);
    expect(b.tick(3)).toEqual(['resolved: recovered']);
  });

  test('an open window ends the absence of data, and not what burned before it', () => {
    const metric = aMetric({ timezone: 'UTC', aggregation: 'max' });
    const b = bench({ ...lowSales(high), metrics: [metric] });
    b.value(0, 1500);
    expect(b.tick(2)).toEqual(['nodata: absent']);
    expect(b.value(2, 10)).toEqual(['firing: data_returned']);
    expect(b.tick(3)).toEqual(['resolved: recovered']);
    expect(b.tick(4)).toEqual(['nodata: absent']);
    expect(b.value(4, 10)).toEqual(['resolved: data_returned']);
  });

  test('a window without a value is none where a newer one has begun', () => {
    const metric = aMetric({ timezone: 'UTC', aggregation: 'max' });
    const b = bench({ ...lowSales(high), metrics: [metric] });
    b.value(0, 10);
    b.tick(1);
    b.value(2, 10);
    expect(b.tick(2)).toEqual([]);
  });

  test('a newest value says what holds, in whichever window', () => {
    const metric = aMetric({ timezone: 'UTC', aggregation: 'last' });
    const b = bench({ ...lowSales(high), metrics: [metric] });
    expect(b.value(0, 1500)).toEqual(['firing: breach']);
    expect(b.tick(1)).toEqual([]);
    expect(b.value(1, 500)).toEqual(['resolved: recovered']);
  });

  test('a closed-window rule says nothing about the same open window', () => {
    const b = bench(lowSales({ when: 'value > 1000' }));
    expect(b.value(0, 1500)).toEqual([]);
    expect(b.tick(0.5)).toEqual([]);
    expect(b.tick(1)).toEqual(['firing: breach']);
  });

  test('pending ripens by the watermark, not by updates', () => {
    const b = bench(lowSales({ ...high, for: { durationMs: HOUR / 2 } }));
    expect(b.value(0, 1500)).toEqual(['pending: breach']);
    expect(b.clock(0.9)).toEqual([]);
    expect(b.tick(0.25)).toEqual([]);
    expect(b.tick(0.5)).toEqual(['firing: breach']);
  });

  test('updates of an older window that is still open do not disturb the newest', () => {
    const b = bench(lowSales(high));
    b.value(0, 500);
    b.value(1, 1500);
    expect(b.condition()).toBe('firing');
    expect(b.value(0, 600, { accumulators: { contributions: 20, sum: 60_000 } })).toEqual([]);
    expect(b.condition()).toBe('firing');
  });
});

describe('a rule on open windows, while two windows are open', () => {
  test('the older one that is healthy does not end what the newer one shows', () => {
    const b = bench(lowSales(high));
    b.value(0, 500);
    expect(b.value(1, 1500)).toEqual(['firing: breach']);
    expect(b.tick(0.99)).toEqual([]);
    expect(b.tick(1.01)).toEqual([]);
    expect(b.condition()).toBe('firing');
    expect(b.tick(2)).toEqual([]);
    expect(b.tick(3)).toEqual(['resolved: recovered']);
    expect(b.told()).toEqual(['firing', 'resolved']);
  });

  test('the older one that nothing came for does not end it either', () => {
    const b = bench(lowSales(high));
    b.value(0, 500);
    b.tick(1.5);
    expect(b.value(2, 1500)).toEqual(['firing: breach']);
    expect(b.tick(1.9)).toEqual([]);
    expect(b.tick(2.1)).toEqual([]);
    expect(b.told()).toEqual(['firing']);
  });

  test('a second episode in one window stands on that window, whatever late data say of a later one', () => {
    const b = bench(lowSales(high));
    b.tick(0.1);
    expect(b.value(0, 1500)).toEqual(['firing: breach']);
    expect(b.value(0, 900, more(11, 90_000))).toEqual(['resolved: recovered']);
    expect(b.value(0, 1600, more(12, 160_000))).toEqual(['firing: breach']);
    b.value(1, 1500);
    b.tick(2);
    b.value(2, 1500);
    const late = { state: 'revised', revision: 1, ...more(20, 50_000) } as const;
    expect(b.value(1, 500, late)).toEqual(['revised: breach_to_clear']);
    expect(b.condition()).toBe('firing');
  });

  test('a breach that the older one shows only when it closes is told, and ends when the newer one closes', () => {
    const b = bench(lowSales(high));
    b.value(0, 500);
    b.value(1, 600);
    b.value(0, 1500, { accumulators: { contributions: 20, sum: 150_000 } });
    expect(b.tick(1)).toEqual(['firing: breach']);
    expect(b.tick(2)).toEqual(['resolved: recovered']);
  });
});
