import { everyFault } from '../../../../support/catalog-faults.ts';
import { derived, other, rule, simple } from '../../../../support/catalog-folder.ts';

everyFault([
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
    `${derived('formula: net / buyers').trim()}\n---\n${rule('metric: m, window: ‸week, when: value > 1')}`,
    'grain_unavailable',
    'buyers counts distinct members',
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
    rule('metric: net, window: day, when: value > ‸forecast'),
    'expression_invalid',
    'there is no forecast',
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
    rule('metric: net, by: [store], window: month, when: ‸value < target'),
    'expression_invalid',
    'there is no target for windows of month of net by [store]: write a document of kind Target',
  ],
  [
    `${rule('metric: net, window: day, when: value < 1, clear: ‸value > target')}---${other('Target', '{ metric: net, window: month, values: [{ value: 1 }] }', 'plan')}`,
    'expression_invalid',
    'there is no target for windows of day of net',
  ],
  [
    rule('metric: net, window: day, when: value > 1, severity: ‸warn'),
    'field_invalid',
    'critical, warning, info',
  ],
]);
