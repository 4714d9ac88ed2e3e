import { h } from 'preact';
import type { JSX } from 'preact';
import type { MetricAnswer } from '../../core/answers.ts';
import { send } from '../data/api.ts';
import { formatDateTime } from '../data/format.ts';
import { labelText } from '../data/metric-names.ts';
import { notesPath } from '../data/notes.ts';
import type { NoteMark } from '../data/notes.ts';
import type { Names } from '../data/people-names.ts';
import { useAction } from '../data/use-action.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { reasonOf } from '../parts/notice.ts';
import { nameIn } from '../parts/owner.ts';

/** Notes that are listed; the API has all. */
const SHOWN_MAX = 10;

/** What people noted in the time that is shown, and a line for one more. */
export function MetricNotes(props: {
  readonly metric: MetricAnswer;
  readonly notes: readonly NoteMark[];
  readonly names: Names;
  /** Of the series that is shown. */
  readonly labels: Readonly<Record<string, string>>;
  /** What a new one is about; undefined: now. */
  readonly at: string | undefined;
  /** undefined: it is not known yet. */
  readonly mayAdd: boolean | undefined;
  readonly reload: () => void;
}): JSX.Element {
  const { metric, notes, labels, at } = props;
  const action = useAction(props.reload);
  const path = notesPath(metric.id);
  const place = { locale: locale(), timezone: metric.timezone };
  const timeText = (ms: number): string => formatDateTime(ms, place);
  const add = async (form: HTMLFormElement): Promise<void> => {
    const text = new FormData(form).get('text');
    await send('POST', path, { text, labels, ...(at === undefined ? {} : { at }) });
    form.reset();
  };
  return h(
    'section',
    { class: 'metric-marks', 'aria-labelledby': 'metric-notes' },
    h('h2', { id: 'metric-notes' }, t('metric.notes')),
    h(
      'ul',
      null,
      notes
        .slice(-SHOWN_MAX)
        .toReversed()
        .map(({ id, atMs, text, by, labels: of, mayRemove }) =>
          h(
            'li',
            { key: id, 'data-note': id },
            h('span', { class: 'legend-note', 'aria-hidden': 'true' }),
            h('span', null, text),
            h(
              'span',
              { class: 'faint' },
              [timeText(atMs), labelText(of, metric), nameIn(props.names, by)]
                .filter((one) => one !== '')
                .join(' · '),
            ),
            mayRemove
              ? h(
                  'button',
                  {
                    type: 'button',
                    class: 'button',
                    title: t('metric.note.remove'),
                    'aria-label': `${t('metric.note.remove')}: ${text}`,
                    onClick: () => void action.run(() => send('DELETE', `${path}/${id}`)),
                  },
                  '×',
                )
              : null,
          ),
        ),
    ),
    props.mayAdd === false && h('p', { class: 'faint' }, t('metric.note.whoAdds')),
    props.mayAdd === true &&
      h(
        'form',
        {
          class: 'button-row',
          onSubmit: (event: Event) => {
            event.preventDefault();
            const form = event.currentTarget as HTMLFormElement;
            void action.run(() => add(form));
          },
        },
        h('input', {
          class: 'input',
          name: 'text',
          required: true,
          maxLength: 2_000,
          autocomplete: 'off',
          'aria-label': t('metric.note'),
          placeholder: `${t('metric.note')} · ${at === undefined ? t('metric.now') : timeText(Date.parse(at))}`,
        }),
        h('button', { class: 'button', disabled: action.isBusy }, t('metric.note.add')),
      ),
    action.error
      ? h('p', { class: 'notice notice-warn', role: 'alert' }, reasonOf(action.error))
      : null,
  );
}
