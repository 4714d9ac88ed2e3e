import { expect, test } from 'vitest';
import { mayTellOf } from '../../../../../services/console/web/data/command-rights.ts';

const known = (...roles: readonly string[]) =>
  ({ kind: 'ready', data: { roles }, atMs: 0 }) as const;

test('owners say something of alerts; of others it is not known until they are', () => {
  expect(mayTellOf(known('owner', 'reader'))).toBe(true);
  expect(mayTellOf(known('reader', 'approver', 'steward'))).toBe(false);
  expect(mayTellOf({ ...known('reader'), kind: 'stale', error: new Error('away') })).toBe(false);
  expect(mayTellOf({ kind: 'loading' })).toBeUndefined();
  expect(mayTellOf({ kind: 'failed', error: new Error('away') })).toBe(true);
});
