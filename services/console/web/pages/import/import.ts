import { h } from 'preact';
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { EventTypesAnswer, ImportsAnswer } from '../../../core/imports.ts';
import { ApiError, get } from '../../data/api.ts';
import { formatShare } from '../../data/format.ts';
import { useResource } from '../../data/resource.ts';
import { locale } from '../../i18n/language.ts';
import { t } from '../../i18n/text.ts';
import { Empty, Shown } from '../../parts/notice.ts';
import { Before } from './before.ts';
import { Mapper } from './mapper.ts';
import { openFile, openSheet } from './open-file.ts';
import type { OpenFile } from './open-file.ts';

const FILE_BYTES_MAX = 100 * 1024 * 1024;

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
  /** Of two choices, the later one stays, whichever was read sooner. */
  const chosen = useRef('');
  const choose = async (opened: OpenFile, name: string): Promise<void> => {
    chosen.current = name;
    const next = await openSheet(opened, name);
    if (chosen.current === name) setFile(next);
  };
  const close = (): void => {
    chosen.current = '';
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
                ? h(Mapper, {
                    key: file.hash,
                    file,
                    eventTypes,
                    onSheet: (name) => void choose(file, name),
                    onClose: close,
                  })
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
