import { describe, expect, test } from 'vitest';
import {
  cellMemoryMs,
  pastMemoryMs,
  windowLengthMs,
} from '../../../../services/alerting/core/plan/plan.ts';
import type { RulePlan } from '../../../../services/alerting/core/plan/plan.ts';
import { planRule } from '../../../../services/alerting/core/plan/rule-plan.ts';
import { buildCatalog } from '../../../../services/kernel/catalog/build.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { impactOfChanges } from '../../../../services/platform/catalog/impact.ts';
import { keyOf } from '../../../../services/platform/catalog/plan.ts';
import { catalogTools } from '../../../../services/platform/catalog/tools.ts';
import { aDocuments, changed } from '../../../support/catalog-documents.ts';

const build = (documents: readonly Json[]) => buildCatalog(documents, catalogTools);
const aCalendar = (spec: Readonly<Record<string, Json>>, id = 'fiscal'): Json => ({
  apiVersion: 'tidemark/v1',
  kind: 'Calendar',
  metadata: { id, name: { en: 'Fiscal year', zh: '财年' } },
  spec,
});
/** Documents whose metrics name a calendar. */
const naming = (ids: readonly string[], calendar: Json = 'fiscal'): readonly Json[] =>
  ids.reduce<readonly Json[]>(
    (all, id) => changed(all, `Metric/${id}`, { spec: { calendar } }),
    [...aDocuments(), aCalendar({ firstMonth: 4 })],
  );
const versionsOf = (documents: readonly Json[]) =>
  ['orders', 'cancels', 'rate'].map((id) => build(documents).catalog.metrics.get(id)?.version);

