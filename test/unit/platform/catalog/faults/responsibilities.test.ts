import { everyFault } from '../../../../support/catalog-faults.ts';
import { other } from '../../../../support/catalog-folder.ts';

everyFault([
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
    other('Responsibility', '[{ metric: net, where: { ‸shop: S1 }, accountable: "person:anna" }]'),
    'breakdown_unavailable',
    'net is not broken down by shop',
  ],
  [
    other('Responsibility', '[{ metric: net, where: { store: ‸1 }, accountable: "person:anna" }]'),
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
]);
