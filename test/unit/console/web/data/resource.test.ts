import { h } from 'preact';
import type { JSX } from 'preact';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../../../../services/console/web/data/api.ts';
import { hear, loseConnection } from '../../../../../services/console/web/data/live.ts';
import {
  afterAttempt,
  againAfterMs,
  shown,
  useResource,
} from '../../../../../services/console/web/data/resource.ts';
import { openDrawing } from '../../../../support/drawing.ts';

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

describe('after a failure', () => {
  afterEach(() => void vi.useRealTimers());
  const away = new ApiError(503, 'overloaded', '');

  it('what may pass is asked again, later each time; what would be answered the same is not', () => {
    expect([1, 2, 3, 9].map((failures) => againAfterMs(away, failures))).toEqual([
      1_000, 2_000, 4_000, 15_000,
    ]);
    expect(againAfterMs(new ApiError(0, 'unreachable', ''), 1)).toBe(1_000);
    expect(againAfterMs(new ApiError(404, 'not_found', ''), 1)).toBeUndefined();
    expect(againAfterMs(new Error('a bug'), 1)).toBeUndefined();
  });

  it('a page loads itself again, once the connection is there', async () => {
    vi.useFakeTimers();
    const answers = [away, away, 'here'];
    let asked = 0;
    const load = async (): Promise<string> => {
      const answer = answers[asked++] ?? '';
      if (answer instanceof Error) throw answer;
      return answer as string;
    };
    const Page = (): JSX.Element => {
      const { resource } = useResource('page', load);
      return h('p', null, shown(resource) ?? resource.kind);
    };
    const page = openDrawing();
    await page.draw(h(Page, {}));
    loseConnection();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toBe(1);
    hear([]); // Back: all is read anew, and fails once more.
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toBe(2);
    await vi.advanceTimersByTimeAsync(2_000);
    await page.draw(h(Page, {}));
    expect(page.text()).toBe('here');
  });
});
