import { everyFault } from '../../../../support/catalog-faults.ts';
import { other } from '../../../../support/catalog-folder.ts';

everyFault([
  ['a: [1\n‸', 'not_parseable', 'Flow sequence'],
  ['a: 1\n‸a: 2', 'not_parseable', 'Map keys must be unique'],
  ['‸a: *none', 'not_parseable', 'none'],
  ['‸- 1', 'kind_unknown', 'a document has a kind'],
  ['kind: ‸Metrc', 'kind_unknown', 'did you mean Metric?'],
  [other('Calendar', '{ firstMonth: ‸13 }'), 'field_invalid', 'at most 12'],
  [other('Calendar', '{ firstMonth: 4, firstDay: ‸31 }'), 'field_invalid', 'at most 28'],
  [other('Calendar', '‸{ weekStart: sun }'), 'field_invalid', 'has firstMonth and perhaps'],
  [
    other('Calendar', '‸{ firstMonth: 2, weeks: { pattern: 4-5-4, lastMonth: 1 } }'),
    'field_invalid',
    'or weeks',
  ],
  [
    other('Calendar', '‸{ firstDay: 2, weeks: { pattern: 4-5-4, lastMonth: 1 } }'),
    'field_invalid',
    'or weeks',
  ],
  [
    other('Calendar', '{ weeks: { pattern: ‸5-5-3, lastMonth: 1 } }'),
    'field_invalid',
    '4-4-5, 4-5-4',
  ],
  [other('Calendar', '{ firstMonth: 4 }', '‸gregorian'), 'field_invalid', 'built in'],
  ['‸kind: Person\nmetadata: { id: p }', 'field_missing', 'apiVersion is missing'],
  ['apiVersion: ‸v2\nkind: Person\nmetadata: { id: p }', 'field_invalid', 'tidemark/v1'],
  [other('Person', '{ ‸local: en }'), 'field_unknown', 'did you mean locale?'],
  [other('Person', '{ locale: ‸English }'), 'field_invalid', 'must be a locale'],
  [other('Person', '{ locale: ‸5 }'), 'field_invalid', 'must be a string, not 5: put it in quotes'],
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
    other('Receiver', '{ type: ‸teams, url: "https://a.b", secret: { env: SECRET_A } }'),
    'not_supported',
    'teams is not supported yet',
  ],
  [
    other('Receiver', '{ type: webhook, url: ‸"ftp://a.b", secret: { env: SECRET_A } }'),
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
]);
