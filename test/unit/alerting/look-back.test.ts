import { describe, expect, test } from 'vitest';
import { missingPast, recall } from '../../../services/alerting/core/values/recall.ts';
import type { HistoryCell } from '../../../services/alerting/core/values/recall.ts';
import { restore } from '../../../services/alerting/core/partition/restore.ts';
import { formatDecimal } from '../../../services/kernel/decimal.ts';
import { aRule, bench, HOUR, plansOf, salesCatalog, T0 } from '../../support/alerting.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';

const WEEK = 168;
const dayMetric = aMetric({ timezone: 'UTC', latenessMs: HOUR });

/** A stored hour, by its distance from T0. */
const stored = (hour: number, value: number, series = '[]'): HistoryCell => ({
  series,
  start: T0 + hour * HOUR,
  end: T0 + (hour + 1) * HOUR,
  accumulators: { contributions: 1, sum: value * 100 },
  value: formatDecimal(value * 100, 2),
  state: 'final',
  revision: 0,
});

/** A bench whose rule has this condition, with history read into it. */
function looking(when: string, history: readonly HistoryCell[] | undefined) {
  const definitions = salesCatalog({ metrics: [dayMetric], rules: [aRule({ when })] });
  const b = bench(definitions);
  const plans = plansOf(catalogOf(definitions));
  const fill = (): void => {
    for (const missing of missingPast(b.state(), plans))
      if (history) recall(b.state(), missing, history);
  };
  fill();
  return { ...b, plans, fill };
}

