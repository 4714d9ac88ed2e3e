import { signal } from '@preact/signals';
import { connection } from '../../data/live.ts';
import { nextHanging } from './wall-pages.ts';
import type { Hanging } from './wall-pages.ts';

const AS_DESIGNED: Hanging = { count: 1, scale: 1 };

/** How the dashboard on the wall hangs now. */
export const hanging = signal<Hanging>(AS_DESIGNED);

/** Narrower ones are held in a hand, and scrolled: the same width as in the style sheet. */
const WIDE = '(min-width: 68rem)';

/** Where the lowest panel of all screens ends, with the margin below it, px. Only panels: what is drawn in one is cut to it. */
function heightOf(pages: HTMLElement): number {
  const ends = [...pages.querySelectorAll('.panel')].map(
    (panel) => panel.getBoundingClientRect().bottom,
  );
  const margin = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  // A pixel is what rounding makes of it.
  return Math.floor(scrollY + Math.max(0, ...ends) + margin) - 1;
}

/**
 * Draws smaller what would need more than the screen, and spreads it over several where it would be too small, as values
 * and panels come. Screens that are not shown take room like those that are, so that the fullest decides.
 * @returns how to stop
 */
export function keepWhole(): () => void {
  const { documentElement: root, body } = document;
  const apply = (next: Hanging): void => {
    root.style.setProperty('--wall-scale', String(next.scale));
    hanging.value = next;
  };
  const fit = (): void => {
    const pages = root.querySelector<HTMLElement>('[data-blocks]');
    // What still loads, or says that nothing comes, is as high as nothing that will be there.
    if (connection.peek().state !== 'live') return;
    if (!pages || !matchMedia(WIDE).matches || root.querySelector('.panel .skeleton')) return;
    const blocks = Number(pages.dataset['blocks']);
    for (let content = heightOf(pages), before = Infinity; content < before;) {
      const now = hanging.peek();
      const next = nextHanging(now, { content, screen: innerHeight, blocks });
      if (next === now) return;
      apply(next);
      [before, content] = [content, heightOf(pages)];
      // Another screen is drawn first: the page then changes, and is measured again.
      if (next.count !== now.count) return;
    }
  };
  const again = (): void => {
    apply(AS_DESIGNED);
    fit();
  };
  const watcher = new MutationObserver(fit);
  watcher.observe(body, { childList: true, characterData: true, subtree: true });
  addEventListener('resize', again);
  again();
  return () => {
    watcher.disconnect();
    removeEventListener('resize', again);
    apply(AS_DESIGNED);
    root.style.removeProperty('--wall-scale');
  };
}
