import { h } from 'preact';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { CAUSE_MAX } from '../../../kernel/feedback.ts';
import type { Feedback } from '../../../kernel/feedback.ts';
import type { AlertAnswer } from '../data/alerts.ts';
import type { Action } from '../data/use-action.ts';
import { t } from '../i18n/text.ts';
import type { Tell } from './alert-actions.ts';

/** In the order in which they are offered. */
const FEEDBACKS: readonly Feedback[] = ['real', 'expected', 'false-alarm', 'new-normal'];

/** What the reader says of the episode, and what it came from if he knows. */
export function FeedbackRow(props: {
  readonly alert: AlertAnswer;
  readonly action: Action;
  readonly tell: Tell;
}): JSX.Element {
  const { alert, action, tell } = props;
  const [cause, setCause] = useState(alert.feedback?.cause ?? '');
  return h(
    'div',
    { class: 'action-row', role: 'group', 'aria-label': t('alert.do.feedback') },
    h('span', { class: 'faint' }, t('alert.do.feedback')),
    h(
      'label',
      { class: 'grow' },
      h('span', { class: 'visually-hidden' }, t('alert.do.cause')),
      h('input', {
        class: 'field',
        value: cause,
        maxLength: CAUSE_MAX,
        placeholder: t('alert.do.cause'),
        onInput: (event: Event) => setCause((event.currentTarget as HTMLInputElement).value),
      }),
    ),
    FEEDBACKS.map((verdict) =>
      h(
        'button',
        {
          key: verdict,
          type: 'button',
          class: 'button',
          disabled: action.isBusy,
          'aria-pressed': alert.feedback?.verdict === verdict,
          onClick: () =>
            tell('feedback', { verdict, cause: cause.trim() === '' ? null : cause.trim() }),
        },
        t(`alert.feedback.${verdict}`),
      ),
    ),
  );
}
