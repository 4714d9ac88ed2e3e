import { expect, it } from 'vitest';
import { namesOf } from '../../../../../services/console/web/data/people-names.ts';

it('names are found by what refers to a document, each once', () => {
  const items = [
    { kind: 'Person', id: 'anna', name: { en: 'Anna' } },
    { kind: 'Team', id: 'sales', name: { en: 'Sales', zh: '销售部' } },
    { kind: 'Metric', id: 'net-sales', name: { en: 'Net sales' } },
    { kind: 'Metric', id: 'nameless', name: {} },
  ];
  expect([...namesOf(items)]).toEqual([
    ['person:anna', 'Anna'],
    ['team:sales', 'Sales'],
    ['Metric/net-sales', 'Net sales'],
  ]);
});
