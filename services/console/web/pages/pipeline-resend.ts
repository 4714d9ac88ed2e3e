import { h } from 'preact';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useAction } from '../data/use-action.ts';
import { t } from '../i18n/text.ts';
import { reasonOf } from '../parts/notice.ts';

/** A button that first says what would be done, and does it when that is confirmed. */
export function ResendButton(props: {
  readonly label: string;
  readonly question: string;
  /** false: there is nothing to send; what came of the last time is said still. */
  readonly isOffered: boolean;
  /** @returns what to say of it */
  readonly send: (asHistorical: boolean) => Promise<string>;
  readonly done: () => void;
}): JSX.Element {
  const [isAsked, setAsked] = useState(false);
  const [asHistorical, setHistorical] = useState(true);
  const [said, setSaid] = useState('');
  const action = useAction(props.done);
  const send = (): void =>
    void action.run(async () => {
      setSaid(await props.send(asHistorical));
      setAsked(false);
    });
  const isUnsettled = action.isBusy || action.error !== undefined;
  // What was asked before all of it went is not asked again of what comes later.
  useEffect(() => {
    if (!props.isOffered && !isUnsettled) setAsked(false);
  }, [props.isOffered, isUnsettled]);
  if (!isAsked || !(props.isOffered || isUnsettled))
    return h(
      'span',
      { class: 'resend' },
      said === '' ? null : h('span', { class: 'resend-said', role: 'status' }, said),
      props.isOffered
        ? h(
            'button',
            { type: 'button', class: 'button', onClick: () => setAsked(true) },
            props.label,
          )
        : null,
    );
  return h(
    'div',
    { class: 'resend resend-asked', role: 'group', 'aria-label': props.label },
    h('p', null, props.question),
    h(
      'label',
      { class: 'check', title: t('letters.historicalHelp') },
      h('input', {
        type: 'checkbox',
        checked: asHistorical,
        onChange: (event: Event) =>
          setHistorical((event.currentTarget as HTMLInputElement).checked),
      }),
      t('letters.historical'),
    ),
    h(
      'button',
      {
        type: 'button',
        class: 'button button-strong',
        disabled: action.isBusy || !props.isOffered,
        onClick: send,
      },
      t('letters.confirm'),
    ),
    h(
      'button',
      {
        type: 'button',
        class: 'button',
        disabled: action.isBusy,
        onClick: () => setAsked(false),
      },
      t('letters.cancel'),
    ),
    action.error
      ? h('p', { class: 'notice notice-bad', role: 'alert' }, reasonOf(action.error))
      : null,
  );
}
