import { h } from 'preact';
import type { JSX } from 'preact';
import type { ImportsAnswer } from '../../../core/imports.ts';
import { formatCount } from '../../data/format.ts';
import { locale } from '../../i18n/language.ts';
import { t } from '../../i18n/text.ts';
import { Instant } from '../../parts/time.ts';

/** What was imported before, here or by the command line. */
export function Before(props: { readonly imports: ImportsAnswer['imports'] }): JSX.Element | null {
  const { imports } = props;
  if (imports.length === 0) return null;
  const count = (value: number): string => formatCount(value, locale());
  return h(
    'section',
    { class: 'import-before' },
    h('h2', null, t('import.before')),
    h(
      'div',
      { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': t('import.before') },
      h(
        'table',
        { class: 'table' },
        h(
          'thead',
          null,
          h(
            'tr',
            null,
            h('th', { scope: 'col' }, t('import.file')),
            h('th', { scope: 'col' }, t('import.when')),
            h('th', { scope: 'col', class: 'end' }, t('import.accepted')),
            h('th', { scope: 'col', class: 'end' }, t('import.rejected')),
          ),
        ),
        h(
          'tbody',
          null,
          imports.map(({ hash, file, sheet, startedAt, finishedAt, accepted, rejected }) =>
            h(
              'tr',
              { key: hash },
              h(
                'th',
                { scope: 'row' },
                file.slice(file.lastIndexOf('/') + 1),
                sheet === undefined ? null : ` · ${sheet}`,
                finishedAt === undefined
                  ? h('span', { class: 'pill pill-warning' }, t('import.unfinished'))
                  : null,
              ),
              h('td', null, h(Instant, { at: startedAt })),
              h('td', { class: 'number' }, count(accepted)),
              h('td', { class: `number ${rejected === 0 ? 'faint' : 'trouble'}` }, count(rejected)),
            ),
          ),
        ),
      ),
    ),
  );
}
