import { describe, expect, test } from 'vitest';
import { buildCatalog } from '../../../../services/kernel/catalog/build.ts';
import { MANUAL_ENTRY } from '../../../../services/kernel/catalog/manual-entry-type.ts';
import { isManual, manualSources } from '../../../../services/kernel/catalog/manual-windows.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { DAY_MS } from '../../../../services/kernel/time.ts';
import { catalogTools } from '../../../../services/platform/catalog/tools.ts';
import { aDocuments, changed } from '../../../support/catalog-documents.ts';
import { CALENDARS, manualDocument } from '../../../support/manual-documents.ts';

const build = (documents: readonly Json[]) => buildCatalog(documents, catalogTools);
const HEADS = manualDocument('heads', { total: 'sum', dimensions: { team: ['a', 'b'] } });
const PER_HEAD: Json = {
  apiVersion: 'tidemark/v1',
  kind: 'Metric',
  metadata: { id: 'per-head', name: 'Per head', owner: 'person:anna' },
  spec: { type: 'derived', formula: 'orders / heads', unit: { code: 'ratio' } },
};

describe('a manual metric counts entries of the built-in type', () => {
  test('the last one where members do not add up', () => {
    const { catalog, faults } = build([
      ...aDocuments(),
      manualDocument('mood', { dimensions: { team: ['a', 'b'] }, grain: 'month' }),
    ]);
    expect(faults).toEqual([]);
    expect(catalog.metrics.get('mood')).toMatchObject({
      kind: 'simple',
      event: MANUAL_ENTRY,
      where: 'data.metric == "mood"',
      value: 'data.value',
      aggregation: 'last',
      breakdowns: [['team']],
      grains: ['day'],
      // The month's first day ends up to thirty days before the month.
      latenessMs: (31 + 30) * DAY_MS,
      manual: { grain: 'month', members: { team: ['a', 'b'] } },
    });
  });

  test('the sum of the last ones where they do, with a total', () => {
    const { catalog, faults } = build([...aDocuments(), HEADS]);
    expect(faults).toEqual([]);
    expect(catalog.metrics.get('heads')).toMatchObject({
      aggregation: 'latest',
      entity: 'data.series',
      breakdowns: [[], ['team']],
      latenessMs: 31 * DAY_MS,
    });
  });

  test('which is there only with a manual metric', () => {
    expect(build(aDocuments()).catalog.eventTypes.has(MANUAL_ENTRY)).toBe(false);
    expect(build([...aDocuments(), HEADS]).catalog.eventTypes.has(MANUAL_ENTRY)).toBe(true);
  });

  test('and no other metric may read', () => {
    const documents = changed([...aDocuments(), HEADS], 'Metric/orders', {
      spec: { event: MANUAL_ENTRY },
    });
    expect(build(documents).faults[0]).toMatchObject({
      code: 'reference_unknown',
      path: ['spec', 'event'],
    });
  });
});

describe('a manual metric with a calendar of its own', () => {
  const withCalendar = (calendar: string, grain = 'month') =>
    build([...aDocuments(), ...CALENDARS, manualDocument('mood', { grain, calendar })]);
  const mood = (calendar: string, grain?: string) =>
    withCalendar(calendar, grain).catalog.metrics.get('mood');

  test('has its windows, and takes entries until the longest of them is over', () => {
    expect(mood('retail')).toMatchObject({
      calendar: { id: 'retail', weekStart: 7 },
      latenessMs: (31 + 41) * DAY_MS,
    });
    expect(mood('fiscal')).toMatchObject({ latenessMs: (31 + 30) * DAY_MS });
    expect(mood('retail', 'year')).toMatchObject({ latenessMs: (31 + 370) * DAY_MS });
  });

  test('has another version than one of the Gregorian year, which is as it was', () => {
    const gregorian = mood('gregorian');
    expect(gregorian).not.toHaveProperty('calendar');
    const plain = build([...aDocuments(), manualDocument('mood', { grain: 'month' })]).catalog;
    expect(gregorian?.version).toBe(plain.metrics.get('mood')?.version);
    expect(mood('fiscal')?.version).not.toBe(gregorian?.version);
  });

  test('that no document declares is told where it is named', () => {
    expect(withCalendar('fiscl').faults).toMatchObject([
      { code: 'reference_unknown', path: ['spec', 'calendar'] },
    ]);
  });
});

test('members and range change no value, hence no version', () => {
  const version = (spec: Record<string, Json>) =>
    build([...aDocuments(), manualDocument('heads', spec)]).catalog.metrics.get('heads')?.version;
  const of = (...team: string[]) => ({ dimensions: { team } });
  expect(version(of('a'))).toBe(version({ ...of('a', 'b'), range: { max: 10 } }));
  expect(version(of('a'))).not.toBe(version({ ...of('a'), total: 'sum' }));
});

test('a derived metric knows the manual ones that it rests on', () => {
  const { catalog, faults } = build([
    ...aDocuments(),
    manualDocument('heads', { timezone: 'Europe/London' }),
    PER_HEAD,
  ]);
  expect(faults).toEqual([]);
  const sources = (id: string) => {
    const metric = catalog.metrics.get(id);
    return metric && manualSources(metric, catalog);
  };
  expect(sources('per-head')).toEqual(['heads']);
  expect(sources('heads')).toEqual(['heads']);
  expect(sources('rate')).toEqual([]);
  expect(isManual(catalog.metrics.get('per-head'))).toBe(false);
});
