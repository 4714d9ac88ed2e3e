import { describe, expect, test } from 'vitest';
import {
  checkFiles,
  derived,
  event,
  metric,
  other,
  rule,
  simple,
  SOUND,
} from '../../../support/catalog-folder.ts';

/** `‸` marks where the fault must be shown; it is not part of the file. */
describe('every fault is told with its place and code', () => {
  const table: readonly (readonly [string, string, string])[] = [
    // YAML and kinds
    ['a: [1\n‸', 'not_parseable', 'Flow sequence'],
    ['a: 1\n‸a: 2', 'not_parseable', 'Map keys must be unique'],
    ['‸a: *none', 'not_parseable', 'none'],
    ['‸- 1', 'kind_unknown', 'a document has a kind'],
    ['kind: ‸Metrc', 'kind_unknown', 'did you mean Metric?'],
    [other('‸Calendar', '{}'), 'not_supported', 'Calendar is not supported yet'],
    ['‸kind: Person\nmetadata: { id: p }', 'field_missing', 'apiVersion is missing'],
    ['apiVersion: ‸v2\nkind: Person\nmetadata: { id: p }', 'field_invalid', 'tidemark/v1'],
    // fields
    [other('Person', '{ ‸local: en }'), 'field_unknown', 'did you mean locale?'],
    [other('Person', '{ locale: ‸English }'), 'field_invalid', 'must be a locale'],
    [
      other('Person', '{ locale: ‸5 }'),
      'field_invalid',
      'must be a string, not 5: put it in quotes',
    ],
    [other('Person', '{ timezone: ‸Europe/Lundon }'), 'field_invalid', 'is no IANA time zone'],
    [other('Person', '{}', '‸A_b'), 'field_invalid', 'must be of small letters'],
    [other('Person', '{}', '‸anna'), 'id_taken', 'another document of this kind has the same id'],
    [
      other('Person', '{ quietHours: [{ from: ‸"25:00", to: "07:00" }] }'),
      'field_invalid',
      'must be a time',
    ],
    [
      other('Team', '{ members: [‸"person:ann"] }'),
      'reference_unknown',
      'there is no Person ann; did you mean anna?',
    ],
    [other('Team', '{ members: [‸"team:sales"] }'), 'field_invalid', 'must be person:ID'],
    [
      other('Team', '{ members: ["person:anna"], receivers: [‸hook] }'),
      'reference_unknown',
      'there is no Receiver hook',
    ],
    [
      other('Receiver', '{ type: ‸teams, url: "https://a.b", secret: { env: A } }'),
      'not_supported',
      'teams is not supported yet',
    ],
    [
      other('Receiver', '{ type: webhook, url: ‸"ftp://a.b", secret: { env: A } }'),
      'field_invalid',
      'http or https URL',
    ],
    [
      other('Receiver', '{ type: webhook, url: "https://a.b", secret: ‸whsec_abc }'),
      'field_invalid',
      'secrets are never written into the catalogue',
    ],
    [
      other('Settings', '{ fallbackTeam: ‸"team:none" }', 'default'),
      'reference_unknown',
      'there is no Team none',
    ],
    [other('Settings', '{}', '‸other'), 'field_invalid', 'must be default'],
    // event types
    [
      event('{ schema: ‸schemas/none.avsc }'),
      'reference_unknown',
      'there is no schema file schemas/none.avsc',
    ],
    [event('{ schema: ‸schemas/bad.avsc }'), 'schema_invalid', 'not valid Avro'],
    [event('{ schema: ‸schemas/text.avsc }'), 'schema_invalid', 'must be an Avro record'],
    [event('{ avro: ‸{ type: record, name: A } }'), 'schema_invalid', 'not valid Avro'],
    [
      'apiVersion: tidemark/v1\nkind: EventType\nmetadata: { id: e }\n‸spec: {}',
      'field_missing',
      'spec.schema is missing',
    ],
    [
      event('{ schema: schemas/order.avsc, outOfOrderness: ‸30s }'),
      'field_invalid',
      'ISO 8601 duration',
    ],
    [event('{ schema: schemas/order.avsc, outOfOrderness: ‸P2D }'), 'field_invalid', 'at most P1D'],
    [
      event('{ schema: schemas/order.avsc, timeFrom: ‸evnt }'),
      'field_invalid',
      'did you mean event?',
    ],
    [event('{ schema: schemas/order.avsc }', '‸"a b"'), 'field_invalid', 'must be of letters'],
    // simple metrics
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
    [
      simple('aggregation: ‸total, value: data.amount'),
      'field_invalid',
      'must be one of sum, count',
    ],
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
    [simple('aggregation: count, calendar: ‸fiscal'), 'field_invalid', 'must be one of gregorian'],
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
    // derived metrics
    [derived('formula: ‸none / net'), 'reference_unknown', 'there is no Metric none'],
    [derived('formula: net / ‸nett'), 'reference_unknown', 'did you mean net?'],
    [derived('formula: net /‸'), 'expression_invalid', 'ends too early'],
    [derived('formula: ‸1 / 2'), 'expression_invalid', 'reads no metric'],
    [
      derived('formula: net / buyers, drivers: [{ metric: buyers, operator: ‸"*" }]'),
      'driver_mismatch',
      'buyers is no * here: in the formula it is /',
    ],
    [
      derived('formula: net / 2, drivers: [{ metric: buyers, operator: ‸"+" }]'),
      'driver_mismatch',
      'it is not in the formula, so it is influence',
    ],
    [
      derived('formula: ‸net + buyers'),
      'expression_invalid',
      '+ between EUR and count: units do not combine',
    ],
    [derived('formula: ‸m / net'), 'definition_cycle', 'm → m'],
    [
      derived('formula: net / buyers, breakdowns: [‸[store]]'),
      'breakdown_unavailable',
      'not all of net, buyers are kept by [store]',
    ],
    [
      derived('formula: net / buyers, grains: [‸minute]'),
      'grain_unavailable',
      'not all of net, buyers keep the grain minute',
    ],
    // rules
    [rule('metric: ‸nett, window: day, when: value > 1'), 'reference_unknown', 'did you mean net?'],
    [
      rule('metric: net, by: ‸[shop], window: day, when: value > 1'),
      'breakdown_unavailable',
      'net is kept by [] [store], not by [shop]',
    ],
    [rule('metric: net, window: ‸PT7M, when: value > 1'), 'field_invalid', 'is no window'],
    [
      rule('metric: net, window: ‸{ size: PT30M, every: PT7M }, when: value > 1'),
      'field_invalid',
      'PT30M/PT7M is no window',
    ],
    [
      rule('metric: net, window: ‸{ size: PT24H, every: PT1M }, when: value > 1'),
      'field_invalid',
      'is too fine',
    ],
    [
      rule('metric: buyers, window: ‸month-to-date, when: value > 1'),
      'grain_unavailable',
      'counts distinct members',
    ],
    [
      `${simple('aggregation: latest, value: data.amount, entity: data.store').trim()}\n---\n${rule('metric: m, window: ‸month, when: value > 1')}`,
      'grain_unavailable',
      'm sums the newest values of entities',
    ],
    [
      rule('metric: buyers, window: ‸minute, when: value > 1'),
      'grain_unavailable',
      'buyers keeps hour, day; this window needs minute',
    ],
    [
      rule('metric: buyers, window: ‸month, when: value > 1'),
      'grain_unavailable',
      'counts distinct members',
    ],
    [
      rule('metric: net, window: day, when: value > ‸target'),
      'expression_invalid',
      'there is no target',
    ],
    [
      rule('metric: net, window: day, when: ‸value + 1'),
      'expression_invalid',
      'when must be a condition',
    ],
    [
      rule('metric: net, window: day, when: ‸value > 0.001'),
      'expression_invalid',
      '0.001 has more decimal places than the unit of net',
    ],
    [
      rule('metric: net, window: day, when: value > 1, clear: ‸1'),
      'field_invalid',
      'put it in quotes',
    ],
    [
      rule('metric: net, window: day, when: value > 1, for: { breaches: ‸3, of: 2 }'),
      'field_invalid',
      'can never breach',
    ],
    [
      rule(
        'metric: net, window: day, when: value > 1, evaluate: onUpdate, for: ‸{ breaches: 1, of: 2 }',
      ),
      'field_invalid',
      'counted in closed windows',
    ],
    [
      rule('metric: net, window: day, when: value > 1, for: ‸{ durations: PT1M }'),
      'field_invalid',
      'must be { breaches, of } or { duration }',
    ],
    [
      rule('metric: net, window: day, when: value > 1, severity: ‸warn'),
      'field_invalid',
      'critical, warning, info',
    ],
    // responsibilities
    [
      other('Responsibility', '[{ metric: ‸none, accountable: "person:anna" }]'),
      'reference_unknown',
      'there is no Metric none',
    ],
    [
      other('Responsibility', '[{ metric: net, accountable: ‸"person:bob" }]'),
      'reference_unknown',
      'there is no Person bob',
    ],
    [
      other(
        'Responsibility',
        '[{ metric: net, where: { ‸shop: S1 }, accountable: "person:anna" }]',
      ),
      'breakdown_unavailable',
      'net is not broken down by shop',
    ],
    [
      other(
        'Responsibility',
        '[{ metric: net, where: { store: ‸1 }, accountable: "person:anna" }]',
      ),
      'field_invalid',
      'put it in quotes',
    ],
    [
      other(
        'Responsibility',
        '[{ metric: net, from: 2026-02-01, to: ‸2026-01-01, accountable: "person:anna" }]',
      ),
      'field_invalid',
      'to must be later',
    ],
    [
      other(
        'Responsibility',
        '[{ metric: net, accountable: "person:anna", escalation: [{ after: PT5M, to: ‸"team:x" }] }]',
      ),
      'reference_unknown',
      'there is no Team x',
    ],
  ];
  const rows = table.map(([marked, code, message]) => ({ marked, code, message }));
  test.each(rows)('$code: $message', async ({ marked, code, message }) => {
    const before = marked.slice(0, marked.indexOf('‸')).split('\n');
    const place = `b.yaml:${before.length}:${(before.at(-1) ?? '').length + 1}`;
    const { lines } = await checkFiles({ 'a.yaml': SOUND, 'b.yaml': marked.replace('‸', '') });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`${place} ${code} `);
    expect(lines[0]).toContain(message);
  });
});
