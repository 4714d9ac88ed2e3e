import { h } from 'preact';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { access } from './data/api.ts';
import { connection } from './data/live.ts';
import { route } from './data/place.ts';
import { parseRoute } from './data/route.ts';
import type { Route } from './data/route.ts';
import { shownName } from './data/shown-name.ts';
import { ConnectionNotice, Header } from './frame/header.ts';
import { Page } from './frame/page.ts';
import { t } from './i18n/text.ts';
import { PAGES } from './pages.ts';
import { TokenPage } from './pages/token.ts';
import { Link } from './parts/link.ts';
import { Empty } from './parts/notice.ts';

/** The frame around every page. */
export function App(): JSX.Element {
  const main = useRef<HTMLElement>(null);
  const { page } = route.value;
  // A new page begins at its top, and screen readers are told of it.
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
    scrollTo(0, 0);
  }, [page]);
  return h(
    'div',
    { class: `shell shell-${connection.value.state}` },
    h(TabTitle, {}),
    h('a', { class: 'skip', href: '#main', onClick: skip(main) }, t('app.skip')),
    h(Header, {}),
    h(ConnectionNotice, {}),
    h('main', { id: 'main', tabIndex: -1, ref: main }, contentOf(route.value)),
  );
}

const skip = (main: { readonly current: HTMLElement | null }) => (event: Event) => {
  event.preventDefault();
  main.current?.focus();
};

function contentOf(to: Route): JSX.Element {
  if (access.value !== 'open') return h(TokenPage, {});
  return to.page === 'unknown' ? h(NotFound, {}) : h(Page, { route: to });
}

function TabTitle(): null {
  const title = `${shownName.value ?? titleOf(route.value)} · ${t('app.name')}`;
  useEffect(() => {
    document.title = title;
  }, [title]);
  return null;
}

function titleOf(to: Route): string {
  if (to.page === 'unknown') return t('notFound.title');
  const { title } = PAGES[to.page];
  if (title !== 'id') return t(title);
  return 'id' in to ? (to.id ?? '') : '';
}

const NotFound = (): JSX.Element =>
  h(
    'div',
    { class: 'page' },
    h(
      Empty,
      { title: t('notFound.title'), isPage: true },
      h(Link, { to: parseRoute(''), class: 'button' }, t('notFound.back')),
    ),
  );
