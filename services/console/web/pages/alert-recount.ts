import { h } from 'preact';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { AlertAnswer, ExplainAnswer } from '../data/alerts.ts';
import { get } from '../data/api.ts';
import { formatValue } from '../data/format.ts';
import { unitFor } from '../data/metric-names.ts';
import type { Known } from '../data/metric-names.ts';
import { saidWords } from '../data/said-words.ts';
import { useAction } from '../data/use-action.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { Link, Term } from '../parts/link.ts';
import { reasonOf } from '../parts/notice.ts';

/** Counts the value that the alert stands on again from the log, when the reader asks for it. */
export function Recount(props: {
  readonly alert: AlertAnswer;
  readonly metric: Known | undefined;
}): JSX.Element {
  const { alert, metric } = props;
  const [explained, setExplained] = useState<ExplainAnswer>();
  const action = useAction(() => undefined);
  const recount = async (): Promise<void> =>
    setExplained(await get<ExplainAnswer>(`/v1/alerts/${encodeURIComponent(alert.id)}/explain`));
  return h(
    'div',
    { class: 'verify' },
    h(
      'button',
      {
        type: 'button',
        class: 'button',
        disabled: action.isBusy,
        title: t('alert.recountHelp'),
        onClick: () => void action.run(recount),
      },
      t('alert.recount'),
    ),
    h(
      'div',
      { role: 'status' },
      action.isBusy ? h('p', { class: 'faint' }, t('metric.verifying')) : null,
      explained && !action.isBusy ? h(Found, { explained, metric }) : null,
    ),
    action.error
      ? h('p', { class: 'notice notice-warn', role: 'alert' }, reasonOf(action.error))
      : null,
  );
}

function Found(props: {
  readonly explained: ExplainAnswer;
  readonly metric: Known | undefined;
}): JSX.Element {
  const { explained, metric } = props;
  const { atAlert, recounted, recountFault, now, events } = explained;
  const value = (text: string | null): string => formatValue(text, unitFor(metric, text), locale());
  if (!recounted)
    return h(
      'p',
      { class: 'notice notice-warn' },
      recountFault ? saidWords(recountFault.detail) : t('time.unknown'),
    );
  const verdict = recounted.isEqual ? 'equal' : 'differing';
  return h(
    'div',
    null,
    h(
      'p',
      null,
      h(
        'span',
        { class: `pill pill-${recounted.isEqual ? 'ok' : 'critical'}` },
        t(`metric.verified.${verdict}`),
      ),
    ),
    h(
      'dl',
      { class: 'terms' },
      h(Term, { name: t('alert.recount.atAlert') }, value(atAlert.value)),
      h(Term, { name: t('alert.recount.log') }, value(recounted.value)),
      now ? h(Term, { name: t('alert.recount.now') }, value(now.value)) : null,
    ),
    events.length === 0
      ? null
      : h(
          'details',
          null,
          h('summary', null, t('alert.recount.events')),
          h(
            'ol',
            null,
            events.map(({ source, id, value: amount, position }) =>
              h(
                'li',
                { key: position },
                h(Link, { to: { page: 'events', source, eventId: id, position } }, id),
                amount === null ? '' : ` · ${amount}`,
              ),
            ),
          ),
        ),
  );
}
