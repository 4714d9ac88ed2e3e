import { expect, test } from 'vitest';
import {
  isListed,
  listCursor,
  parseListQuery,
} from '../../../../services/console/core/list-query.ts';
import { aMetric } from '../../../support/metrics.ts';

test('a page of metrics goes on after the one that the cursor names', () => {
  expect(parseListQuery({})).toEqual({ ok: true, value: { after: undefined, limit: 500 } });
  expect(parseListQuery({ limit: '2', cursor: listCursor('net-sales') })).toEqual({
    ok: true,
    value: { after: 'net-sales', limit: 2 },
  });
});

test.each([
  [{ cursor: 'zzz' }, 'cursor is none that an answer gave'],
  [{ cursor: 'Metric/' }, 'cursor is none that an answer gave'],
  [{ limit: '0' }, 'limit must be an integer from 1 to 5000, not 0'],
  [{ limit: ['1', '2'] }, 'limit is given more than once'],
  [{ state: 'serving' }, 'no parameter is called state; there are limit, cursor, q, owner'],
])('%j is refused', (parameters, detail) => {
  expect(parseListQuery(parameters)).toMatchObject({
    ok: false,
    error: { code: 'invalid_parameter', detail },
  });
});

const sales = aMetric({
  id: 'net-sales',
  name: { en: 'Net sales', zh: '销售净额' },
  purpose: { en: 'What we earned on booked orders.' },
  domain: 'finance',
  process: 'order-to-cash',
  owner: 'team:sales',
  tags: ['core'],
  aliases: ['revenue'],
  code: 'FIN-001',
});

test.each([
  ['', true],
  ['net', true],
  ['SALES earned', true],
  ['净额', true],
  ['core', true],
  ['Revenue', true],
  ['fin-001', true],
  ['finance order-to-cash', true],
  ['team:sales', true],
  ['sales refunds', false],
])('a metric is found by words of what it is called and for: %j %j', (q, isFound) => {
  expect(isListed(sales, { after: undefined, q })).toBe(isFound);
});

test('a metric is found by who owns it, on the page that it is on', () => {
  const query = parseListQuery({ owner: 'team:sales', q: 'net', cursor: listCursor('m') });
  if (!query.ok) throw new Error(query.error.detail);
  expect(isListed(sales, query.value)).toBe(true);
  expect(isListed(sales, { ...query.value, owner: 'team:shop' })).toBe(false);
  expect(isListed(sales, { ...query.value, after: 'net-sales' })).toBe(false);
});
