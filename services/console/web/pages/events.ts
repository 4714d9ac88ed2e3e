import { h } from 'preact';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ApiError, get } from '../data/api.ts';
import { go } from '../data/place.ts';
import { shown, useResource } from '../data/resource.ts';
import { useTold } from '../data/use-told.ts';
import { t } from '../i18n/text.ts';
import { Empty, Failed, Loading } from '../parts/notice.ts';
import { EventAnswer, isUnderWay } from './events-answer.ts';
import type { EventTrace } from './events-answer.ts';

type Question = {
  readonly source?: string | undefined;
  readonly eventId?: string | undefined;
  readonly position?: string | undefined;
  readonly at?: number | undefined;
};

/** Where an event is, and why it was (not) counted. The address holds the question. */
export function EventsPage(props: Question): JSX.Element {
  const { source, eventId: id, position, at } = props;
  return h(
    'div',
    { class: 'page find' },
    h('div', { class: 'page-head' }, h('h1', null, t('find.title'))),
    h('p', { class: 'faint find-lead' }, t('find.lead')),
    h(Form, { key: JSON.stringify(props), question: props }),
    source === undefined || id === undefined
      ? null
      : h(Answer, {
          key: JSON.stringify([source, id, position, at]),
          asked: { source, id, position, at },
        }),
  );
}

function Form(props: { readonly question: Question }): JSX.Element {
  const { question } = props;
  const [fields, setFields] = useState({
    source: question.source ?? '',
    id: question.eventId ?? '',
    position: question.position ?? '',
    at: question.at === undefined ? '' : new Date(question.at).toISOString().slice(0, 16),
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    const source = fields.source.trim();
    const id = fields.id.trim();
    if (source === '' || id === '') return;
    const position = fields.position.trim();
    const at = Date.parse(`${fields.at}Z`);
    go({
      page: 'events',
      source,
      eventId: id,
      ...(position === '' ? {} : { position }),
      ...(Number.isNaN(at) ? {} : { at }),
    });
  };
  const field = (
    name: keyof typeof fields,
    label: string,
    more: { readonly isOptional?: true; readonly help?: string; readonly type?: string } = {},
  ): JSX.Element =>
    h(
      'label',
      { class: `find-field find-${name}` },
      h(
        'span',
        { class: 'select-label' },
        label,
        more.isOptional ? h('span', { class: 'faint' }, ` · ${t('find.optional')}`) : null,
      ),
      h('input', {
        class: 'input',
        name,
        type: more.type ?? 'text',
        value: fields[name],
        required: more.isOptional !== true,
        autocomplete: 'off',
        spellcheck: false,
        title: more.help ?? '',
        onInput: (event: Event) => {
          const { value } = event.currentTarget as HTMLInputElement;
          setFields((before) => ({ ...before, [name]: value }));
        },
      }),
    );
  return h(
    'form',
    { class: 'find-form', onSubmit: submit },
    field('source', t('find.source')),
    field('id', t('find.id')),
    field('position', t('find.position'), { isOptional: true, help: t('find.positionHelp') }),
    field('at', `${t('find.time')} (UTC)`, { isOptional: true, type: 'datetime-local' }),
    h('button', { type: 'submit', class: 'button button-strong' }, t('find.do')),
  );
}

const UNDER_WAY_REFRESH_MS = 2_000;

function Answer(props: {
  readonly asked: {
    readonly source: string;
    readonly id: string;
    readonly position: string | undefined;
    readonly at: number | undefined;
  };
}): JSX.Element {
  const { source, id, position, at } = props.asked;
  const query = new URLSearchParams();
  if (position !== undefined) query.set('position', position);
  if (at !== undefined) query.set('time', new Date(at).toISOString());
  const path = `/v1/events/${encodeURIComponent(source)}/${encodeURIComponent(id)}`;
  const { resource, reload } = useResource(`${path}?${query}`, (signal) =>
    get<EventTrace>(query.size > 0 ? `${path}?${query}` : path, signal),
  );
  const trace = shown(resource);
  useTold('pipeline', {
    isWanted: () => trace !== undefined && isUnderWay(trace),
    changed: reload,
    gatherMs: UNDER_WAY_REFRESH_MS,
  });
  if (resource.kind === 'loading')
    return h(
      'div',
      null,
      h('p', { class: 'faint' }, t('find.searching')),
      h(Loading, { lines: 3 }),
    );
  if (resource.kind === 'failed')
    return resource.error instanceof ApiError && resource.error.status === 404
      ? h(Empty, { title: t('find.none'), help: t('find.noneHelp', { source, id }) })
      : h(Failed, { error: resource.error, onRetry: reload });
  return h(EventAnswer, { trace: resource.data });
}
