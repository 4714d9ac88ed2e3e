import { h } from 'preact';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { isOpen } from '../data/alerts.ts';
import type { AlertAnswer } from '../data/alerts.ts';
import { send } from '../data/api.ts';
import { useMayTell } from '../data/command-rights.ts';
import { usePeopleNames } from '../data/people-names.ts';
import { useAction } from '../data/use-action.ts';
import type { Action } from '../data/use-action.ts';
import { t } from '../i18n/text.ts';
import { reasonOf } from '../parts/notice.ts';
import { Select } from '../parts/segmented.ts';
import { FeedbackRow } from './alert-feedback.ts';
import { matchersOf } from '../data/silences.ts';
import { SilenceForm } from './silence-form.ts';

/** What the reader can do about an alert: each is a command, and shows once it counts. */
export function Actions(props: {
  readonly alert: AlertAnswer;
  readonly reload: () => void;
}): JSX.Element | null {
  const { alert, reload } = props;
  const action = useAction(reload);
  const mayTell = useMayTell();
  if (mayTell === undefined) return null;
  if (!mayTell) return h('p', { class: 'faint' }, t('alert.whoTells'));
  const tell = (verb: string, body: Readonly<Record<string, unknown>> = {}): void =>
    void action.run(() => send('POST', `/v1/alerts/${encodeURIComponent(alert.id)}/${verb}`, body));
  return h(
    'section',
    { class: 'panel actions', 'aria-label': t('alert.actions') },
    isOpen(alert)
      ? h(
          'div',
          { class: 'action-row' },
          alert.acknowledged
            ? button(t('alert.do.unack'), action, () => tell('unack'))
            : button(t('alert.do.ack'), action, () => tell('ack')),
          h(Snooze, { until: alert.snoozedUntil, action, tell }),
          h(Assign, { assignee: alert.assignee, tell }),
          alert.closed ? null : button(t('alert.do.close'), action, () => tell('close')),
        )
      : null,
    h(Comment, { action, tell }),
    alert.episode === null ? null : h(FeedbackRow, { alert, action, tell }),
    isOpen(alert) ? h(SilenceForm, { matchers: matchersOf(alert), reload }) : null,
    action.error
      ? h('p', { class: 'notice notice-bad', role: 'alert' }, reasonOf(action.error))
      : null,
  );
}

export type Tell = (verb: string, body?: Readonly<Record<string, unknown>>) => void;

const button = (label: string, action: Action, onClick: () => void): JSX.Element =>
  h('button', { type: 'button', class: 'button', disabled: action.isBusy, onClick }, label);

const SNOOZES = ['PT1H', 'PT4H', 'P1D', 'P7D'] as const;

function Snooze(props: {
  readonly until: string | null;
  readonly action: Action;
  readonly tell: Tell;
}): JSX.Element {
  const { until, action, tell } = props;
  if (until !== null)
    return button(t('alert.do.unsnooze'), action, () => tell('snooze', { until: null }));
  return h(Select, {
    label: t('alert.do.snooze'),
    value: '',
    choices: [
      { value: '', label: t('alert.do.choose') },
      ...SNOOZES.map((value) => ({ value, label: t(`duration.${value}`) })),
    ],
    onChoose: (value) => (value === '' ? undefined : tell('snooze', { for: value })),
  });
}

function Assign(props: { readonly assignee: string | null; readonly tell: Tell }): JSX.Element {
  const { assignee, tell } = props;
  const names = usePeopleNames();
  const known = [...names].map(([value, label]) => ({ value, label }));
  return h(Select, {
    label: t('alert.do.assign'),
    value: assignee ?? '',
    choices: [
      { value: '', label: t('alert.do.nobody') },
      ...(assignee === null || names.has(assignee) ? [] : [{ value: assignee, label: assignee }]),
      ...known,
    ],
    onChoose: (to) => tell('assign', { to: to === '' ? null : to }),
  });
}

function Comment(props: { readonly action: Action; readonly tell: Tell }): JSX.Element {
  const { action, tell } = props;
  const [text, setText] = useState('');
  return h(
    'form',
    {
      class: 'action-row',
      onSubmit: (event: Event) => {
        event.preventDefault();
        tell('comment', { text });
        setText('');
      },
    },
    h(
      'label',
      { class: 'grow' },
      h('span', { class: 'visually-hidden' }, t('alert.do.comment')),
      h('input', {
        class: 'field',
        value: text,
        maxLength: 4_000,
        placeholder: t('alert.do.comment'),
        onInput: (event: Event) => setText((event.currentTarget as HTMLInputElement).value),
      }),
    ),
    h(
      'button',
      { type: 'submit', class: 'button', disabled: action.isBusy || text.trim() === '' },
      t('alert.do.send'),
    ),
  );
}
