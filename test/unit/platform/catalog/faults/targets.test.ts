import { everyFault } from '../../../../support/catalog-faults.ts';
import { other } from '../../../../support/catalog-folder.ts';

const target = (spec: string): string => other('Target', `{ metric: net, ${spec} }`, 'plan');
const values = (...list: readonly string[]): string =>
  target(`window: month, values: [${list.join(', ')}]`);
const stores = (...list: readonly string[]): string =>
  target(`by: [store], window: month, values: [${list.join(', ')}]`);

everyFault([
  [
    other('Target', '{ metric: ‸nett, window: month, values: [{ value: 1 }] }', 'plan'),
    'reference_unknown',
    'there is no Metric nett; did you mean net?',
  ],
  [
    target('by: ‸[shop], window: month, values: [{ value: 1 }]'),
    'breakdown_unavailable',
    'net is kept by [] [store], not by [shop]',
  ],
  [
    target('window: ‸decade, values: [{ value: 1 }]'),
    'field_invalid',
    'decade is no window: minute, hour',
  ],
  [
    other('Target', '{ metric: buyers, window: ‸PT15M, values: [{ value: 1 }] }', 'plan'),
    'grain_unavailable',
    'buyers keeps hour, day cells, which do not tile windows of PT15M',
  ],
  [target('window: month, values: ‸[]'), 'field_invalid', 'spec.values is too small'],
  [values('‸{ period: 2026-11 }'), 'field_missing', 'value is missing'],
  [values('{ value: ‸much }'), 'field_invalid', 'must be a decimal number, not much'],
  [values('{ value: ‸1.005 }'), 'field_invalid', 'more decimal places than the unit of net'],
  [values('{ period: ‸2026-13, value: 1 }'), 'field_invalid', '2026-13 is no period: write 2026'],
  [
    values('‸{ period: 2026-11, from: 2026-11-01, value: 1 }'),
    'field_invalid',
    'has a period, or from and to',
  ],
  [
    values('{ from: 2026-02-01, to: ‸2026-01-01, value: 1 }'),
    'field_invalid',
    'to must be later than 2026-02-01',
  ],
  [
    values('{ period: ‸2026-W20, value: 1 }'),
    'field_invalid',
    'no window of month begins from 2026-05-11 to before 2026-05-18',
  ],
  [
    stores('{ where: { ‸shop: S1 }, value: 1 }'),
    'breakdown_unavailable',
    'the target is not by shop; it is by store',
  ],
  [
    values('{ period: 2026-Q1, value: 1 }', '‸{ period: 2026-03, value: 2 }'),
    'target_overlap',
    'another value is for the same windows from 2026-03-01 to 2026-04-01',
  ],
  [
    values(
      '{ period: 2026, value: 1 }',
      '{ period: 2026-02, value: 1 }',
      '{ period: 2027, value: 1 }',
    ).replace('{ period: 2026-02', '‸{ period: 2026-02'),
    'target_overlap',
    'from 2026-02-01 to 2026-03-01',
  ],
  [
    values('{ from: 2026-01-01, value: 1 }', '‸{ from: 2026-01-01, value: 2 }'),
    'target_overlap',
    'another value is for the same windows from 2026-01-01',
  ],
  [values('{ value: 1 }', '‸{ value: 2 }'), 'target_overlap', 'the same windows at all times'],
  [
    stores('{ where: { store: S1 }, value: 1 }', '‸{ where: { store: S1 }, value: 2 }'),
    'target_overlap',
    'at all times',
  ],
  [
    `${other('Target', '{ metric: net, window: month, values: [{ period: 2026, value: 1 }] }', 'a')}---${other('Target', '{ metric: net, window: month, values: [‸{ period: 2026-Q4, value: 1 }] }', 'b')}`,
    'target_overlap',
    'from 2026-10-01 to 2027-01-01',
  ],
]);
