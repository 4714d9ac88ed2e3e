import { expect, test } from 'vitest';
import { coverageOf } from '../../../services/alerting/core/people/coverage.ts';
import type { ResponsibilityEntry } from '../../../services/kernel/definitions.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';

const person = (id: string) => ({
  id,
  name: { en: id },
  locale: 'en',
  timezone: 'UTC',
  receivers: [`${id}-hook`],
});
const entry = (over: Partial<ResponsibilityEntry>): ResponsibilityEntry => ({
  metric: 'net-sales',
  where: {},
  accountable: 'person:anna',
  escalation: [],
  ...over,
});
const shown = (entries: readonly ResponsibilityEntry[], people = [person('anna'), person('bo')]) =>
  coverageOf(
    catalogOf({ people, responsibilities: [{ id: 'r', entries }] }),
    aMetric({ owner: 'person:bo', timezone: 'Asia/Shanghai' }),
    { from: '2026-01-01', to: '2026-03-01' },
  ).map(
    ({ where, spans }) =>
      `${JSON.stringify(where)} ${spans
        .map(({ from, to, via, answering, isGap, overlaps }) => {
          const lost = overlaps.map(({ accountable }) => ` over ${accountable}`).join('');
          return `${from}…${to} ${answering?.who ?? 'nobody'} by ${via}${isGap ? ', gap' : ''}${lost}`;
        })
        .join(' | ')}`,
  );

test('without an entry all of it is one gap, for which the owner answers', () => {
  expect(shown([])).toEqual(['{} 2026-01-01…2026-03-01 person:bo by metric, gap']);
});

test('a hand-over without a seam has neither gap nor overlap', () => {
  expect(
    shown([entry({ to: '2026-02-01' }), entry({ from: '2026-02-01', accountable: 'person:bo' })]),
  ).toEqual(['{} 2026-01-01…2026-02-01 person:anna by r | 2026-02-01…2026-03-01 person:bo by r']);
});

test('days between two entries are a gap; of two that hold the later one wins, and the other is told', () => {
  expect(
    shown([
      entry({ from: '2025-01-01', to: '2026-01-10' }),
      entry({ from: '2026-01-15' }),
      entry({ from: '2026-02-01', accountable: 'person:bo' }),
    ]),
  ).toEqual([
    '{} 2026-01-01…2026-01-10 person:anna by r | 2026-01-10…2026-01-15 person:bo by metric, gap | ' +
      '2026-01-15…2026-02-01 person:anna by r | 2026-02-01…2026-03-01 person:bo by r over person:anna',
  ]);
});

test('members have rows of their own, in which an entry of the whole metric is no overlap', () => {
  expect(
    shown([
      entry({}),
      entry({ where: { store: 'S1' }, from: '2026-02-01', accountable: 'person:bo' }),
    ]),
  ).toEqual([
    '{} 2026-01-01…2026-03-01 person:anna by r',
    '{"store":"S1"} 2026-01-01…2026-02-01 person:anna by r | 2026-02-01…2026-03-01 person:bo by r',
  ]);
});

test('an absence shows who answers meanwhile, and where nobody does', () => {
  const absences = [
    { from: '2026-01-10', to: '2026-01-20', deputy: 'person:bo' as const },
    { from: '2026-02-10', to: '2026-02-20' },
  ];
  const away = { ...person('anna'), absences };
  const bo = { ...person('bo'), absences: [{ from: '2026-02-15', to: '2026-02-16' }] };
  expect(shown([entry({})], [away, bo])).toEqual([
    '{} 2026-01-01…2026-01-10 person:anna by r | 2026-01-10…2026-01-20 person:bo by r/absence | ' +
      '2026-01-20…2026-02-10 person:anna by r | 2026-02-10…2026-02-15 person:bo by r/metric | ' +
      '2026-02-15…2026-02-16 nobody by r | 2026-02-16…2026-02-20 person:bo by r/metric | ' +
      '2026-02-20…2026-03-01 person:anna by r',
  ]);
});
