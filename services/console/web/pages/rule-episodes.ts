import { h } from 'preact';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatAge, formatDateTime, formatValue } from '../data/format.ts';
import { labelText, unitFor, useMetrics } from '../data/metric-names.ts';
import type { Known } from '../data/metric-names.ts';
import type { RuleTest, TestedEpisode } from '../data/rule-test.ts';
import { usePeopleNames } from '../data/people-names.ts';
import type { Names } from '../data/people-names.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { nameIn } from '../parts/owner.ts';

/** Shown at first; the others at a click. */
const SHOWN = 10;

/** When it would have fired, how long, at what, and who would have answered for it. */
export function RuleEpisodes({ result }: { readonly result: RuleTest }): JSX.Element | null {
  const [isAll, setAll] = useState(false);
  const metric = useMetrics().get(result.metric);
  const names = usePeopleNames();
  const { episodeList } = result;
  if (episodeList.length === 0) return null;
  // The newest are what the reader remembers.
  const newest = episodeList.toReversed();
  const hidden = isAll ? 0 : Math.max(0, newest.length - SHOWN);
  const hasLabels = newest.some(({ labels }) => Object.keys(labels).length > 0);
  return h(
    'div',
    null,
    h(
      'div',
      { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': t('rule.episodes') },
      h(
        'table',
        { class: 'table rule-episodes' },
        h(
          'thead',
          null,
          h(
            'tr',
            null,
            h('th', { scope: 'col' }, t('rule.firedAt')),
            hasLabels ? h('th', { scope: 'col' }, t('rule.member')) : null,
            h('th', { scope: 'col', class: 'end' }, t('rule.firingFor')),
            h('th', { scope: 'col', class: 'end' }, t('alert.value')),
            h('th', { scope: 'col', class: 'end' }, t('alert.worst')),
            h('th', { scope: 'col' }, t('alert.owner')),
          ),
        ),
        h(
          'tbody',
          null,
          newest.slice(0, newest.length - hidden).map((episode) =>
            h(Row, {
              key: `${episode.startedAt} ${JSON.stringify(episode.labels)}`,
              episode,
              metric,
              names,
              hasLabels,
            }),
          ),
        ),
      ),
    ),
    hidden > 0
      ? h(
          'button',
          { type: 'button', class: 'button', onClick: () => setAll(true) },
          t('metric.more', { n: newest.length }),
        )
      : null,
  );
}

function Row(props: {
  readonly episode: TestedEpisode;
  readonly metric: Known | undefined;
  readonly names: Names;
  readonly hasLabels: boolean;
}): JSX.Element {
  const { episode, metric } = props;
  const value = (text: string | null): string => formatValue(text, unitFor(metric, text), locale());
  const place = { locale: locale(), timezone: metric?.timezone };
  return h(
    'tr',
    null,
    h(
      'th',
      { scope: 'row' },
      formatDateTime(Date.parse(episode.firedAt ?? episode.startedAt), place),
    ),
    props.hasLabels ? h('td', null, labelText(episode.labels, metric)) : null,
    h('td', { class: 'number' }, formatAge(episode.firingSeconds * 1_000, locale())),
    h('td', { class: 'number' }, value(episode.value)),
    h('td', { class: 'number' }, value(episode.worst)),
    h('td', null, nameIn(props.names, episode.owner.accountable ?? '')),
  );
}
