import { h } from 'preact';
import type { JSX } from 'preact';
import type { PipelineProjection } from '../../core/answers.ts';
import { formatCount } from '../data/format.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { Link } from '../parts/link.ts';
import { Instant } from '../parts/time.ts';

/** Every metric version that is kept in Redis: how far it has read, and whether it may be believed. */
export function Projections(props: {
  readonly projections: readonly PipelineProjection[];
}): JSX.Element {
  const columns = ['projection', 'state', 'watermark', 'lag', 'series', 'cursors'] as const;
  return h(
    'section',
    null,
    h('h2', null, t('pipeline.projections')),
    h(
      'div',
      { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': t('pipeline.projections') },
      h(
        'table',
        { class: 'table' },
        h(
          'thead',
          null,
          h(
            'tr',
            null,
            columns.map((name) =>
              h(
                'th',
                {
                  key: name,
                  scope: 'col',
                  class: name === 'lag' || name === 'series' ? 'end' : '',
                },
                t(`pipeline.${name}`),
              ),
            ),
          ),
        ),
        h(
          'tbody',
          null,
          props.projections.map((projection) =>
            h(Row, { key: `${projection.metric}@${projection.version}`, projection }),
          ),
        ),
      ),
    ),
  );
}

function Row(props: { readonly projection: PipelineProjection }): JSX.Element {
  const { projection } = props;
  const { metric, version, state, cursors, refused } = projection;
  const count = (value: number): string => formatCount(value, locale());
  const missing = cursors.reduce((sum, cursor) => sum + cursor.missing, 0);
  return h(
    'tr',
    null,
    h(
      'th',
      { scope: 'row' },
      h(Link, { to: { page: 'metric', id: metric, by: [] } }, metric),
      h('code', { class: 'faint version' }, version),
    ),
    h(
      'td',
      null,
      h('span', { class: `pill pill-${state}` }, t(`pipeline.state.${state}`)),
      missing > 0
        ? h('p', { class: 'trouble' }, t('pipeline.missing', { n: count(missing) }))
        : null,
    ),
    h('td', null, h(Instant, { at: projection.watermark })),
    h('td', { class: 'number' }, count(projection.lagRecords)),
    h(
      'td',
      { class: 'number' },
      count(projection.series),
      refused > 0
        ? h('p', { class: 'trouble' }, t('pipeline.refused', { n: count(refused) }))
        : null,
    ),
    h('td', null, h(Cursors, { cursors })),
  );
}

const CURSORS_SHOWN = 4;

function Cursors(props: { readonly cursors: PipelineProjection['cursors'] }): JSX.Element {
  const { cursors } = props;
  const shown = cursors.slice(0, CURSORS_SHOWN);
  return h(
    'span',
    { class: 'cursor-list' },
    shown.map(({ topic, partition, next, end }) =>
      h(
        'code',
        {
          key: `${topic} ${String(partition)}`,
          class: 'cursor',
          title: `${topic}/${String(partition)}: ${String(next)} / ${String(end)}`,
        },
        `${String(partition)}@${String(next)}`,
      ),
    ),
    cursors.length > shown.length
      ? h('span', { class: 'faint' }, `+${String(cursors.length - shown.length)}`)
      : null,
  );
}
