import { problemOf } from './api.ts';
import type { Api } from './api.ts';

/** The path of a metric in the read API. */
export const pathOf = (id: string): string => `/v1/metrics/${encodeURIComponent(id)}`;

/** @throws what the answer's problem says */
export async function get<T>(api: Api, path: string): Promise<T> {
  const answer = await api(path);
  if (answer.status !== 200) throw problemOf(answer);
  return answer.body as T;
}

/** All pages of a list. */
export async function* pages<T extends object>(
  api: Api,
  path: string,
  parameters: URLSearchParams = new URLSearchParams(),
): AsyncGenerator<T & { readonly cursor?: string }> {
  for (;;) {
    const query = parameters.toString();
    const page = await get<T & { readonly cursor?: string }>(
      api,
      query === '' ? path : `${path}?${query}`,
    );
    yield page;
    if (page.cursor === undefined) return;
    parameters.set('cursor', page.cursor);
  }
}
