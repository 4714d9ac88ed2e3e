import { batch, signal } from '@preact/signals';
import type { Texts } from './texts.ts';

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A text in both languages: a missing one is a type error. */
export type Text = Readonly<Record<Language, string>>;

const STORAGE_KEY = 'tidemark.language';

/** The first language that the browser prefers and we have; English when none. */
export function preferredLanguage(preferences: readonly string[]): Language {
  for (const preference of preferences) {
    const primary = preference.toLowerCase().split('-')[0];
    const known = LANGUAGES.find((candidate) => candidate === primary);
    if (known) return known;
  }
  return 'en';
}

/** The locale that numbers and dates are written in: the browser's own where it speaks the shown language. */
export function localeOf(language: Language, preferences: readonly string[]): string {
  const own = preferences.find((candidate) => candidate.toLowerCase().split('-')[0] === language);
  return own ?? (language === 'zh' ? 'zh-CN' : 'en-GB');
}

export const language = signal<Language>('en');

/** Every text in the language shown now. None before the first one is loaded: nothing is drawn until then. */
export const texts = signal({} as Texts);

/** Each language is a file of its own. */
const LOAD = {
  en: () => import('./en.ts'),
  zh: () => import('./zh.ts'),
} as const satisfies Readonly<Record<Language, () => Promise<{ readonly texts: Texts }>>>;

/** Takes up the reader's choice of last time, or the browser's. */
export async function startLanguage(): Promise<void> {
  const stored = localStorage.getItem(STORAGE_KEY);
  const known = LANGUAGES.find((candidate) => candidate === stored);
  await showLanguage(known ?? preferredLanguage(navigator.languages));
}

export async function chooseLanguage(next: Language): Promise<void> {
  localStorage.setItem(STORAGE_KEY, next);
  // A server of a newer version no longer has this file, or none is reached: the page itself leads to the choice.
  await showLanguage(next).catch(() => location.reload());
}

async function showLanguage(next: Language): Promise<void> {
  const loaded = await LOAD[next]();
  batch(() => {
    language.value = next;
    texts.value = loaded.texts;
  });
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en';
}

export const locale = (): string => localeOf(language.value, navigator.languages);
