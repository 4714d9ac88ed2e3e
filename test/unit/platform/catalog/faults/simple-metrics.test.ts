import { everyFault } from '../../../../support/catalog-faults.ts';
import { metric, simple } from '../../../../support/catalog-folder.ts';

everyFault([
  [
    metric('type: simple', 'id: ‸a_b, name: M, owner: person:anna').replace(
      'type: simple',
      'type: simple, event: shop.order, aggregation: count',
    ),
    'field_invalid',
    'never _',
  ],
  [metric('type: ‸simpel'), 'field_invalid', 'must be simple, derived or manual'],
  [
    simple('aggregation: latest, value: data.amount').replace('spec: {', '‸spec: {'),
    'field_missing',
    'spec.entity is missing',
  ],
  [
    simple('aggregation: last, value: data.amount, entity: ‸data.store'),
    'field_invalid',
    'last takes no entity',
  ],
  [
    simple('aggregation: latest, value: data.amount, entity: ‸time'),
    'expression_invalid',
    'an entity must be a string, number or boolean, not a timestamp',
  ],
  [
    simple('aggregation: latest, value: ‸data.store, entity: data.store'),
    'expression_invalid',
    'latest needs a number',
  ],
  [
    simple('aggregation: percentile, percentile: ‸100, value: data.amount'),
    'field_invalid',
    'too large: below 100',
  ],
  [
    simple('aggregation: percentile, percentile: ‸0, value: data.amount'),
    'field_invalid',
    'too small: above 0',
  ],
  [
    simple('aggregation: percentile, percentile: ‸99.9999, value: data.amount'),
    'field_invalid',
    'at most three decimal places',
  ],
  [
    simple('aggregation: percentile, value: data.amount').replace('spec: {', '‸spec: {'),
    'field_missing',
    'spec.percentile is missing',
  ],
  [
    simple('aggregation: sum, value: data.amount, percentile: ‸95'),
    'field_invalid',
    'sum takes no percentile',
  ],
  [simple('aggregation: ‸total, value: data.amount'), 'field_invalid', 'must be one of sum, count'],
  [
    simple('aggregation: count').replace('event: shop.order', 'event: ‸shop.ordr'),
    'reference_unknown',
    'did you mean shop.order?',
  ],
  [
    simple('aggregation: count').replace('person:anna', '‸team:sale'),
    'reference_unknown',
    'did you mean sales?',
  ],
  [simple('aggregation: sum, value: ‸data.amont'), 'expression_invalid', 'did you mean amount?'],
  [
    simple('aggregation: sum, value: data.amount * ‸data.weight'),
    'expression_invalid',
    'not exact: declare it as decimal',
  ],
  [
    simple('aggregation: sum, value: "data.amount + ‸data.weight"'),
    'expression_invalid',
    'not exact',
  ],
  [
    simple('aggregation: sum, value: ‸data.amount / 2'),
    'expression_invalid',
    'only the formula of a derived metric divides',
  ],
  [
    simple('aggregation: sum, value: ‸data.store'),
    'expression_invalid',
    'sum needs a number, not a string',
  ],
  [
    simple('aggregation: sum, value: ‸data.amount * 1.00000000001'),
    'expression_invalid',
    'at most 12',
  ],
  [
    simple('aggregation: count, value: ‸data.amount'),
    'field_invalid',
    'count counts events and takes no value',
  ],
  [
    simple('aggregation: count, where: ‸data.amount'),
    'expression_invalid',
    'where must be a condition',
  ],
  [
    simple('aggregation: count, dimensions: { at: ‸data.at }'),
    'expression_invalid',
    'a dimension must be',
  ],
  [
    simple('aggregation: count, dimensions: { ‸metric: data.store }'),
    'field_invalid',
    'their own labels',
  ],
  [
    simple('aggregation: count, breakdowns: [[‸store]]'),
    'reference_unknown',
    'store is no dimension of this metric',
  ],
  [
    simple('aggregation: count, dimensions: { s: data.store }, breakdowns: [[s], ‸[s]]'),
    'field_invalid',
    'the same dimensions',
  ],
  [
    simple('aggregation: count, dimensions: { s: data.store }, breakdowns: [[s, ‸s]]'),
    'field_invalid',
    'stands twice',
  ],
  [simple('aggregation: count, grains: [day, ‸day]'), 'field_invalid', 'day stands twice'],
  [
    simple('aggregation: count, grains: [‸week]'),
    'field_invalid',
    'must be one of minute, hour, day',
  ],
  [simple('aggregation: count, maxSeries: ‸1000000'), 'field_invalid', 'at most 100000'],
  [
    simple('aggregation: count, calendar: ‸fiscal'),
    'reference_unknown',
    'there is no Calendar fiscal',
  ],
  [simple('aggregation: count, eventsFrom: ‸yesterday'), 'field_invalid', 'must be a date'],
  [simple('aggregation: count, eventsFrom: ‸2026-02-30'), 'field_invalid', 'must be a date'],
  [
    simple('aggregation: count, drivers: [{ metric: ‸none, operator: "+" }]'),
    'reference_unknown',
    'there is no Metric none',
  ],
  [
    simple(
      'value: data.amount, aggregation: sum, dimensions: { store: (data.store) }, breakdowns: [[], [store]]',
    ).replace('id: m', 'id: ‸m'),
    'definition_duplicate',
    'm computes exactly what net does; give net an alias instead, and let it keep what both keep (a.yaml:',
  ],
]);
