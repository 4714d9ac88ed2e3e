import { expect, test } from 'vitest';
import { listCursor, parseListQuery } from '../../../../services/console/core/list-query.ts';

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
  [{ state: 'serving' }, 'no parameter is called state; there are limit, cursor'],
])('%j is refused', (parameters, detail) => {
  expect(parseListQuery(parameters)).toMatchObject({
    ok: false,
    error: { code: 'invalid_parameter', detail },
  });
});
