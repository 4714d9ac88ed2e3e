import { describe, expect, test } from 'vitest';
import { bench, lowSales, HOUR, salesCatalog } from '../../../support/alerting.ts';
import { aMetric } from '../../../support/metrics.ts';

describe('absence', () => {
  const clocks = (b: ReturnType<typeof bench>, from: number, to: number) => {
    const seen: string[] = [];
    for (let hour = from; hour <= to; hour += 1 / 240) seen.push(...b.clock(hour));
    return seen;
  };

  test('a source that falls silent is told as no data, and its return as the end of it', () => {
    const b = bench();
    b.hour(0, 2000);
    expect(clocks(b, 1, 2.05)).toEqual([]);
    expect(clocks(b, 2.05, 2.2)).toEqual(['nodata: absent']);
    expect(JSON.parse(b.messages()[0]?.body ?? '')).toMatchObject({
      type: 'alert.nodata',
      data: { owner: { accountable: 'team:sales' }, labels: {} },
    });
    b.value(1, 2000);
    expect(b.tick(2)).toEqual(['resolved: data_returned']);
    expect(b.told()).toEqual(['nodata', 'resolved']);
  });

  test('pending does not ripen in silence', () => {
    const b = bench(lowSales({ for: { durationMs: HOUR } }));
    b.hour(0, 900);
    expect(clocks(b, 1, 2.2)).toEqual(['nodata: absent']);
  });

  test('a breach when the data return goes on with what was firing before', () => {
    const b = bench();
    b.hour(0, 900);
    const episode = b.alert().episode?.id;
    clocks(b, 1, 2.2);
    expect(b.condition()).toBe('nodata');
    b.value(1, 800);
    expect(b.tick(2)).toEqual(['firing: breach_again']);
    expect(b.alert().episode?.id).toBe(episode);
    b.value(2, 2000);
    expect(b.tick(3)).toEqual(['resolved: recovered']);
    expect(b.told()).toEqual(['firing', 'nodata', 'firing', 'resolved']);
  });

  test('keepLast leaves a firing alert firing', () => {
    const b = bench(lowSales({ noData: 'keepLast' }));
    b.hour(0, 900);
    expect(clocks(b, 1, 2.2)).toEqual([]);
    expect(b.condition()).toBe('firing');
  });

  test('ok ends a firing alert as a missing series', () => {
    const b = bench(lowSales({ noData: 'ok' }));
    b.hour(0, 900);
    expect(clocks(b, 1, 2.2)).toEqual(['resolved: missing_series']);
  });

  test('breach takes silence for one', () => {
    const b = bench(lowSales({ noData: 'breach' }));
    b.hour(0, 2000);
    expect(clocks(b, 1, 2.2)).toEqual(['firing: breach']);
  });

  test('a closed window without a value is absent for an average', () => {
    const metrics = [aMetric({ timezone: 'UTC', aggregation: 'avg' })];
    const b = bench(salesCatalog({ metrics }));
    b.value(0, 2000);
    b.tick(1);
    expect(b.tick(2)).toEqual(['nodata: absent']);
  });

  test('after alerting itself was away, silence is counted from its return', () => {
    const b = bench();
    b.hour(0, 2000);
    expect(b.clock(9)).toEqual([]);
    expect(clocks(b, 9, 9.05)).toEqual([]);
    expect(clocks(b, 9.05, 9.2)).toEqual(['nodata: absent']);
  });
});
