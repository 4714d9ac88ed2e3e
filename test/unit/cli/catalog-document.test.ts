import { describe, expect, test } from 'vitest';
import { headOf, parseName, piecesOf, remarksOf } from '../../../services/cli/catalog-document.ts';
import type { DocumentAnswer } from '../../../services/cli/catalog-document.ts';

describe('a document is named', () => {
  test('by kind and id, as a path holds them', () => {
    expect(parseName('Metric/net-sales')).toBe('Metric/net-sales');
    expect(parseName('EventType/a b')).toBe('EventType/a%20b');
  });
  test.each(['net-sales', 'Metric/', '/x', 'Metric/a/b'])('and not by %s', (text) => {
    expect(() => parseName(text)).toThrow('KIND/ID');
  });
});

describe('the documents of a file', () => {
  test('are taken as they are written, with where they begin', () => {
    const source = `# all of them
---
kind: Metric # the first
metadata: { id: a }
spec:
  definition: |
    text
    --- no marker
---
kind: Person
metadata: { id: b }
--- # the end
`;
    expect(piecesOf(source, 'x.yaml')).toEqual([
      {
        key: 'Metric/a',
        offset: 2,
        text: 'kind: Metric # the first\nmetadata: { id: a }\nspec:\n  definition: |\n    text\n    --- no marker\n',
      },
      { key: 'Person/b', offset: 9, text: 'kind: Person\nmetadata: { id: b }\n' },
    ]);
  });
  test('that have no name, or are no YAML, are refused where they stand', () => {
    expect(() => piecesOf('kind: Metric\n---\nspec: 1\n', 'x.yaml')).toThrow(
      'x.yaml:1 a document has a kind and a metadata.id',
    );
    expect(() => piecesOf('kind: Person\nmetadata: { id: b }\n---\nkind: [\n', 'x.yaml')).toThrow(
      /^x\.yaml:[45] /,
    );
  });
});

const PUBLISHED = {
  text: 'a',
  document: { spec: { where: 'x', value: 1 } },
  at: '2026-03-01T00:00:00.000Z',
  author: 'person:anna',
  version: 'v1',
};
const DRAFT = {
  text: 'b',
  document: { spec: { where: 'y', value: 1 } },
  at: '2026-03-02T00:00:00.000Z',
  state: 'in_review' as const,
  authors: ['person:ben', 'person:anna'],
  note: 'please',
  faults: [{ line: 3, column: 5, code: 'field_invalid', message: 'is wrong' }],
  near: [{ metric: 'b', reason: 'made of the same events; they differ in where' }],
  impacts: [
    { code: 'unit_changed', subject: 'Metric/a', message: 'was CNY', isBreaking: true },
    { code: 'values_changed', subject: 'Metric/c', message: 'reads it', isBreaking: false },
  ],
};
const NAME = { kind: 'Metric', id: 'a', reviews: [] };

describe('where a document is in its life', () => {
  test.each<[string, Partial<DocumentAnswer>, object]>([
    ['nowhere, once its only draft is discarded', {}, { state: 'none' }],
    [
      'published',
      { published: PUBLISHED },
      { state: 'published', at: PUBLISHED.at, author: 'person:anna', version: 'v1' },
    ],
    [
      'retired',
      { retired: { by: 'person:li', at: PUBLISHED.at, reason: 'unused' } },
      { state: 'retired', at: PUBLISHED.at, author: 'person:li', reason: 'unused' },
    ],
    [
      'drafted over what is published',
      { published: PUBLISHED, draft: DRAFT },
      {
        state: 'in_review',
        at: DRAFT.at,
        authors: 'person:ben, person:anna',
        note: 'please',
        faults: 1,
        published: PUBLISHED.at,
        publishedBy: 'person:anna',
        differs: 'spec.where',
      },
    ],
  ])('%s', (_, over, head) => {
    expect(headOf({ ...NAME, ...over })).toEqual({ document: 'Metric/a', ...head });
  });

  test('with what there is to say of its draft, at the lines of the file', () => {
    expect(remarksOf({ ...NAME, draft: DRAFT }, { file: 'x.yaml', offset: 10 })).toEqual([
      'x.yaml:13:5 field_invalid is wrong',
      'resembles Metric/b: made of the same events; they differ in where',
      'breaks: Metric/a unit_changed was CNY',
      'changes: Metric/c values_changed reads it',
    ]);
    expect(remarksOf(NAME, { file: 'x.yaml', offset: 0 })).toEqual([]);
  });
});
