import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { KINDS as READ_KINDS } from '../../../../../services/kernel/catalog/read-document.ts';
import { KINDS, templateOf } from '../../../../../services/console/web/data/catalog-template.ts';

describe('the kinds that can be written', () => {
  it('are all that the catalogue reads', () => {
    const known: readonly string[] = KINDS;
    expect(READ_KINDS.filter((kind) => !known.includes(kind))).toEqual([]);
  });
});

describe('a new document', () => {
  it.each(KINDS)('of kind %s is YAML that says its kind', (kind) => {
    expect(parse(templateOf(kind))).toMatchObject({ apiVersion: 'tidemark/v1', kind });
  });

  it('for a metric is a rule that names it', () => {
    const rule = parse(templateOf('AlertRule', 'net-sales')) as object;
    expect(rule).toMatchObject({
      metadata: { id: 'net-sales-below' },
      spec: { metric: 'net-sales' },
    });
  });
});
