import { h } from 'preact';
import type { ComponentChildren, JSX } from 'preact';
import { get } from '../../data/api.ts';
import type { PruneAnswer } from '../../data/catalog.ts';
import { formatCount } from '../../data/format.ts';
import { nameOf, useMetrics } from '../../data/metric-names.ts';
import { useResource } from '../../data/resource.ts';
import { useCatalogChanges } from '../../data/use-told.ts';
import { locale } from '../../i18n/language.ts';
import { t } from '../../i18n/text.ts';
import { Link } from '../../parts/link.ts';
import { Empty, Shown } from '../../parts/notice.ts';

/** Metrics that could go, each with the figures that say so and what to do about it. */
export function PrunePage(): JSX.Element {
  const { resource, reload } = useResource('prune', (signal) =>
    get<PruneAnswer>('/v1/catalog/prune', signal),
  );
  useCatalogChanges(undefined, reload);
  return h(
    'div',
    { class: 'page' },
    h('div', { class: 'page-head' }, h('h1', null, t('catalog.prune'))),
    h(Shown<PruneAnswer>, { resource, reload, lines: 8, render: shownAnswer }),
  );
}

const shownAnswer = (answer: PruneAnswer): ComponentChildren => [
  answer.warnings.map((warning) => h('p', { key: warning, class: 'notice notice-warn' }, warning)),
  h(
    'p',
    { key: 'count', class: 'lead' },
    t('catalog.prune.count', {
      n: formatCount(new Set(answer.findings.map(({ metric }) => metric)).size, locale()),
      total: formatCount(answer.metrics, locale()),
    }),
  ),
  answer.findings.length === 0
    ? h(Empty, { key: 'none', title: t('catalog.prune.none') })
    : h(Findings, { key: 'findings', answer }),
  answer.unjudged.length === 0 ? null : h(Unjudged, { key: 'unjudged', answer }),
];

const Findings = ({ answer }: { readonly answer: PruneAnswer }): JSX.Element => {
  const metrics = useMetrics();
  return h(
    'ul',
    { class: 'messages prune' },
    answer.findings.map(({ metric, code, reason, action }) =>
      h(
        'li',
        { key: `${metric} ${code}`, class: 'message' },
        h(
          'p',
          { class: 'message-title' },
          h(
            Link,
            { to: { page: 'document', kind: 'Metric', id: metric } },
            h('span', { title: metric }, nameOf(metrics.get(metric), metric)),
          ),
          h('span', { class: 'pill' }, t(`catalog.prune.${code}`)),
        ),
        h('p', null, reason),
        h('p', { class: 'faint' }, action),
      ),
    ),
  );
};

/** Pairs of the same inputs that could not be compared: nothing is said against them. */
const Unjudged = ({ answer }: { readonly answer: PruneAnswer }): JSX.Element =>
  h(
    'details',
    null,
    h('summary', null, t('catalog.prune.unjudged', { n: answer.unjudged.length })),
    h(
      'ul',
      null,
      answer.unjudged.map(({ metric, of, reason }) =>
        h('li', { key: `${metric} ${of}` }, h('code', null, `${metric} ~ ${of}`), ` ${reason}`),
      ),
    ),
  );