describe('the same period last week', () => {
  test('is read from history, and decides', () => {
    const b = looking('value < samePeriodLastWeek', [stored(-WEEK, 1000), stored(1 - WEEK, 1000)]);
    expect(b.hour(0, 1500)).toEqual([]);
    expect(b.hour(1, 999)).toEqual(['firing: breach']);
    expect(b.alert().last?.lookBack).toEqual({ samePeriodLastWeek: '1000.00' });
    expect(JSON.parse(b.messages()[0]?.body ?? '').data.evidence).toMatchObject({
      lookBack: { samePeriodLastWeek: '1000.00' },
    });
  });

  test('is not known before the first cell of the series: nothing is decided', () => {
    const b = looking('value < samePeriodLastWeek', [stored(1 - WEEK, 1000)]);
    expect(b.hour(0, 5)).toEqual([]);
    expect(b.alert().slots.at(-1)?.verdict).toBe('inconclusive');
    expect(b.hour(1, 5)).toEqual(['firing: breach']);
  });

  test('is what an empty window has, where the series had begun: 0 for a sum', () => {
    const b = looking('value > samePeriodLastWeek', [stored(-WEEK - 2, 1000)]);
    expect(b.hour(0, 5)).toEqual(['firing: breach']);
    expect(b.alert().last?.lookBack).toEqual({ samePeriodLastWeek: '0.00' });
  });

  test('is not known while history cannot be read', () => {
    const b = looking('value < samePeriodLastWeek', undefined);
    b.hour(0, 5);
    expect(b.alert().slots.at(-1)?.verdict).toBe('inconclusive');
    expect(b.alert().last?.lookBack).toEqual({ samePeriodLastWeek: null });
  });

  test('a null leaves the rest of a condition its say', () => {
    const b = looking('value < samePeriodLastWeek || value < 10', undefined);
    expect(b.hour(0, 5)).toEqual(['firing: breach']);
    // Neither: one part is not known, so nothing is decided and the alert burns on.
    expect(b.hour(1, 500)).toEqual([]);
    expect(b.condition()).toBe('firing');
  });

  test('is remembered as it passes, long after the window is forgotten otherwise', () => {
    const b = looking('value < samePeriodLastWeek', []);
    for (let hour = 0; hour < WEEK; hour++) b.hour(hour, 1000);
    const memory = b.state().memoryOf('net-sales@v1|hour');
    expect(memory.seriesOf('[]').cells.size).toBeLessThan(10);
    b.hour(WEEK, 2000);
    expect(b.condition()).toBe('ok');
    expect(b.alert().last?.lookBack).toEqual({ samePeriodLastWeek: '1000.00' });
    expect(b.hour(WEEK + 1, 999)).toEqual(['firing: breach']);
  });

  test('a correction of long ago counts for the windows that are judged from then on', () => {
    const b = looking('value < samePeriodLastWeek', [stored(-WEEK, 10), stored(30 - WEEK, 10)]);
    for (let hour = 0; hour < 30; hour++) b.hour(hour, 1000);
    b.value(30 - WEEK, 2000, {
      state: 'restated',
      accumulators: { contributions: 2, sum: 200_000 },
      value: '2000.00',
    });
    expect(b.hour(30, 1000)).toEqual(['firing: breach']);
  });

  test('only what conditions can look back to is remembered', () => {
    const b = looking('value < samePeriodLastWeek', []);
    for (let hour = 0; hour < 3 * WEEK; hour++) b.hour(hour, 1000);
    const kept = [...Array(3 * WEEK).keys()].filter((hour) =>
      b.state().past.cellAt('net-sales@v1|hour|[]', T0 + hour * HOUR),
    );
    // The first is never forgotten: it says since when there is the series.
    expect(kept[0]).toBe(0);
    // A week, and up to a twenty-fourth of it more.
    expect(kept.length).toBeLessThan(WEEK * (1 + 1 / 24) + 8);
    expect(b.state().past.heldFromMs('net-sales@v1|hour')).toBeGreaterThan(T0 + WEEK * HOUR);
  });

  test('what history said is stored with the state: a restart reads it from there, and asks no more', () => {
    const b = looking('value < samePeriodLastWeek', [stored(-WEEK, 1000), stored(2 - WEEK, 1000)]);
    b.hour(0, 1500);
    const changes = b.state().takeChanges();
    const present = (of: ReadonlyMap<string, string | null>): Map<string, string> =>
      new Map([...of].flatMap(([key, text]) => (text === null ? [] : [[key, text] as const])));
    const { cursor, activeFrom, logMs, awakeMs } = b.state();
    const again = restore(0, {
      cursor,
      activeFrom,
      logMs,
      awakeMs,
      fields: present(changes.fields),
      documents: present(changes.documents),
    });
    expect(again.past.cellAt('net-sales@v1|hour|[]', T0 - WEEK * HOUR)?.value).toBe('1000.00');
    expect(missingPast(again, b.plans)).toEqual([]);
  });
});

test('a rule that is gone takes what was remembered for it along', () => {
  const b = looking('value < samePeriodLastWeek', [stored(-WEEK, 1000)]);
  b.publish(salesCatalog({ metrics: [dayMetric], rules: [aRule({ version: 'r2' })] }));
  b.hour(0, 2000);
  expect([...b.state().past.memories()]).toEqual([]);
  expect(b.state().past.cellAt('net-sales@v1|hour|[]', T0 - WEEK * HOUR)).toBeUndefined();
});

test('the baseline is the median of the same hour of eight weeks, and needs four of them', () => {
  const weeks = [900, 1000, 1100, 100_000].map((value, i) => stored(-(i + 1) * WEEK, value));
  const b = looking('value < baseline', weeks);
  expect(b.hour(0, 1049)).toEqual(['firing: breach']);
  expect(b.alert().last?.lookBack).toEqual({ baseline: '1050.00' });
  const few = looking('value < baseline', weeks.slice(0, 3));
  few.hour(0, 1);
  expect(few.alert().slots.at(-1)?.verdict).toBe('inconclusive');
});

test('the baseline of hours without events, within the life of the series, counts them', () => {
  const b = looking('value > baseline', [stored(-9 * WEEK, 5)]);
  expect(b.hour(0, 1)).toEqual(['firing: breach']);
  expect(b.alert().last?.lookBack).toEqual({ baseline: '0.00' });
});
