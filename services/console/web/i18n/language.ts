import { signal } from '@preact/signals';

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

/** Takes up the reader's choice of last time, or the browser's. */
export function startLanguage(): void {
  const stored = localStorage.getItem(STORAGE_KEY);
  const known = LANGUAGES.find((candidate) => candidate === stored);
  showLanguage(known ?? preferredLanguage(navigator.languages));
}

export function chooseLanguage(next: Language): void {
  localStorage.setItem(STORAGE_KEY, next);
  showLanguage(next);
}

function showLanguage(next: Language): void {
  language.value = next;
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en';
}

export const locale = (): string => localeOf(language.value, navigator.languages);
