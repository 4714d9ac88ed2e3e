import { h } from 'preact';
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { EntrySheet } from '../../../core/entries/entry-sheet.ts';
import { clock } from '../../data/clock.ts';
import { windowText } from '../../data/format.ts';
import { locale } from '../../i18n/language.ts';
import { t } from '../../i18n/text.ts';
import { cellKey, combinations, nextPlace } from './sheet-cells.ts';
import type { Labels, SheetCell, SheetWindow } from './sheet-cells.ts';

/** How a cell stands that somebody works on. */
export type Sent = { readonly value: string; readonly error?: string };

export type GridProps = {
  readonly sheet: EntrySheet;
  readonly cells: ReadonlyMap<string, SheetCell>;
  readonly sent: ReadonlyMap<string, Sent>;
  readonly chosen: string | undefined;
  readonly onChoose: (key: string) => void;
  readonly onEnter: (cell: SheetCell, value: string) => void;
};

/** Windows down, members across: arrow keys and Enter go from window to window, Tab from member to member. */
export function SheetGrid(props: GridProps): JSX.Element {
  const { sheet } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const columns = combinations(sheet.members);
  const move = (event: KeyboardEvent, row: number, column: number): void => {
    const size = { rows: sheet.windows.length, columns: columns.length };
    const place = nextPlace(event.key, { row, column }, size);
    if (!place) return;
    event.preventDefault();
    const inputs = body.current?.querySelectorAll('input');
    const next = inputs?.[place.row * columns.length + place.column];
    next?.focus();
    next?.select();
  };
  return h(
    'div',
    {
      class: 'scroll entry-grid',
      role: 'region',
      'aria-label': t('entries.grid'),
      tabIndex: -1,
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
          h('th', { scope: 'col' }, t('metric.window')),
          columns.map((labels) =>
            h('th', { key: memberText(labels), scope: 'col', class: 'end' }, memberText(labels)),
          ),
        ),
      ),
      h(
        'tbody',
        { ref: body },
        sheet.windows.map((window, row) =>
          h(
            'tr',
            { key: window.start, class: isOpen(window) ? 'is-open' : '' },
            h('th', { scope: 'row' }, windowName(window, sheet), h(Progress, { ...props, window })),
            columns.map((labels, column) =>
              h(
                'td',
                { key: memberText(labels), class: 'end' },
                h(Cell, {
                  ...props,
                  cell: props.cells.get(cellKey(window.start, labels)),
                  onMove: (event) => move(event, row, column),
                }),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}

export const memberText = (labels: Labels): string =>
  Object.values(labels).join(' × ') || t('metric.value');

export const windowName = (
  window: SheetWindow,
  { grain, timezone }: Pick<EntrySheet, 'grain' | 'timezone'>,
): string => windowText(window, grain, { locale: locale(), timezone });

const isOpen = ({ end }: SheetWindow): boolean => Date.parse(end) > clock.value;

/** How many members of the window have a value. */
function Progress(props: GridProps & { readonly window: SheetWindow }): JSX.Element | null {
  const all = combinations(props.sheet.members);
  const done = all.filter(
    (labels) => props.cells.get(cellKey(props.window.start, labels))?.value !== undefined,
  ).length;
  const isWhole = done === all.length;
  if (isOpen(props.window) && !isWhole)
    return h('span', { class: 'entry-progress faint' }, t('entries.now'));
  return h(
    'span',
    { class: `entry-progress ${isWhole ? 'faint' : 'entry-lacks'}` },
    isWhole ? t('entries.whole') : t('entries.missing', { n: all.length - done }),
  );
}

function Cell(
  props: GridProps & {
    readonly cell: SheetCell | undefined;
    readonly onMove: (event: KeyboardEvent) => void;
  },
): JSX.Element | null {
  const { sheet, cell, sent, chosen } = props;
  const [draft, setShown] = useState<string | undefined>(undefined);
  // Enter moves the focus on, and the field that loses it must find nothing to enter once more.
  const typed = useRef<string | undefined>(undefined);
  if (!cell) return null;
  const setDraft = (text: string | undefined): void => {
    typed.current = text;
    setShown(text);
  };
  const underWay = sent.get(cell.key);
  const known = underWay?.value ?? cell.value ?? '';
  const enter = (): void => {
    const value = typed.current?.trim();
    setDraft(undefined);
    if (value !== undefined && value !== '' && value !== known) props.onEnter(cell, value);
  };
  const state = underWay?.error
    ? 'failed'
    : underWay
      ? 'sent'
      : cell.value === undefined
        ? 'missing'
        : cell.history.length > 1
          ? 'corrected'
          : 'entered';
  return h('input', {
    class: `input entry-cell entry-${state} ${cell.key === chosen ? 'is-chosen' : ''}`,
    inputMode: 'decimal',
    autoComplete: 'off',
    readOnly: !sheet.mayEnter,
    value: draft ?? known,
    placeholder: '–',
    'aria-label': `${memberText(cell.labels)}, ${windowName(cell.window, sheet)}, ${t(`entries.state.${state}`)}`,
    'aria-invalid': state === 'failed',
    onFocus: () => props.onChoose(cell.key),
    onInput: (event: Event) => setDraft((event.currentTarget as HTMLInputElement).value),
    onBlur: enter,
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === 'Escape') setDraft(undefined);
      if (event.key === 'Enter') enter();
      props.onMove(event);
    },
  });
}
