import { h } from 'preact';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { EventTypesAnswer, ImportsAnswer } from '../../../core/imports.ts';
import type { LedgerEntry } from '../../../../kernel/import/ledger.ts';
import { formatOf } from '../../../../kernel/import/row.ts';
import type { FileSource, Row } from '../../../../kernel/import/row.ts';
import { readTable } from '../../../../kernel/import/table.ts';
import { ApiError, get } from '../../data/api.ts';
import { formatShare } from '../../data/format.ts';
import { useResource } from '../../data/resource.ts';
import { locale } from '../../i18n/language.ts';
import { t } from '../../i18n/text.ts';
import { Empty, Shown } from '../../parts/notice.ts';
import { browserFile, contentHash } from './browser-file.ts';
import { Before } from './before.ts';
import { Mapper } from './mapper.ts';

/** A file that was read far enough to be mapped. */
export type OpenFile = {
  readonly source: FileSource;
  readonly hash: string;
  readonly sample: readonly Row[];
  /** What the ledger has of its content. */
  readonly entry: LedgerEntry | undefined;
};

const FILE_BYTES_MAX = 100 * 1024 * 1024;
const SAMPLE_ROWS = 200;

/** A file is dropped, mapped, checked to its end, and imported. */
export function ImportPage(): JSX.Element {
  const types = useResource('event-types', (signal) =>
    get<EventTypesAnswer>('/v1/event-types', signal),
  );
  const before = useResource('imports', (signal) => get<ImportsAnswer>('/v1/imports', signal));
  const [file, setFile] = useState<OpenFile | undefined>(undefined);
  const isForbidden =
    before.resource.kind === 'failed' &&
    before.resource.error instanceof ApiError &&
    before.resource.error.status === 403;
  const close = (): void => {
    setFile(undefined);
    before.reload();
  };
  return h(
    'div',
    { class: 'page import' },
    h('div', { class: 'page-head' }, h('h1', null, t('import.title'))),
    h('p', { class: 'faint find-lead' }, t('import.lead')),
    isForbidden
      ? h('p', { class: 'notice notice-warn' }, t('import.forbidden'))
      : h(Shown<EventTypesAnswer>, {
          ...types,
          lines: 5,
          render: ({ eventTypes }) =>
            eventTypes.length === 0
              ? h(Empty, { title: t('import.noTypes'), help: t('pipeline.emptyHelp') })
              : file
                ? h(Mapper, { key: file.hash, file, eventTypes, onClose: close })
                : [
                    h(DropZone, { onOpen: setFile }),
                    h(Shown<ImportsAnswer>, {
                      ...before,
                      lines: 2,
                      render: ({ imports }) => h(Before, { imports }),
                    }),
                  ],
        }),
  );
}

function DropZone(props: { readonly onOpen: (file: OpenFile) => void }): JSX.Element {
  const [isOver, setOver] = useState(false);
  const [reading, setReading] = useState<{ name: string; share: number } | undefined>(undefined);
  const [fault, setFault] = useState('');
  const open = async (file: File | undefined): Promise<void> => {
    if (!file || reading) return;
    setFault('');
    try {
      if (file.size > FILE_BYTES_MAX) throw new Error(t('import.tooLarge', { name: file.name }));
      setReading({ name: file.name, share: 0 });
      props.onOpen(await openFile(file, (share) => setReading({ name: file.name, share })));
    } catch (error) {
      setFault((error as Error).message);
      setReading(undefined);
    }
  };
  return h(
    'div',
    {
      class: `drop ${isOver ? 'drop-over' : ''}`,
      onDragOver: (event: DragEvent) => {
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: () => setOver(false),
      onDrop: (event: DragEvent) => {
        event.preventDefault();
        setOver(false);
        void open(event.dataTransfer?.files[0]);
      },
    },
    h('p', { class: 'drop-title' }, t('import.drop')),
    h(
      'label',
      { class: 'button button-strong drop-button' },
      t('import.choose'),
      h('input', {
        type: 'file',
        class: 'visually-hidden',
        accept: '.csv,.tsv,.txt,.xlsx,.ndjson,.jsonl',
        onChange: (event: Event) => {
          const input = event.currentTarget as HTMLInputElement;
          void open(input.files?.[0]).finally(() => (input.value = ''));
        },
      }),
    ),
    h('p', { class: 'faint' }, t('import.limit')),
    reading
      ? h(
          'p',
          { role: 'status' },
          `${t('import.reading', { name: reading.name })} · ${formatShare(reading.share, locale())}`,
        )
      : null,
    fault === '' ? null : h('p', { class: 'notice notice-bad', role: 'alert' }, fault),
  );
}

async function openFile(file: File, onShare: (share: number) => void): Promise<OpenFile> {
  // Other names are refused by the reader, which says what it takes.
  const source = browserFile(file);
  const sample: Row[] = [];
  for await (const row of readTable(source)) {
    sample.push(row);
    if (sample.length === SAMPLE_ROWS) break;
  }
  if (formatOf(file.name) !== undefined && sample.length === 0)
    throw new Error(t('import.empty', { name: file.name }));
  const hash = await contentHash(source, onShare);
  return { source, hash, sample, entry: await entryOf(hash) };
}

async function entryOf(hash: string): Promise<LedgerEntry | undefined> {
  try {
    return await get<LedgerEntry>(`/v1/imports/${hash}`);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