describe('a calendar', () => {
  test('is part of the metrics that name it, and of their formulas', () => {
    const { catalog, faults } = build(naming(['orders', 'cancels']));
    expect(faults).toEqual([]);
    const fiscal = { id: 'fiscal', firstMonth: 4, firstDay: 1, namedBy: 'end', weekStart: 1 };
    expect(catalog.metrics.get('orders')?.calendar).toEqual(fiscal);
    expect(catalog.metrics.get('rate')?.calendar).toEqual(fiscal);
  });

  test('named gregorian is none, and changes no version', () => {
    expect(versionsOf(naming(['orders', 'cancels'], 'gregorian'))).toEqual(
      versionsOf(aDocuments()),
    );
    expect(build(naming(['orders'], 'gregorian')).catalog.metrics.get('orders')).not.toHaveProperty(
      'calendar',
    );
  });

  test('changes the versions of all that follow it when it changes, and of nothing else', () => {
    const documents = naming(['orders', 'cancels']);
    const moved = changed(documents, 'Calendar/fiscal', { spec: { firstDay: 6 } });
    for (const [i, version] of versionsOf(documents).entries()) {
      expect(versionsOf(moved)[i]).not.toBe(version);
      expect(versionsOf(aDocuments())[i]).not.toBe(version);
    }
    const own = aCalendar({ firstMonth: 7 }, 'other');
    expect(versionsOf([...documents, own])).toEqual(versionsOf(documents));
    const words = changed(documents, 'Calendar/fiscal', { metadata: { name: 'Year' } });
    expect(versionsOf(words)).toEqual(versionsOf(documents));
  });

  test('changes no version, and breaks nothing, by what it and its years are called', () => {
    const documents = naming(['orders', 'cancels']);
    const called = changed(documents, 'Calendar/fiscal', { spec: { namedBy: 'start' } });
    expect(versionsOf(called)).toEqual(versionsOf(documents));
    expect(build(called).catalog.metrics.get('rate')?.calendar?.namedBy).toBe('start');
    const calendars = called.filter((one) => keyOf(one) === 'Calendar/fiscal');
    const before = new Map(documents.map((document) => [keyOf(document), document]));
    const renamed = calendars.map((document) => ({ key: keyOf(document), document }));
    expect(impactOfChanges(before, renamed)).toEqual([]);
    const ids = ['orders', 'cancels'];
    const other = [...naming(ids, 'other'), aCalendar({ firstMonth: 4 }, 'other')];
    expect(versionsOf(other)).toEqual(versionsOf(documents));
  });

  test('of weeks is part of its metrics, and of their versions by each of its rules', () => {
    const retail = (spec: Readonly<Record<string, Json>>): readonly Json[] => [
      ...naming(['orders', 'cancels'], 'retail').filter((one) => keyOf(one) !== 'Calendar/fiscal'),
      aCalendar({ weekStart: 'sun', namedBy: 'start', ...spec }, 'retail'),
    ];
    const weeks = { pattern: '4-5-4', lastMonth: 1, end: 'nearest' };
    const documents = retail({ weeks: { pattern: '4-5-4', lastMonth: 1 } });
    const { catalog, faults } = build(documents);
    expect(faults).toEqual([]);
    const calendar = { id: 'retail', namedBy: 'start', weekStart: 7, weeks };
    expect(catalog.metrics.get('orders')?.calendar).toEqual(calendar);
    const versions = [{ pattern: '4-4-5' }, { lastMonth: 2 }, { end: 'last' }, {}].map((other) =>
      versionsOf(retail({ weeks: { ...weeks, ...other } })).join(),
    );
    expect(new Set(versions).size).toBe(4);
    expect(versions[3]).toBe(versionsOf(documents).join());
    expect(versionsOf(retail({ weeks, namedBy: 'end' })).join()).toBe(versions[3]);
    expect(versionsOf(retail({ weeks, weekStart: 'mon' })).join()).not.toBe(versions[3]);
  });

  test('of weeks gives a rule on months of six of them its memory', () => {
    const planOf = (calendar: Readonly<Record<string, Json>>) => {
      const documents = changed(naming(['orders', 'cancels']), 'AlertRule/orders-low', {
        spec: { window: 'month', when: 'value < samePeriodLastYear' },
      }).map((one) => (keyOf(one) === 'Calendar/fiscal' ? aCalendar(calendar) : one));
      const { catalog } = build(documents);
      const rule = catalog.rules.get('orders-low');
      const plan = rule && planRule(rule, catalog, catalogTools);
      if (!plan?.ok) throw new Error('the rule is not ready');
      return plan.value;
    };
    const [weeks, months] = [
      planOf({ weekStart: 'sun', weeks: { pattern: '4-4-5', lastMonth: 1 } }),
      planOf({ firstMonth: 4 }),
    ];
    expect(windowLengthMs(weeks) - windowLengthMs(months)).toBe((42 - 31) * 25 * 3_600_000);
    const own = (plan: RulePlan): number => pastMemoryMs(plan) - cellMemoryMs(plan);
    expect(own(weeks) - own(months)).toBe((371 - 366) * 86_400_000);
    const week53 = Date.parse('2024-02-03T12:00:00Z');
    const [before] = weeks.lookBackWindows(week53).get('samePeriodLastYear') ?? [];
    expect(new Date(before?.endMs ?? 0).toISOString()).toBe('2023-01-29T00:00:00.000Z');
  });

  test('changes versions by the day on which weeks begin', () => {
    const documents = naming(['orders', 'cancels']);
    const moved = changed(documents, 'Calendar/fiscal', { spec: { weekStart: 'sun' } });
    for (const [i, version] of versionsOf(documents).entries())
      expect(versionsOf(moved)[i]).not.toBe(version);
  });

  test('with the windows of the Gregorian year changes no version', () => {
    const documents = changed(naming(['orders', 'cancels']), 'Calendar/fiscal', {
      spec: { firstMonth: 1 },
    });
    expect(versionsOf(documents)).toEqual(versionsOf(aDocuments()));
  });

  test('must be the same for all that a formula reads, unless the formula says which it is of', () => {
    const documents = naming(['orders']);
    expect(build(documents).faults).toMatchObject([
      {
        code: 'field_invalid',
        path: ['spec', 'formula'],
        message:
          'years differ: cancels is of the calendar gregorian, orders of fiscal; say in spec.calendar of which this is',
      },
    ]);
    const said = changed(documents, 'Metric/rate', { spec: { calendar: 'fiscal' } });
    expect(build(said).faults).toEqual([]);
    const plain = changed(documents, 'Metric/rate', { spec: { calendar: 'gregorian' } });
    expect(build(plain).catalog.metrics.get('rate')).not.toHaveProperty('calendar');
  });

  test('that is unknown is told where it is named', () => {
    expect(build(naming(['orders', 'cancels'], 'fiscl')).faults).toMatchObject([
      {
        code: 'reference_unknown',
        path: ['spec', 'calendar'],
        message: 'there is no Calendar fiscl; did you mean fiscal?',
      },
      { path: ['spec', 'calendar'] },
    ]);
  });

  test('makes another metric of one that is the same in all else', () => {
    const copy = {
      ...(aDocuments().find((one) => keyOf(one) === 'Metric/orders') as object),
      metadata: { id: 'orders-of-the-year', name: 'Orders', owner: 'person:anna' },
    };
    const documents = [...aDocuments(), aCalendar({ firstMonth: 4 }), copy as Json];
    expect(build(documents).faults.map(({ code }) => code)).toEqual(['definition_duplicate']);
    const fiscal = changed(documents, 'Metric/orders-of-the-year', {
      spec: { calendar: 'fiscal' },
    });
    expect(build(fiscal).faults).toEqual([]);
  });

  test('that changes breaks what reads windows longer than a day', () => {
    const documents = naming(['orders', 'cancels']);
    const moved = changed(documents, 'Calendar/fiscal', { spec: { firstMonth: 7 } });
    const keyed = (all: readonly Json[]) =>
      all.map((document) => ({ key: keyOf(document), document }));
    const impacts = impactOfChanges(
      new Map(documents.map((document) => [keyOf(document), document])),
      keyed(moved).filter(({ key }) => key === 'Calendar/fiscal'),
    );
    const told = impacts.filter(({ code }) => code === 'calendar_changed');
    expect(told.map(({ subject }) => subject).toSorted()).toEqual([
      'Metric/cancels',
      'Metric/orders',
      'Metric/rate',
    ]);
    expect(told.every(({ isBreaking }) => isBreaking)).toBe(true);
  });

  test('is that of rules: a quarter is one of its own', () => {
    const documents = changed(naming(['orders', 'cancels']), 'AlertRule/orders-low', {
      spec: { window: 'quarter' },
    });
    const { catalog } = build(documents);
    const rule = catalog.rules.get('orders-low');
    const plan = rule && planRule(rule, catalog, catalogTools);
    if (!plan?.ok) throw new Error('the rule is not ready');
    const { startMs, endMs } = plan.value.calendar.windowAt(
      plan.value.rule.window,
      Date.parse('2026-05-15T12:00:00Z'),
    );
    // Midnights of London in summer.
    expect(new Date(startMs).toISOString()).toBe('2026-03-31T23:00:00.000Z');
    expect(new Date(endMs).toISOString()).toBe('2026-06-30T23:00:00.000Z');
  });
});

test('windows of a rule are merged from cells that tile them by the clocks of now, not those of 1970', () => {
  const zone = { spec: { timezone: 'Asia/Singapore', grains: ['hour', 'day'] } };
  const { catalog } = build(
    changed(changed(aDocuments(), 'Metric/orders', zone), 'AlertRule/orders-low', {
      spec: { window: 'day-to-date' },
    }),
  );
  const rule = catalog.rules.get('orders-low');
  const plan = rule && planRule(rule, catalog, catalogTools);
  expect(plan).toMatchObject({ ok: true, value: { grain: 'hour' } });
});
