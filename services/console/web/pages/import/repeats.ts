import { h } from 'preact';
import type { JSX } from 'preact';
import { formatCount } from '../../data/format.ts';
import { locale } from '../../i18n/language.ts';
import { t } from '../../i18n/text.ts';
import type { Passed } from './pass.ts';

/** Rows that are the same event as an earlier one, or have its content: no faults, but somebody should know. */
export function Repeats(props: { readonly passed: Passed }): JSX.Element {
  const { repeats, repeated, twins } = props.passed;
  const more = repeated + twins - repeats.length;
  const heading = t('import.repeats');
  const columns = ['import.line', 'import.id', 'import.repeatOf'] as const;
  return h(
    'div',
    { class: 'faults repeats' },
    h('h2', null, heading),
    h(
      'div',
      { class: 'scroll scroll-tall', tabIndex: 0, role: 'region', 'aria-label': heading },
      h(
        'table',
        { class: 'table' },
        h(
          'thead',
          null,
          h(
            'tr',
            null,
            columns.map((name, i) =>
              h('th', { key: name, scope: 'col', class: i === 0 ? 'end' : '' }, t(name)),
            ),
          ),
        ),
        h(
          'tbody',
          null,
          repeats.map(({ line, id, firstLine }) =>
            h(
              'tr',
              { key: line, 'data-line': line },
              h('th', { scope: 'row', class: 'end' }, String(line)),
              h('td', { class: 'fault-value' }, id ?? '–'),
              h(
                'td',
                { class: 'fault-detail' },
                t(id === undefined ? 'import.twinOf' : 'import.sameAs', {
                  first: String(firstLine),
                }),
              ),
            ),
          ),
        ),
      ),
    ),
    more > 0
      ? h('p', { class: 'faint' }, t('import.more', { n: formatCount(more, locale()) }))
      : null,
  );
}
