import { describe, expect, it } from 'vitest';
import { afterAttempt, shown } from '../../../../../services/console/web/data/resource.ts';

describe('a resource', () => {
  const error = new Error('away');
  it('is ready after an answer, as of then', () => {
    expect(afterAttempt({ kind: 'loading' }, { data: 1 }, 5)).toEqual({
      kind: 'ready',
      data: 1,
      atMs: 5,
    });
  });
  it('has failed when nothing ever came', () => {
    expect(afterAttempt({ kind: 'loading' }, { error }, 5)).toEqual({ kind: 'failed', error });
    expect(shown({ kind: 'failed', error })).toBeUndefined();
  });
  it('goes stale, not away, when a refresh fails', () => {
    const ready = afterAttempt({ kind: 'loading' }, { data: 1 }, 5);
    const stale = afterAttempt(ready, { error }, 9);
    expect(stale).toEqual({ kind: 'stale', data: 1, atMs: 5, error });
    expect(shown(stale)).toBe(1);
    expect(afterAttempt(stale, { error }, 12)).toEqual(stale);
  });
  it('recovers', () => {
    expect(afterAttempt({ kind: 'failed', error }, { data: 2 }, 7)).toMatchObject({
      kind: 'ready',
    });
  });
});
