import { describe, expect, it } from 'vitest';
import {
  baseOf,
  documentPath,
  isIn,
  isWanted,
  valuesOf,
} from '../../../../../services/console/web/data/catalog.ts';
import type { CatalogItem } from '../../../../../services/console/web/data/catalog.ts';

const item = (change: Partial<CatalogItem> = {}): CatalogItem => ({
  kind: 'Metric',
  id: 'net-sales',
  name: { en: 'Net sales', zh: '销售净额' },
  domain: 'finance',
  owner: 'team:sales',
  tags: ['core'],
  state: 'published',
  hasDraft: false,
  origin: 'file',
  author: null,
  at: null,
  ...change,
});

describe('a document is found', () => {
  it.each(['net', 'SALES core', '净额', 'team:sales metric', ''])('by %j', (q) => {
    expect(isWanted(item(), { q })).toBe(true);
  });
  it.each(['net core missing', 'orders'])('not by %j', (q) => {
    expect(isWanted(item(), { q })).toBe(false);
  });
  it.each([
    [{ kind: 'Metric', domain: 'finance', owner: 'team:sales', state: 'published' as const }, true],
    [{ kind: 'AlertRule' }, false],
    [{ domain: 'sales' }, false],
    [{ owner: 'team:service' }, false],
    [{ state: 'retired' as const }, false],
  ])('by all of %j: %s', (filter, expected) => {
    expect(isWanted(item(), filter)).toBe(expected);
  });

  it('under draft too when it is published and has one', () => {
    expect(isIn(item({ hasDraft: true }), 'draft')).toBe(true);
    expect(isIn(item({ hasDraft: true }), 'published')).toBe(true);
    expect(isIn(item(), 'draft')).toBe(false);
    expect(isIn(item({ state: 'in_review', hasDraft: true }), 'draft')).toBe(false);
  });
});

it('the choices of a filter are what the documents have, each once', () => {
  const items = [item(), item({ domain: null }), item({ domain: 'ads' }), item()];
  expect(valuesOf(items, 'domain')).toEqual(['ads', 'finance']);
});

it('a draft is edited from the newest that there is', () => {
  const published = { text: '', document: {}, origin: 'file' as const, author: null, at: 'p' };
  const draft = { text: '', state: 'draft' as const, author: 'person:a', at: 'd' };
  const found = { faults: [], impacts: [], near: [] };
  expect(baseOf({ published })).toBe('p');
  expect(baseOf({ published, draft: { ...draft, ...found } })).toBe('d');
  expect(baseOf({})).toBeUndefined();
});

it('names go into paths whole', () => {
  expect(documentPath('EventType', 'a/b c')).toBe('/v1/catalog/documents/EventType/a%2Fb%20c');
});
