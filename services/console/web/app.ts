import { h } from 'preact';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { access } from './data/api.ts';
import { formatTime } from './data/format.ts';
import { connection } from './data/live.ts';
import { route } from './data/place.ts';
import type { Route } from './data/route.ts';
import { THEMES, chooseTheme, theme } from './data/theme.ts';
import { chooseLanguage, language, locale } from './i18n/language.ts';
import { t } from './i18n/text.ts';
import { AlertPage } from './pages/alert.ts';
import { AlertsPage } from './pages/alerts.ts';
import { MetricPage } from './pages/metric.ts';
import { MetricsPage } from './pages/metrics.ts';
import { NotificationsPage } from './pages/notifications.ts';
import { PipelinePage } from './pages/pipeline.ts';
import { SilencesPage } from './pages/silences.ts';
import { TokenPage } from './pages/token.ts';
import { firing } from './data/firing.ts';
import { unread } from './data/notifications.ts';
import { Link } from './parts/link.ts';
import { Empty } from './parts/notice.ts';

/** The frame around every page. */
export function App(): JSX.Element {
  const main = useRef<HTMLElement>(null);
  const { page } = route.value;
  useEffect(() => {
    document.title = `${titleOf(route.value)} · ${t('app.name')}`;
  });
  // A new page begins at its top, and screen readers are told of it.
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
    scrollTo(0, 0);
  }, [page]);
  return h(
    'div',
    { class: 'shell' },
    h('a', { class: 'skip', href: '#main', onClick: skip(main) }, t('app.skip')),
    h(Header, null),
    h(ConnectionNotice, null),
    h(
      'main',
      { id: 'main', tabIndex: -1, ref: main },
      access.value === 'open' ? pageOf(route.value) : h(TokenPage, null),
    ),
  );
}

const skip = (main: { readonly current: HTMLElement | null }) => (event: Event) => {
  event.preventDefault();
  main.current?.focus();
};

function pageOf(to: Route): JSX.Element {
  switch (to.page) {
    case 'metrics':
      return h(MetricsPage, {});
    case 'metric':
      return h(MetricPage, { key: to.id, route: to });
    case 'alerts':
      return h(AlertsPage, { show: to.show });
    case 'alert':
      return h(AlertPage, { key: to.id, id: to.id });
    case 'silences':
      return h(SilencesPage, {});
    case 'notifications':
      return h(NotificationsPage, {});
    case 'pipeline':
      return h(PipelinePage, {});
    case 'unknown':
      return h(
        'div',
        { class: 'page' },
        h(
          Empty,
          { title: t('notFound.title') },
          h(Link, { to: { page: 'metrics' }, class: 'button' }, t('notFound.back')),
        ),
      );
  }
}

function titleOf(to: Route): string {
  switch (to.page) {
    case 'metrics':
      return t('nav.metrics');
    case 'metric':
      return to.id;
    case 'alerts':
    case 'alert':
      return t('nav.alerts');
    case 'silences':
      return t('silences.title');
    case 'notifications':
      return t('nav.notifications');
    case 'pipeline':
      return t('nav.pipeline');
    case 'unknown':
      return t('notFound.title');
  }
}

function Header(): JSX.Element {
  const { page } = route.value;
  return h(
    'header',
    { class: 'header' },
    h(
      Link,
      { to: { page: 'metrics' }, class: 'brand' },
      h(
        'svg',
        { viewBox: '0 0 32 24', 'aria-hidden': 'true' },
        h('path', { d: 'M2 6h28', class: 'brand-mark' }),
        h('path', { d: 'M2 16c4.7-5 9.3-5 14 0s9.3 5 14 0v8H2z', class: 'brand-sea' }),
      ),
      t('app.name'),
    ),
    h(
      'nav',
      { 'aria-label': t('nav.label') },
      h(
        Link,
        { to: { page: 'metrics' }, current: page === 'metrics' || page === 'metric' },
        t('nav.metrics'),
      ),
      h(
        Link,
        { to: { page: 'alerts', show: 'open' }, current: page === 'alerts' || page === 'alert' },
        t('nav.alerts'),
        firing.value > 0 ? h('span', { class: 'count' }, String(firing.value)) : null,
      ),
      h(
        Link,
        { to: { page: 'notifications' }, current: page === 'notifications' },
        t('nav.notifications'),
        unread.value > 0 ? h('span', { class: 'count' }, String(unread.value)) : null,
      ),
      h(Link, { to: { page: 'pipeline' }, current: page === 'pipeline' }, t('nav.pipeline')),
    ),
    h(
      'div',
      { class: 'header-tools' },
      h(ConnectionLight, null),
      h(LanguageSwitch, null),
      h(ThemeSwitch, null),
    ),
  );
}

/** Live or not, in a word and a mark. */
function ConnectionLight(): JSX.Element {
  const { state } = connection.value;
  return h(
    'span',
    { class: `light light-${state}`, role: 'status' },
    h('span', { class: 'light-mark', 'aria-hidden': 'true' }),
    t(`live.${state}`),
  );
}

/** A short break is nobody's concern; a longer one is said in full. */
function ConnectionNotice(): JSX.Element | null {
  const { value } = connection;
  if (value.state !== 'lost' || access.value !== 'open') return null;
  const time = formatTime(value.sinceMs, { locale: locale() });
  return h(
    'p',
    { class: 'notice notice-warn notice-band', role: 'status' },
    t('live.lostDetail', { time }),
  );
}

const LanguageSwitch = (): JSX.Element =>
  h(
    'button',
    {
      type: 'button',
      class: 'tool',
      lang: language.value === 'en' ? 'zh-CN' : 'en',
      title: t('language.label'),
      onClick: () => chooseLanguage(language.value === 'en' ? 'zh' : 'en'),
    },
    t('language.switch'),
  );

function ThemeSwitch(): JSX.Element {
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'auto';
  return h(
    'button',
    {
      type: 'button',
      class: 'tool tool-theme',
      'aria-label': t(`theme.${theme.value}`),
      title: t(`theme.${theme.value}`),
      onClick: () => chooseTheme(next),
    },
    h(
      'svg',
      { viewBox: '0 0 20 20', 'aria-hidden': 'true', class: `theme-${theme.value}` },
      h('circle', { cx: 10, cy: 10, r: 7.25, class: 'theme-ring' }),
      h('path', { d: 'M10 2.75a7.25 7.25 0 0 1 0 14.5z', class: 'theme-half' }),
    ),
  );
}
