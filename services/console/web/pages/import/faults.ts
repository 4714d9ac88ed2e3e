import { h } from 'preact';
import type { JSX } from 'preact';
import { formatCount } from '../../data/format.ts';
import { locale } from '../../i18n/language.ts';
import { t } from '../../i18n/text.ts';
import { faultText } from './fault-words.ts';
import type { Passed } from './pass.ts';

/** Rows that cannot become events: which, in which column, and what was expected there. */
export function Faults(props: { readonly passed: Passed }): JSX.Element {
  const { rejected, faulty } = props.passed;
  // Those of the file itself are known before those that ingest tells.
  const faults = props.passed.faults.toSorted((a, b) => a.line - b.line);
  return h(
    'div',
    { class: 'faults' },
    h('h2', null, t('import.faults')),
    h(
      'div',
      {
        class: 'scroll scroll-tall',
        tabIndex: 0,
        role: 'region',
        'aria-label': t('import.faults'),
      },
      h(
        'table',
        { class: 'table' },
        h(
          'thead',
          null,
          h(
            'tr',
            null,
            h('th', { scope: 'col', class: 'end' }, t('import.line')),
            h('th', { scope: 'col' }, t('import.column')),
            h('th', { scope: 'col' }, t('import.value')),
            h('th', { scope: 'col' }, t('import.expected')),
          ),
        ),
        h(
          'tbody',
          null,
          faults.map(({ line, column, value, code, detail, firstLine }, i) =>
            h(
              'tr',
              { key: i, 'data-line': line },
              h('th', { scope: 'row', class: 'end' }, String(line)),
              h('td', null, column === undefined ? '–' : h('code', null, column)),
              h('td', { class: 'fault-value' }, value ?? '–'),
              h(
                'td',
                { class: 'fault-detail' },
                firstLine === undefined
                  ? faultText(detail)
                  : t('import.conflictWith', { first: String(firstLine) }),
                ' ',
                h('code', { class: 'faint' }, code),
              ),
            ),
          ),
        ),
      ),
    ),
    rejected > faulty
      ? h(
          'p',
          { class: 'faint' },
          t('import.more', { n: formatCount(rejected - faulty, locale()) }),
        )
      : null,
  );
}
