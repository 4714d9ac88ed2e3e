import { describe, expect, it } from 'vitest';
import {
  baseOf,
  documentPath,
  domainNames,
  isIn,
  isWanted,
  latestText,
  valuesOf,
} from '../../../../../services/console/web/data/catalog.ts';
import type { DocumentItem } from '../../../../../services/console/core/catalog/answers.ts';
import { language } from '../../../../../services/console/web/i18n/language.ts';

const item = (change: Partial<DocumentItem> = {}): DocumentItem => ({
  kind: 'Metric',
  id: 'net-sales',
  name: { en: 'Net sales', zh: '销售净额' },
  domain: 'finance',
  domainName: { en: 'Money matters', zh: '财务' },
  owner: 'team:sales',
  tags: ['core'],
  state: 'published',
  hasDraft: false,
  isPublished: true,
  version: null,
  origin: 'file',
  author: 'person:anna',
  at: '2026-11-25T12:00:00.000Z',
  ...change,
});

describe('a document is found', () => {
  it.each(['net', 'SALES core', '净额', 'team:sales metric', '财务', 'matters', ''])(
    'by %j',
    (q) => {
      expect(isWanted(item(), { q })).toBe(true);
    },
  );
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
    expect(isIn(item({ state: 'in_review', hasDraft: true }), 'published')).toBe(true);
    expect(isIn(item({ state: 'in_review', isPublished: false }), 'published')).toBe(false);
  });
});

it('the choices of a filter are what the documents have, each once', () => {
  const items = [item(), item({ domain: null }), item({ domain: 'ads' }), item()];
  expect(valuesOf(items, 'domain')).toEqual(['ads', 'finance']);
});

it('a domain is called as the settings name it, in the reader’s language', () => {
  language.value = 'zh';
  const items = [item(), item({ domain: 'ads', domainName: null })];
  expect([...domainNames(items)]).toEqual([['finance', '财务']]);
});

describe('a draft', () => {
  const words = { document: {}, author: 'person:anna', version: null };
  const published = { ...words, text: 'old', origin: 'file' as const, at: 'p' };
  const found = { faults: [], duplicates: [], impacts: [], near: [] };
  const state = 'draft' as const;
  const draft = { ...words, ...found, text: 'new', state, authors: [], at: 'd' };

  it('is edited from the newest that there is, and says so', () => {
    expect([baseOf({ published }), latestText({ published })]).toEqual(['p', 'old']);
    expect([baseOf({ published, draft }), latestText({ published, draft })]).toEqual(['d', 'new']);
    expect([baseOf({}), latestText({})]).toEqual([undefined, '']);
  });
});

it('names go into paths whole', () => {
  expect(documentPath('EventType', 'a/b c')).toBe('/v1/catalog/documents/EventType/a%2Fb%20c');
});
