import { expect, test } from 'vitest';
import { dimensionLabels, renderExposition } from '../../../../services/console/core/exposition.ts';
import { parseExposition } from '../../../support/exposition-parser.ts';

test('any text survives as a label, decimals stay as they are', () => {
  const labels = { store: 'a "b"\\c\nd 店' };
  const text = renderExposition(
    [{ name: 'x', help: 'back\\slash\nline', samples: [{ labels, value: '-0.10' }] }],
    'prometheus',
  );
  expect(text).toContain('# HELP x back\\\\slash\\nline\n');
  expect(parseExposition(text)).toEqual([{ name: 'x', labels, value: -0.1 }]);
  expect(text).toContain(' -0.10\n');
});

test('families without samples are left out', () => {
  expect(renderExposition([{ name: 'x', help: 'x', samples: [] }], 'openmetrics')).toBe('# EOF\n');
});

test('dimensions get names that Prometheus takes and that are not ours, each its own', () => {
  expect(
    dimensionLabels({ metric: 'm', 'a-b': '1', a_b: '2', '3d': '3', __name__: '4', empty: '' }),
  ).toEqual({
    dimension_metric: 'm',
    a_b: '1',
    a_b_: '2',
    _3d: '3',
    dimension___name__: '4',
    empty: '(empty)',
  });
});
