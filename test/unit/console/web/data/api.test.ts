import { afterEach, expect, test, vi } from 'vitest';
import {
  authorization,
  enterToken,
  getAll,
  hasToken,
  refuseAccess,
  signOut,
  startAccess,
} from '../../../../../services/console/web/data/api.ts';
import { texts } from '../../../../../services/console/web/i18n/language.ts';
import { textsIn } from '../../../../../services/console/web/i18n/texts.ts';

type Page = { readonly of: number; readonly cursor: string | null };

/** An API whose list has so many pages. @returns what it was asked for */
function anApiOf(pages: number): readonly string[] {
  const asked: string[] = [];
  texts.value = textsIn('en');
  vi.stubGlobal('sessionStorage', { getItem: () => null });
  vi.stubGlobal('fetch', (path: string) => {
    const of = asked.push(path);
    const page: Page = { of, cursor: of < pages ? `after ${of}` : null };
    return Promise.resolve(Response.json(page));
  });
  return asked;
}
afterEach(() => void vi.unstubAllGlobals());

test('a list is read to its end, page after page', async () => {
  const asked = anApiOf(100);
  const pages = await getAll<Page>('/v1/alerts?limit=200');
  expect(pages.map(({ of }) => of)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  expect(asked.slice(0, 2)).toEqual([
    '/v1/alerts?limit=200',
    '/v1/alerts?limit=200&cursor=after%201',
  ]);
});

test('one that goes on for longer is told to be too long, and is not shown in part', async () => {
  const asked = anApiOf(101);
  await expect(getAll<Page>('/v1/metrics')).rejects.toMatchObject({
    code: 'list_too_long',
    message: expect.stringContaining('more than 100 pages') as string,
  });
  expect(asked).toHaveLength(100);
});

test('who signs out leaves no token behind, and the page begins anew', () => {
  const kept = new Map<string, string>();
  const reload = vi.fn();
  vi.stubGlobal('location', { reload });
  vi.stubGlobal('sessionStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
    removeItem: (name: string) => kept.delete(name),
  });
  startAccess();
  expect(hasToken.value).toBe(false);
  enterToken('a');
  expect(hasToken.value).toBe(true);
  signOut();
  expect([authorization(), reload.mock.calls.length]).toEqual([{}, 1]);
  startAccess();
  expect(hasToken.value).toBe(false);
  enterToken('wrong');
  refuseAccess();
  expect(hasToken.value).toBe(false);
});
