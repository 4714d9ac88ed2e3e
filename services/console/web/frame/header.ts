import { h } from 'preact';
import type { JSX } from 'preact';
import { access, hasToken, signOut } from '../data/api.ts';
import { formatTime } from '../data/format.ts';
import { connection } from '../data/live.ts';
import { parseRoute } from '../data/route.ts';
import { THEMES, chooseTheme, theme } from '../data/theme.ts';
import { chooseLanguage, language, locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { Link } from '../parts/link.ts';
import { Navigation } from './navigation.ts';

export const Header = (): JSX.Element =>
  h(
    'header',
    { class: 'header' },
    h(
      Link,
      { to: parseRoute(''), class: 'brand' },
      h(
        'svg',
        { viewBox: '0 0 32 24', 'aria-hidden': 'true' },
        h('path', { d: 'M2 6h28', class: 'brand-mark' }),
        h('path', { d: 'M2 16c4.7-5 9.3-5 14 0s9.3 5 14 0v8H2z', class: 'brand-sea' }),
      ),
      t('app.name'),
    ),
    h(Navigation, null),
    h(
      'div',
      { class: 'header-tools' },
      h(ConnectionLight, null),
      h(LanguageSwitch, null),
      h(ThemeSwitch, null),
      hasToken.value
        ? h('button', { type: 'button', class: 'tool', onClick: signOut }, t('token.signOut'))
        : null,
    ),
  );

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

/** The light says in a word how the connection is; here is what that means for what is shown. */
export function ConnectionNotice(): JSX.Element | null {
  const { value } = connection;
  if (access.value !== 'open') return null;
  if (value.state === 'refused')
    return h(
      'p',
      { class: 'notice notice-bad notice-band', role: 'status' },
      t('live.refusedDetail'),
    );
  if (value.state !== 'lost') return null;
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
      onClick: () => void chooseLanguage(language.value === 'en' ? 'zh' : 'en'),
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
