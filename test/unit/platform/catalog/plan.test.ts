import { expect, test } from 'vitest';
import { canonicalJson } from '../../../../services/kernel/json.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import type { CatalogEntry } from '../../../../services/platform/catalog/entry.ts';
import { changedFields, keyOf, planChanges } from '../../../../services/platform/catalog/plan.ts';
import { aDocuments, changed } from '../../../support/catalog-documents.ts';

const entries = (
  documents: readonly Json[],
  origin: 'file' | 'console' = 'file',
): Map<string, CatalogEntry> =>
  new Map(
    documents.map((document) => {
      const key = keyOf(document);
      const [kind = '', id = ''] = key.split('/');
      const text = canonicalJson(document);
      const entry = {
        kind,
        id,
        state: 'published',
        document: text,
        origin,
        author: 'person:a',
        at: 1,
      } as const;
      return [key, entry];
    }),
  );

test('everything is added, what is named before what names it', () => {
  const { changes } = planChanges(aDocuments().toReversed(), new Map());
  expect(changes.map(({ action, key }) => `${action} ${key}`)).toEqual([
    'add Person/anna',
    'add EventType/shop.order',
    'add Metric/cancels',
    'add Metric/orders',
    'add Metric/rate',
    'add AlertRule/orders-low',
    'add Responsibility/owners',
  ]);
});

test('what is published already is unchanged', () => {
  const documents = aDocuments();
  expect(planChanges(documents, entries(documents))).toEqual({
    changes: [],
    conflicts: [],
    unchanged: documents.length,
    impacts: [],
  });
});

test('another text of the same document is a change of the text, unless the console wrote it', () => {
  const documents = aDocuments();
  const textOf = (key: string) => (key === 'Metric/orders' ? '# why\n…' : undefined);
  const first = planChanges(documents, entries(documents), { textOf });
  expect(first.changes).toMatchObject([
    { action: 'change', key: 'Metric/orders', text: '# why\n…' },
  ]);
  expect(first.impacts).toEqual([]);
  const known = entries(documents);
  const entry = known.get('Metric/orders') as CatalogEntry;
  known.set('Metric/orders', { ...entry, text: '# why\n…' });
  expect(planChanges(documents, known, { textOf }).changes).toEqual([]);
  known.set('Metric/orders', { ...entry, origin: 'console', text: '# of the console' });
  expect(planChanges(documents, known, { textOf })).toMatchObject({ changes: [], conflicts: [] });
});

test('all is withdrawn in the opposite order', () => {
  const { changes } = planChanges([], entries(aDocuments()));
  expect(changes.map(({ action }) => action)).toEqual(aDocuments().map(() => 'withdraw'));
  expect(changes.at(0)?.key).toBe('Responsibility/owners');
  expect(changes.at(-1)?.key).toBe('Person/anna');
});

test('what the console made is neither withdrawn nor overwritten, unless forced', () => {
  const published = entries(aDocuments(), 'console');
  const next = changed(aDocuments(), 'Person/anna', { spec: { locale: 'de' } });
  expect(planChanges([], published).changes).toEqual([]);
  expect(planChanges(next, published)).toMatchObject({
    changes: [],
    conflicts: [{ key: 'Person/anna', author: 'person:a', at: 1 }],
  });
  expect(planChanges(next, published, { force: true }).changes).toMatchObject([
    { action: 'change', key: 'Person/anna' },
  ]);
});

test('a draft or retired entry is replaced by what the files publish', () => {
  const published = entries(aDocuments());
  const person = published.get('Person/anna') as CatalogEntry;
  published.set('Person/anna', { ...person, state: 'retired' });
  expect(planChanges(aDocuments(), published).changes).toMatchObject([
    { action: 'change', key: 'Person/anna' },
  ]);
});

test('changed fields are told by their paths', () => {
  const before = { spec: { a: 1, b: { c: [1], d: null } }, kind: 'x' };
  const after = { spec: { a: 2, b: { c: [1, 2] } }, kind: 'x' };
  expect(changedFields(before, after)).toEqual(['spec.a', 'spec.b.c']);
});
