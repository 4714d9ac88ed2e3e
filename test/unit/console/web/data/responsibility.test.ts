import { describe, expect, it } from 'vitest';
import { date as dateParameter } from '../../../../../services/console/web/data/parameters.ts';
import {
  chosenRows,
  columnsOf,
  flawCounts,
  flawsOf,
  mondaysIn,
  namedIn,
  rangeAround,
  spanOn,
} from '../../../../../services/console/web/data/responsibility.ts';
import type { Coverage, Span } from '../../../../../services/console/web/data/responsibility.ts';

const span = (change: Partial<Span> = {}): Span => ({
  from: '2026-11-01',
  to: '2026-12-01',
  accountable: 'person:anna',
  deputy: null,
  via: 'entry',
  answering: { who: 'person:anna', as: 'accountable' },
  passedOver: [],
  isGap: false,
  overlaps: [],
  ...change,
});
const absent = { who: 'person:anna', as: 'accountable', reason: 'absent', until: null } as const;
const row = (metric: string, ...spans: readonly Span[]): Coverage => ({ metric, where: {}, spans });

describe('what is wrong with who answers', () => {
  it.each([
    [{}, []],
    [{ isGap: true }, ['gap']],
    [{ overlaps: [{ id: 'x', accountable: 'person:bo' }] }, ['overlap']],
    [{ passedOver: [absent] }, ['absent']],
    [{ passedOver: [{ ...absent, reason: 'unreachable' as const }] }, []],
    [{ answering: null, isGap: true }, ['nobody', 'gap']],
  ])('is in %j %j', (change, flaws) => {
    expect(flawsOf(span(change))).toEqual(flaws);
  });

  it('is counted by rows on the date', () => {
    const rows = [
      row('a', span({ isGap: true })),
      row('b', span({ to: '2026-11-10', isGap: true }), span({ from: '2026-11-10' })),
    ];
    expect(flawCounts(rows, '2026-11-09').gap).toBe(2);
    expect(flawCounts(rows, '2026-11-10').gap).toBe(1);
    expect(flawCounts(rows, '2027-01-01').gap).toBe(0);
  });
});

describe('rows', () => {
  const rows = [
    row('c', span()),
    row('a', span({ to: '2026-11-10' }), span({ from: '2026-11-10', deputy: 'person:bo' })),
    row('b', span({ isGap: true })),
  ];
  const shown = (choice: Partial<Parameters<typeof chosenRows>[1]>) =>
    chosenRows(rows, { date: '2026-11-05', who: undefined, flaw: 'all', ...choice }).map(
      ({ metric }) => metric,
    );

  it('are all, by metric, unless something is chosen', () => {
    expect(shown({})).toEqual(['a', 'b', 'c']);
  });

  it('may be those that name somebody, on whatever date', () => {
    expect(shown({ who: 'person:bo' })).toEqual(['a']);
  });

  it('may be those with a flaw on the date', () => {
    expect(shown({ flaw: 'gap' })).toEqual(['b']);
    expect(shown({ flaw: 'gap', date: '2027-01-01' })).toEqual([]);
  });

  it('name everyone once', () => {
    const overlaps = [{ id: 'x', accountable: 'team:c' }];
    expect(namedIn(span({ deputy: 'person:bo', passedOver: [absent], overlaps }))).toEqual([
      'person:anna',
      'person:bo',
      'team:c',
    ]);
  });
});

describe('dates', () => {
  it('are half-open: a span holds from its first day to the day before its end', () => {
    const two = row('m', span({ to: '2026-11-10' }), span({ from: '2026-11-10', via: 'next' }));
    expect(spanOn(two, '2026-11-09')?.via).toBe('entry');
    expect(spanOn(two, '2026-11-10')?.via).toBe('next');
    expect(spanOn(two, '2026-12-01')).toBeUndefined();
  });

  it('stand in a column each', () => {
    const { from, to } = rangeAround('2026-11-30');
    expect([from, to]).toEqual(['2026-11-23', '2027-01-04']);
    expect(columnsOf({ from, to }, from)).toEqual({ first: 1, end: 43 });
    expect(columnsOf({ from: '2026-11-30', to: '2026-12-02' }, from)).toEqual({
      first: 8,
      end: 10,
    });
    expect(mondaysIn({ from, to })).toEqual([
      '2026-11-23',
      '2026-11-30',
      '2026-12-07',
      '2026-12-14',
      '2026-12-21',
      '2026-12-28',
    ]);
  });

  it('in the address are days that there are', () => {
    expect(dateParameter.read('2028-02-29')).toBe('2028-02-29');
    for (const given of ['2026-02-30', '2026-13-01', '30.11.2026', '', null])
      expect(dateParameter.read(given)).toBeUndefined();
  });
});
