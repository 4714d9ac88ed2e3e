import { h } from 'preact';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { LateEventsAnswer } from '../../core/late-events.ts';
import { get } from '../data/api.ts';
import { formatAge, formatCount } from '../data/format.ts';
import { useResource } from '../data/resource.ts';
import { usePipelineReload } from '../data/use-pipeline-reload.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { Link } from '../parts/link.ts';
import { Shown } from '../parts/notice.ts';
import { Select } from '../parts/segmented.ts';
import { Instant } from '../parts/time.ts';

const REFRESH_MS = 5_000;
const SHOWN_MAX = 50;

/** What came past the allowed lateness of some metric, and by how much. */
export function LateEvents(): JSX.Element {
  const [metric, setMetric] = useState('');
  const path = `/v1/late-events?limit=${SHOWN_MAX}${metric === '' ? '' : `&metric=${encodeURIComponent(metric)}`}`;
  const { resource, reload } = useResource(path, (signal) => get<LateEventsAnswer>(path, signal));
  usePipelineReload(reload, REFRESH_MS);
  return h(
    'section',
    { class: 'late', id: 'late-events' },
    h('h2', null, t('late.title')),
    h(Shown<LateEventsAnswer>, {
      resource,
      reload,
      lines: 3,
      render: ({ events, counts }) =>
        counts.length === 0
          ? h('p', { class: 'faint' }, t('late.none'))
          : [
              h('p', { class: 'faint' }, t('late.help')),
              h(Select, {
                label: t('late.for'),
                value: metric,
                choices: [
                  { value: '', label: t('late.all') },
                  ...counts.map((one) => ({
                    value: one.metric,
                    label: `${one.metric} (${formatCount(one.events, locale())})`,
                  })),
                ],
                onChoose: setMetric,
              }),
              h(Table, { events }),
            ],
    }),
  );
}

const Table = (props: { readonly events: LateEventsAnswer['events'] }): JSX.Element =>
  h(
    'div',
    { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': t('late.title') },
    h(
      'table',
      { class: 'table' },
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          h('th', { scope: 'col' }, t('late.event')),
          h('th', { scope: 'col' }, t('late.time')),
          h('th', { scope: 'col', class: 'end' }, t('late.by')),
          h('th', { scope: 'col' }, t('late.for')),
        ),
      ),
      h(
        'tbody',
        null,
        props.events.map(({ source, id, position, eventTime, lateBySeconds, metrics }) =>
          h(
            'tr',
            { key: `${position} ${metrics.map((one) => one.version).join(' ')}` },
            h(
              'th',
              { scope: 'row' },
              h(
                Link,
                { to: { page: 'events', source, eventId: id, position } },
                h('code', null, id),
              ),
              h('span', { class: 'faint late-source' }, source),
            ),
            h('td', null, h(Instant, { at: eventTime })),
            h('td', { class: 'number' }, formatAge(lateBySeconds * 1_000, locale())),
            h(
              'td',
              null,
              metrics.map((one) =>
                h(
                  'span',
                  { key: one.metric, class: 'chip' },
                  h(Link, { to: { page: 'metric', id: one.metric, by: [] } }, one.metric),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
  );
