import { expect, test } from 'vitest';
import { documentItem } from '../../../../../services/console/core/catalog/answers.ts';
import type { DocumentItem } from '../../../../../services/console/core/catalog/answers.ts';
import { readSaid } from '../../../../../services/console/core/catalog/commands.ts';
import {
  documentsPage,
  parseDocumentsQuery,
} from '../../../../../services/console/core/catalog/list.ts';
import { UNBORN } from '../../../../../services/kernel/catalog/life.ts';
import { catalogOf } from '../../../../support/platform.ts';

const anItem = (id: string, over: Partial<DocumentItem> = {}): DocumentItem => ({
  kind: 'Metric',
  id,
  name: { en: id, zh: '销售净额' },
  domain: 'finance',
  domainName: { en: 'Money matters', zh: '财务' },
  owner: 'team:sales',
  tags: ['core'],
  state: 'published',
  hasDraft: false,
  isPublished: true,
  version: 'v1',
  origin: 'file',
  author: 'person:anna',
  at: '2026-01-31T00:00:00.000Z',
  ...over,
});
const items = [
  anItem('c', { hasDraft: true }),
  anItem('a', { state: 'in_review', hasDraft: true }),
  anItem('b', {
    state: 'draft',
    isPublished: false,
    hasDraft: true,
    domain: null,
    domainName: null,
  }),
  anItem('d', { state: 'retired', isPublished: false, kind: 'AlertRule' }),
];
const found = (parameters: Record<string, string>): string => {
  const query = parseDocumentsQuery(parameters);
  return query.ok
    ? documentsPage(items, query.value)
        .items.map(({ id }) => id)
        .join('')
    : '!';
};

test.each<[Record<string, string>, string]>([
  [{}, 'dabc'],
  [{ state: 'in_review' }, 'a'],
  [{ state: 'draft' }, 'bc'],
  [{ state: 'published' }, 'ac'],
  [{ state: 'retired' }, 'd'],
  [{ kind: 'Metric', domain: 'finance' }, 'ac'],
  [{ owner: 'team:none' }, ''],
  [{ q: 'CORE 净额' }, 'dabc'],
  [{ q: 'metric b' }, 'b'],
  [{ q: '财务' }, 'dac'],
  [{ state: 'gone' }, '!'],
  [{ limit: '0' }, '!'],
  [{ colour: 'red' }, '!'],
])('%o finds %s', (parameters, ids) => expect(found(parameters)).toBe(ids));

test('pages follow each other without a gap', () => {
  const first = documentsPage(items, { limit: 3 });
  expect([first.items.length, first.cursor]).toEqual([3, 'Metric/b']);
  const second = documentsPage(items, { limit: 3, cursor: first.cursor ?? '' });
  expect([second.items.map(({ id }) => id), second.cursor]).toEqual([['c'], undefined]);
});

test('a draft that is no document yet is listed by its name', () => {
  const draft = { state: 'draft', author: 'person:anna', authors: [], atMs: 1 } as const;
  for (const document of ['null', '7', '{"metadata":{"name":"N","tags":"no","owner":5}}'])
    expect(
      documentItem(
        { kind: 'Metric', id: 'm', life: { ...UNBORN, draft: { ...draft, document } } },
        catalogOf({}),
      ),
    ).toMatchObject({ id: 'm', state: 'draft', owner: null, tags: [], version: null });
});

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'invalid_parameter'],
  ['a list', [], 'invalid_parameter'],
  ['another member', { reason: 'x', colour: 'red' }, 'invalid_parameter'],
  ['another type', { reason: 7 }, 'invalid_parameter'],
  ['an empty reason', { reason: '' }, 'invalid_parameter'],
  ['a long reason', { reason: 'x'.repeat(2_001) }, 'too_large'],
])('%s is refused where a reason is wanted', (_what, body, code) =>
  expect(readSaid(body, ['reason'], ['reason'])).toMatchObject({ ok: false, error: { code } }),
);
