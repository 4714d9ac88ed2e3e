import { h } from 'preact';
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { EventTypesAnswer } from '../../../core/imports.ts';
import { sourceOf } from '../../../../kernel/import/content.ts';
import { guessMapping } from '../../../../kernel/import/guess.ts';
import { compileMapping } from '../../../../kernel/import/mapping.ts';
import type { EventJson, Mapping } from '../../../../kernel/import/mapping.ts';
import { t } from '../../i18n/text.ts';
import { Select } from '../../parts/segmented.ts';
import { faultText } from './fault-words.ts';
import { draftOf, lackingFields, mappingOf } from './draft.ts';
import type { Draft } from './draft.ts';
import type { OpenFile } from './open-file.ts';
import { MappingForm } from './mapping-form.ts';
import { Run } from './run.ts';

type EventType = EventTypesAnswer['eventTypes'][number];

const PREVIEW_EVENTS = 3;

/** From an open file to events: which type, which column for what, and what comes of it. */
export function Mapper(props: {
  readonly file: OpenFile;
  readonly eventTypes: readonly EventType[];
  readonly onSheet: (sheet: string) => void;
  readonly onClose: () => void;
}): JSX.Element {
  const { file, eventTypes, onSheet, onClose } = props;
  const [typeId, setTypeId] = useState(() => bestType(file, eventTypes)?.id ?? '');
  const type = eventTypes.find(({ id }) => id === typeId) as EventType;
  const guessed = useMemo(() => guessedDraft(file, type), [typeId]);
  const [drafts, setDrafts] = useState<Readonly<Record<string, Draft>>>({});
  const draft = drafts[typeId] ?? guessed;
  const mapping = mappingOf(draft, typeId);
  const lacking = lackingFields(draft, type.schema);
  const lacksTime = type.timeFrom === 'event' && draft.time === '';
  return h(
    'div',
    { class: 'mapper' },
    h(
      'div',
      { class: 'mapper-head' },
      h('code', { class: 'mapper-file' }, file.source.name),
      file.sheets.length > 1
        ? h(Select, {
            label: t('import.sheet'),
            value: file.sheet ?? file.sheets[0] ?? '',
            choices: file.sheets.map((name) => ({ value: name, label: name })),
            onChoose: onSheet,
          })
        : null,
      h(Select, {
        label: t('import.type'),
        value: typeId,
        choices: eventTypes.map(({ id }) => ({ value: id, label: id })),
        onChoose: setTypeId,
      }),
      h('button', { type: 'button', class: 'button', onClick: onClose }, t('import.other')),
    ),
    file.fault === undefined
      ? [
          h(MappingForm, {
            draft,
            schema: type.schema,
            needsTime: type.timeFrom === 'event',
            sample: file.sample,
            onChange: (next) => setDrafts((before) => ({ ...before, [typeId]: next })),
          }),
          lacking.length > 0
            ? h(
                'p',
                { class: 'notice notice-warn' },
                t('import.lacking', { fields: lacking.join(', ') }),
              )
            : null,
          lacksTime ? h('p', { class: 'notice notice-warn' }, t('import.lackingTime')) : null,
          h(Preview, { file, mapping, type }),
          // Without a time no row is an event.
          lacksTime
            ? null
            : h(Run, {
                key: JSON.stringify([mapping, draft]),
                file,
                mapping,
                type,
                onDone: onClose,
              }),
        ]
      : h('p', { class: 'notice notice-bad', role: 'alert' }, faultText(file.fault)),
  );
}

const guessedDraft = (file: OpenFile, type: EventType): Draft =>
  draftOf(
    guessMapping(file.sample, type),
    sourceOf(file.source.name, file.sheet),
    Intl.DateTimeFormat().resolvedOptions().timeZone,
  );

/** The type of which most fields find a column. */
function bestType(file: OpenFile, types: readonly EventType[]): EventType | undefined {
  const share = (type: EventType): number => {
    const columns = [...guessMapping(file.sample, type).columns.values()];
    return columns.filter((column) => column !== '').length / Math.max(1, columns.length);
  };
  return types.toSorted((a, b) => share(b) - share(a))[0];
}

function Preview(props: {
  readonly file: OpenFile;
  readonly mapping: Mapping;
  readonly type: EventType;
}): JSX.Element {
  const made = previewOf(props);
  return h(
    'details',
    { class: 'mapper-preview' },
    h('summary', null, t('import.preview')),
    typeof made === 'string'
      ? h('p', { class: 'notice notice-bad' }, made)
      : h('pre', { tabIndex: 0 }, made.map((event) => JSON.stringify(event, null, 2)).join('\n')),
  );
}

/** @returns why there is none */
function previewOf({
  file,
  mapping,
  type,
}: Parameters<typeof Preview>[0]): readonly EventJson[] | string {
  try {
    const toEvent = compileMapping(mapping, type.schema);
    return file.sample
      .filter(({ fault }) => fault === undefined)
      .slice(0, PREVIEW_EVENTS)
      .map((row) => toEvent(row, file.hash));
  } catch (error) {
    return (error as Error).message;
  }
}
