import { h } from 'preact';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ValuesAnswer } from '../../../core/answers.ts';
import type { EntrySheet, EntrySheetsAnswer } from '../../../core/entries/entry-sheet.ts';
import { get, send } from '../../data/api.ts';
import { clock } from '../../data/clock.ts';
import { unitText } from '../../data/metric-names.ts';
import { useResource } from '../../data/resource.ts';
import { useShownName } from '../../data/shown-name.ts';
import { useCatalogChanges } from '../../data/use-told.ts';
import { localized, t } from '../../i18n/text.ts';
import type { RouteTo } from '../../pages.ts';
import { Link } from '../../parts/link.ts';
import { Empty, reasonOf, Shown } from '../../parts/notice.ts';
import { ownerText } from '../../parts/owner.ts';
import { CellDetails } from './cell-details.ts';
import { RefusedEntries } from './refused-entries.ts';
import { missingOf } from './sheet-cells.ts';
import type { SheetCell } from './sheet-cells.ts';
import { SheetGrid } from './sheet-grid.ts';
import type { Sent } from './sheet-grid.ts';
import { useSheet } from './use-sheet.ts';

/** What there is to enter of one metric, and who entered what. */
export function SheetPage({ id }: RouteTo<'sheet'>): JSX.Element {
  const { resource, reload } = useResource('entry sheets', (signal) =>
    get<EntrySheetsAnswer>('/v1/entries', signal),
  );
  useCatalogChanges(['Metric', 'Person', 'Team', 'Responsibility'], reload);
  return h(
    'div',
    { class: 'page' },
    h(Link, { to: { page: 'entries' }, class: 'back' }, t('entries.back')),
    h(Shown<EntrySheetsAnswer>, {
      resource,
      reload,
      lines: 8,
      render: ({ metrics }) => {
        const sheet = metrics.find((one) => one.id === id);
        return sheet
          ? h(SheetView, { key: id, sheet })
          : h(Empty, { title: t('entries.notFound', { id }), isPage: true });
      },
    }),
  );
}

function SheetView({ sheet }: { readonly sheet: EntrySheet }): JSX.Element {
  useShownName(localized(sheet.name));
  const { resource, cells, reload } = useSheet(sheet);
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const [note, setNote] = useState('');
  const { sent, enter } = useEntering(sheet, cells);
  const missing = missingOf(cells.values(), clock.value).length;
  return h(
    'div',
    { class: 'entry-sheet' },
    h(SheetHead, { sheet }),
    sheet.mayEnter
      ? null
      : h(
          'p',
          { class: 'notice' },
          t('entries.notYours', { owner: ownerText(sheet.owner, sheet.ownerName) }),
        ),
    h(Shown<ValuesAnswer>, {
      resource,
      reload,
      lines: 10,
      render: () =>
        h(
          'div',
          { class: 'entry-layout' },
          h(
            'div',
            null,
            h(
              'p',
              { class: missing > 0 ? 'entry-lacks' : 'faint', role: 'status' },
              missing > 0 ? t('entries.missingInAll', { n: missing }) : t('entries.nothingMissing'),
            ),
            h(RefusedEntries, { sheet, cells, sent }),
            h(SheetGrid, {
              sheet,
              cells,
              sent,
              chosen,
              onChoose: (key) => {
                if (key !== chosen) setNote('');
                setChosen(key);
              },
              onEnter: (cell, value) => {
                enter(cell, value, cell.key === chosen ? note : '');
                setNote('');
              },
            }),
            sheet.mayEnter ? h('p', { class: 'faint entry-help' }, t('entries.keys')) : null,
          ),
          h(
            'aside',
            { class: 'entry-side', 'aria-label': t('entries.details') },
            h(CellDetails, {
              sheet,
              cell: cells.get(chosen ?? ''),
              sent: sent.get(chosen ?? ''),
              note,
              onNote: setNote,
            }),
          ),
        ),
    }),
  );
}

const SheetHead = ({ sheet }: { readonly sheet: EntrySheet }): JSX.Element =>
  h(
    'header',
    { class: 'page-head' },
    h(
      'div',
      null,
      h('h1', null, localized(sheet.name)),
      sheet.purpose === undefined ? null : h('p', { class: 'lead' }, localized(sheet.purpose)),
    ),
    h(
      'p',
      { class: 'faint' },
      [
        unitText(sheet.unit) || sheet.unit.code,
        ...(sheet.min === undefined && sheet.max === undefined
          ? []
          : [`${sheet.min ?? '−∞'} – ${sheet.max ?? '∞'}`]),
        ownerText(sheet.owner, sheet.ownerName),
        sheet.timezone,
      ].join(' · '),
      ' · ',
      h(Link, { to: { page: 'metric', id: sheet.id, by: [] } }, t('entries.toMetric')),
    ),
  );

type Entering = {
  /** Entries that are under way, and those that were refused, by cell. */
  readonly sent: ReadonlyMap<string, Sent>;
  readonly enter: (cell: SheetCell, value: string, note: string) => void;
};

/** Sends what is entered; a value counts as entered once the metric shows it. */
function useEntering(sheet: EntrySheet, cells: ReadonlyMap<string, SheetCell>): Entering {
  const [sent, setSent] = useState<ReadonlyMap<string, Sent>>(new Map());
  useEffect(() => {
    const open = [...sent].filter(
      ([key, { value, error }]) => error !== undefined || !isSame(cells.get(key)?.value, value),
    );
    if (open.length < sent.size) setSent(new Map(open));
  }, [cells, sent]);
  return {
    sent,
    enter(cell, value, note) {
      const put = (one: Sent): void => setSent((before) => new Map(before).set(cell.key, one));
      put({ value });
      const { window, labels } = cell;
      const body = { start: window.start, labels, value, ...(note.trim() === '' ? {} : { note }) };
      send<unknown>('POST', `/v1/metrics/${encodeURIComponent(sheet.id)}/entries`, body).catch(
        (error: unknown) => put({ value, error: reasonOf(error as Error) }),
      );
    },
  };
}

/** `3` and `3.0` are the same amount. */
const isSame = (shown: string | undefined, said: string): boolean =>
  shown !== undefined && Number(shown) === Number(said);
