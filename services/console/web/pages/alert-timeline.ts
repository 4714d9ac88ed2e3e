import { h } from 'preact';
import type { JSX } from 'preact';
import { entryWords } from '../data/alert-words.ts';
import type { AlertAnswer } from '../data/alerts.ts';
import { formatDateTime, formatValue, formatWindow } from '../data/format.ts';
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
          // Episodes of one alert stand in one line: the mark is where the next begins.
          alert.timeline.toReversed().map((entry, i, newestFirst) =>
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
              h(
                'span',
                null,
                `${eventText(entry, names)} `,
                windowWords(entry, metric),
                isBeginning(entry, newestFirst[i + 1])
                  ? h('span', { class: 'pill' }, t('alert.newEpisode'))
                  : null,
              ),
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

type Entry = AlertAnswer['timeline'][number];
const BEGINNINGS: ReadonlySet<Entry['transition']> = new Set(['pending', 'firing', 'nodata']);

/** Whether an episode begins there; the first that there is follows on nothing. */
const isBeginning = ({ transition }: Entry, before: Entry | undefined): boolean =>
  BEGINNINGS.has(transition) && before?.state === 'ok';

/** A verdict that changed is of one window: of which, nothing else says. */
function windowWords({ transition, window }: Entry, metric: Known | undefined): string {
  if (!window || (transition !== 'revised' && transition !== 'corrected')) return '';
  const [startMs, endMs] = [Date.parse(window.start), Date.parse(window.end)];
  const grain =
    endMs - startMs <= HOUR_MS ? 'minute' : endMs - startMs <= DAY_MS_MAX ? 'day' : 'week';
  const place = { locale: locale(), timezone: metric?.timezone };
  return `· ${formatWindow({ startMs, endMs }, grain, place)} `;
}
const HOUR_MS = 3_600_000;
/** On the day on which clocks go back. */
const DAY_MS_MAX = 25 * HOUR_MS;

/** What happened and, where that says more, who did it or why. */
function eventText(entry: Entry, names: Names): string {
  const words = entryWords(entry, names);
  const event = t(`alert.event.${entry.transition}`);
  return words === '' ? event : `${event} · ${words}`;
}
