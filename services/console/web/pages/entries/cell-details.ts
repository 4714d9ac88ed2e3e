import { h } from 'preact';
import type { JSX } from 'preact';
import type { EntrySheet } from '../../../core/entries/entry-sheet.ts';
import { formatValue } from '../../data/format.ts';
import { usePeopleNames } from '../../data/people-names.ts';
import { locale } from '../../i18n/language.ts';
import { t } from '../../i18n/text.ts';
import { nameIn } from '../../parts/owner.ts';
import { Instant } from '../../parts/time.ts';
import type { SheetCell } from './sheet-cells.ts';
import { memberText, windowName } from './sheet-grid.ts';
import type { Sent } from './sheet-grid.ts';

/** The cell that is worked on: a note for the next entry, and what was entered before, by whom. */
export function CellDetails(props: {
  readonly sheet: EntrySheet;
  readonly cell: SheetCell | undefined;
  readonly sent: Sent | undefined;
  readonly note: string;
  readonly onNote: (note: string) => void;
}): JSX.Element {
  const { sheet, cell, sent } = props;
  const names = usePeopleNames();
  if (!cell) return h('p', { class: 'faint' }, t('entries.choose'));
  return h(
    'div',
    { class: 'entry-details' },
    h(
      'header',
      null,
      h('h2', null, memberText(cell.labels)),
      h('p', { class: 'faint' }, windowName(cell.window, sheet)),
    ),
    // Said aloud where all that were refused are listed (refused-entries.ts).
    sent?.error === undefined ? null : h('p', { class: 'notice notice-bad' }, sent.error),
    sheet.mayEnter
      ? h(
          'label',
          { class: 'entry-note' },
          h('span', { class: 'select-label' }, t('entries.note')),
          h('input', {
            class: 'input',
            maxLength: 1_000,
            value: props.note,
            placeholder: t('entries.noteHelp'),
            onInput: (event: Event) =>
              props.onNote((event.currentTarget as HTMLInputElement).value),
          }),
        )
      : null,
    h('h3', null, t('entries.history')),
    cell.history.length === 0
      ? h('p', { class: 'faint' }, t('entries.none'))
      : h(
          'ol',
          { class: 'entry-history' },
          cell.history.map((entry, i) =>
            h(
              'li',
              { key: entry.position, class: i === 0 ? '' : 'is-past' },
              h('span', { class: 'number' }, formatValue(entry.value, sheet.unit, locale())),
              h(
                'span',
                { class: 'faint' },
                nameIn(names, entry.by),
                ' · ',
                h(Instant, { at: entry.at, timezone: sheet.timezone }),
                entry.historical ? ` · ${t('state.restated')}` : null,
              ),
              entry.note === null ? null : h('span', { class: 'entry-said' }, entry.note),
            ),
          ),
        ),
  );
}
