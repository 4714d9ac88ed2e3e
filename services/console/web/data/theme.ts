import { signal } from '@preact/signals';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const STORAGE_KEY = 'tidemark.theme';

export const theme = signal<Theme>('auto');
/** Counts changes of what colours are in force: a canvas is drawn again. */
export const paint = signal(0);

/** The page's head has set the choice already, before the first paint. */
export function startTheme(): void {
  theme.value =
    THEMES.find((known) => known === document.documentElement.dataset['theme']) ?? 'auto';
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    paint.value += 1;
  });
}

export function chooseTheme(next: Theme): void {
  theme.value = next;
  if (next === 'auto') {
    localStorage.removeItem(STORAGE_KEY);
    delete document.documentElement.dataset['theme'];
  } else {
    localStorage.setItem(STORAGE_KEY, next);
    document.documentElement.dataset['theme'] = next;
  }
  paint.value += 1;
}
