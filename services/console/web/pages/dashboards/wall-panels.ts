import { signal } from '@preact/signals';
import { Fragment, h } from 'preact';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { DashboardPanel } from '../../../../kernel/catalog/dashboard-panels.ts';
import { t } from '../../i18n/text.ts';
import { hanging } from './wall-hanging.ts';
import { wallPages } from './wall-pages.ts';
import { wall } from './wall.ts';

/** How long a screen of several hangs: long enough to read across a room, ms. */
const TURN_MS = 20_000;

/** The screen that is shown, from 0, counted on for ever; held: it stays until somebody turns it. */
const turn = signal({ at: 0, isHeld: false });

const turnBy = (by: number): void => {
  turn.value = { ...turn.value, at: turn.value.at + by };
};

/** The panels of a dashboard: on a wall as many screens as they need, of which one is seen. */
export function WallPanels(props: {
  readonly panels: readonly DashboardPanel[];
  readonly draw: (panel: DashboardPanel) => JSX.Element;
}): JSX.Element {
  const { panels, draw } = props;
  const pages = wallPages(panels, wall.value ? hanging.value.count : 1);
  const shown = shownAt(pages.length);
  // All are drawn, so that the next is up to date when its turn comes.
  return h(
    'div',
    { class: 'wall-pages', 'data-blocks': wallPages(panels, panels.length).length },
    pages.map((page, at) =>
      h(
        'div',
        {
          key: `${String(at)} of ${String(pages.length)}`,
          class: `panels ${at === shown ? '' : 'panels-hidden'}`,
          style: { '--rows': page.rows },
        },
        page.panels.map((panel, i) => h(Fragment, { key: i }, draw(panel))),
      ),
    ),
  );
}

const shownAt = (count: number): number => ((turn.value.at % count) + count) % count;

/** Which screen of how many hangs; turns them, and holds the one that is read. Nothing where there is one. */
export function WallTurner(): JSX.Element | null {
  const { count } = hanging.value;
  const { at, isHeld } = turn.value;
  useEffect(() => {
    if (count === 1) return undefined;
    const onKey = (event: KeyboardEvent): void => {
      // Charts and fields have arrows of their own.
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === 'ArrowRight' || event.key === 'PageDown') turnBy(1);
      else if (event.key === 'ArrowLeft' || event.key === 'PageUp') turnBy(-1);
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [count]);
  // A screen that somebody turned to hangs as long as any.
  useEffect(() => {
    if (count === 1 || isHeld) return undefined;
    const timer = setTimeout(() => {
      // Held a moment ago, before this effect heard of it.
      if (!turn.peek().isHeld) turnBy(1);
    }, TURN_MS);
    return () => clearTimeout(timer);
  }, [count, at, isHeld]);
  if (count === 1) return null;
  return h(
    'button',
    {
      type: 'button',
      class: 'button',
      'aria-pressed': isHeld,
      onClick: () => {
        turn.value = { at, isHeld: !isHeld };
      },
    },
    t(isHeld ? 'dashboard.wall.held' : 'dashboard.wall.turning', {
      n: shownAt(count) + 1,
      of: count,
    }),
  );
}
