import { everyFault } from '../../../../support/catalog-faults.ts';
import { derived } from '../../../../support/catalog-folder.ts';

everyFault([
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
]);
