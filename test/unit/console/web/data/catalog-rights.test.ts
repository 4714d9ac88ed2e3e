import { expect, it } from 'vitest';
import { rightsOf } from '../../../../../services/console/web/data/catalog-rights.ts';

const draft = { authors: ['person:anna', 'person:li-wei'] };
const all = ['ingest', 'reader', 'owner', 'steward', 'approver', 'admin'];

it.each([
  ['an owner writes', 'person:li', ['reader', 'owner'], [true, false, false]],
  ['a steward writes', 'person:li', ['steward'], [true, false, false]],
  ['an approver decides', 'person:li', ['approver'], [false, true, false]],
  ['an administrator does both', 'person:li', ['admin'], [true, true, false]],
  ['a reader reads', 'person:li', ['reader'], [false, false, false]],
  ['who wrote on a draft is its author', 'person:anna', ['admin'], [true, true, true]],
  ['without tokens everyone is the same person', 'person:local', all, [true, true, false]],
])('%s', (_, person, roles, [mayWrite, mayDecide, isAuthor]) => {
  const authors = [...draft.authors, 'person:local'];
  expect(rightsOf({ person, roles }, { authors })).toEqual({ mayWrite, mayDecide, isAuthor });
});

it('nothing is kept from whom nothing is known', () => {
  expect(rightsOf(undefined, draft)).toEqual({ mayWrite: true, mayDecide: true, isAuthor: false });
  expect(rightsOf({ person: 'person:anna', roles: [] }, undefined).isAuthor).toBe(false);
});
