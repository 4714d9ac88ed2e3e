import { signal } from '@preact/signals';
import { language } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';

/** What went wrong with a request, as the API said it. */
export class ApiError extends Error {
  /** 0: no answer at all. */
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
  }
}

const TOKEN_KEY = 'tidemark.token';

/** `ask` once the API answered 401: the page then shows the form for a token. */
export const access = signal<'open' | 'ask' | 'refused'>('open');
/** Counts the tokens entered: what failed for want of one is loaded anew. */
export const tokenNumber = signal(0);

export function enterToken(token: string): void {
  sessionStorage.setItem(TOKEN_KEY, token);
  hasToken.value = true;
  access.value = 'open';
  tokenNumber.value += 1;
}

/** Whether this tab acts by a token, which it can let go of. */
export const hasToken = signal(false);
export const startAccess = (): void => {
  hasToken.value = sessionStorage.getItem(TOKEN_KEY) !== null;
};

/** Lets go of the token: whoever comes next enters his own, and sees nothing of what was shown. */
export function signOut(): void {
  sessionStorage.removeItem(TOKEN_KEY);
  location.reload();
}

/** The answer is prose for the reader of the page. */
const spoken = (): Record<string, string> => ({ 'accept-language': language.value });

export function authorization(): Record<string, string> {
  const token = sessionStorage.getItem(TOKEN_KEY);
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

export function refuseAccess(): void {
  // Several requests are refused at once: only the first still finds the token that was wrong.
  if (sessionStorage.getItem(TOKEN_KEY) !== null) access.value = 'refused';
  else if (access.value === 'open') access.value = 'ask';
  sessionStorage.removeItem(TOKEN_KEY);
  hasToken.value = false;
}

/** A page that shows all metrics at once says so: it is no sign that anyone needs one of them. */
export type View = 'overview';

/**
 * Asks the API of our own origin.
 * @throws ApiError with the problem's code; `unreachable` when nothing answered; AbortError when given up
 */
export async function get<T>(path: string, signal?: AbortSignal, view?: View): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      headers: {
        accept: 'application/json',
        ...spoken(),
        ...(view === undefined ? {} : { 'tidemark-view': view }),
        ...authorization(),
      },
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'unreachable', '');
  }
  if (response.ok) return (await response.json()) as T;
  if (response.status === 401) refuseAccess();
  throw await problemOf(response);
}

/**
 * Asks the API of our own origin to do something.
 * @throws ApiError with the problem's code; `unreachable` when nothing answered, so that nobody knows whether it was done
 */
export async function send<T>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body: Readonly<Record<string, unknown>> = {},
): Promise<T> {
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: { ...headers, ...spoken(), ...authorization() },
      body: JSON.stringify(body),
    });
  } catch {
    throw new ApiError(0, 'unreachable', '');
  }
  if (response.ok) return (await response.json()) as T;
  if (response.status === 401) refuseAccess();
  throw await problemOf(response);
}

async function problemOf(response: Response): Promise<ApiError> {
  try {
    const problem = (await response.json()) as { code?: string; detail?: string; title?: string };
    return new ApiError(
      response.status,
      problem.code ?? 'unknown',
      problem.detail ?? problem.title ?? response.statusText,
    );
  } catch {
    return new ApiError(response.status, 'unknown', response.statusText); // A proxy's own page.
  }
}

/** Ends a list that never does; of the longest there are, 100,000 alerts. */
const PAGES_MAX = 100;

/**
 * All pages of a list. Half of one would pass for all of it, so there is none.
 * @throws ApiError as `get`; `list_too_long` where more pages follow than 100
 */
export async function getAll<Page extends { readonly cursor?: string | null }>(
  path: string,
  signal?: AbortSignal,
  view?: View,
): Promise<readonly Page[]> {
  const pages: Page[] = [];
  const joint = path.includes('?') ? '&' : '?';
  for (let next = path; pages.length < PAGES_MAX;) {
    const page: Page = await get<Page>(next, signal, view);
    pages.push(page);
    if (page.cursor == null) return pages;
    next = `${path}${joint}cursor=${encodeURIComponent(page.cursor)}`;
  }
  throw new ApiError(200, 'list_too_long', t('state.tooLong', { n: PAGES_MAX }));
}
