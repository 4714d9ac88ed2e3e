import { h } from 'preact';
import type { JSX } from 'preact';
import type { EntrySheet } from '../../../core/entries/entry-sheet.ts';
import { t } from '../../i18n/text.ts';
import type { SheetCell } from './sheet-cells.ts';
import { memberText, windowName } from './sheet-grid.ts';
import type { Sent } from './sheet-grid.ts';

/** What was not taken and why, for as long as it stands so: whoever types fast is cells further when the answer comes. */
export function RefusedEntries(props: {
  readonly sheet: Pick<EntrySheet, 'grain' | 'timezone'>;
  readonly cells: ReadonlyMap<string, SheetCell>;
  readonly sent: ReadonlyMap<string, Sent>;
}): JSX.Element | null {
  const { sheet, cells, sent } = props;
  const refused = [...sent].flatMap(([key, { value, error }]) => {
    const cell = cells.get(key);
    return cell && error !== undefined ? [{ key, cell, value, error }] : [];
  });
  if (refused.length === 0) return null;
  return h(
    'div',
    { class: 'notice notice-bad', role: 'alert' },
    h(
      'ul',
      null,
      refused.map(({ key, cell, value, error }) => {
        const where = `${memberText(cell.labels)}, ${windowName(cell.window, sheet)}`;
        return h('li', { key }, t('entries.refused', { where, value }), ' ', error);
      }),
    ),
  );
}
