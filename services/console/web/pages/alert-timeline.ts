import { h } from 'preact';
import type { JSX } from 'preact';
import { entryWords } from '../data/alert-words.ts';
import type { AlertAnswer } from '../data/alerts.ts';
import { formatDateTime, formatValue } from '../data/format.ts';
import { unitFor } from '../data/metric-names.ts';
import type { Known } from '../data/metric-names.ts';
import { useDocumentNames } from '../data/people-names.ts';
import type { Names } from '../data/people-names.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';

/** What happened, newest first, in the time of the log. */
export function Timeline(props: {
  readonly alert: AlertAnswer;
  readonly metric: Known | undefined;
}): JSX.Element {
  const { alert, metric } = props;
  const names = useDocumentNames();
  return h(
    'section',
    null,
    h('h2', null, t('alert.timeline')),
    alert.timeline.length === 0
      ? h('p', { class: 'faint' }, t('alert.noTimeline'))
      : h(
          'ol',
          { class: 'timeline' },
          alert.timeline.toReversed().map((entry, i) =>
            h(
              'li',
              { key: `${entry.at} ${String(i)}`, class: `at-${entry.transition}` },
              h(
                'time',
                { dateTime: entry.at },
                formatDateTime(Date.parse(entry.at), {
                  locale: locale(),
                  timezone: metric?.timezone,
                }),
              ),
              h('span', null, eventText(entry, names)),
              h(
                'span',
                { class: 'number' },
                entry.value === null
                  ? ''
                  : formatValue(entry.value, unitFor(metric, entry.value), locale()),
              ),
            ),
          ),
        ),
  );
}

/** What happened and, where that says more, who did it or why. */
function eventText(entry: AlertAnswer['timeline'][number], names: Names): string {
  const words = entryWords(entry, names);
  const event = t(`alert.event.${entry.transition}`);
  return words === '' ? event : `${event} · ${words}`;
}
