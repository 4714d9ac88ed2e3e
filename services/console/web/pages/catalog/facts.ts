import { h } from 'preact';
import type { JSX } from 'preact';
import type { Json } from '../../../../kernel/json.ts';
import type { LineageAnswer } from '../../../core/catalog-answers.ts';
import type { DocumentAnswer } from '../../../core/catalog/answers.ts';
import { sidesOf } from '../../data/catalog-lineage.ts';
import type { LineageRow } from '../../data/catalog-lineage.ts';
import { get } from '../../data/api.ts';
import type { Names } from '../../data/people-names.ts';
import { useResource } from '../../data/resource.ts';
import { useCatalogChanges } from '../../data/use-told.ts';
import { t } from '../../i18n/text.ts';
import { Link, Term } from '../../parts/link.ts';
import { Shown } from '../../parts/notice.ts';
import { Named } from '../../parts/owner.ts';
import { Instant } from '../../parts/time.ts';
import { kindText } from './document-state.ts';

/** Who published what stands, when, from where; and the draft beside it. */
export function Facts(props: {
  readonly document: DocumentAnswer;
  readonly names: Names;
}): JSX.Element {
  const { names } = props;
  const { published, draft, retired } = props.document;
  return h(
    'section',
    { class: 'panel' },
    h(
      'dl',
      { class: 'terms' },
      published && [
        h(
          Term,
          { key: 'published', name: t('catalog.publishedAt') },
          h(Instant, { at: published.at }),
          ' · ',
          h(Named, { of: published.author, names }),
        ),
        h(
          Term,
          { key: 'origin', name: t('catalog.origin') },
          t(`catalog.origin.${published.origin}`),
        ),
        published.version === null
          ? null
          : h(
              Term,
              { key: 'version', name: t('metric.version') },
              h('code', null, published.version),
            ),
        isPaused(published.document)
          ? h(Term, { key: 'paused', name: t('rule.state') }, t('rule.paused'))
          : null,
      ],
      retired &&
        h(
          Term,
          { name: t('catalog.state.retired') },
          h(Instant, { at: retired.at }),
          ' · ',
          h(Named, { of: retired.by, names }),
          retired.reason === undefined ? null : h('p', { class: 'faint' }, retired.reason),
        ),
      draft &&
        h(
          Term,
          { name: t(`catalog.state.${draft.state}`) },
          h(Instant, { at: draft.at }),
          ' · ',
          h(Named, { of: draft.author, names }),
          draft.note === undefined ? null : h('p', { class: 'faint' }, draft.note),
        ),
    ),
  );
}

const isPaused = (document: Json): boolean =>
  (document as { readonly spec?: { readonly paused?: boolean } } | null)?.spec?.paused === true;

/** What a metric comes from and what depends on it. */
export function LineagePanel(props: {
  readonly metric: string;
  readonly names: Names;
}): JSX.Element {
  const { metric, names } = props;
  const { resource, reload } = useResource(`lineage ${metric}`, (signal) =>
    get<LineageAnswer>(`/v1/catalog/lineage/${encodeURIComponent(metric)}`, signal),
  );
  useCatalogChanges(['Metric', 'EventType', 'Calendar', 'AlertRule'], reload);
  return h(
    'section',
    { class: 'panel' },
    h(Shown<LineageAnswer>, {
      resource,
      reload,
      lines: 4,
      render: (answer) => {
        const { sources, uses } = sidesOf(answer);
        return [
          h(Side, { key: 'sources', title: t('catalog.sources'), rows: sources, names }),
          h(Side, { key: 'uses', title: t('catalog.uses'), rows: uses, names }),
        ];
      },
    }),
  );
}

export const Side = (props: {
  readonly title: string;
  readonly rows: readonly LineageRow[];
  readonly names: Names;
}): JSX.Element =>
  h(
    'div',
    { class: 'lineage-side' },
    h('h2', null, props.title),
    props.rows.length === 0
      ? h('p', { class: 'faint' }, t('catalog.noLineage'))
      : h(
          'ul',
          null,
          props.rows.map((row) =>
            h(
              'li',
              { key: `${row.kind}/${row.id}`, class: row.distance > 1 ? 'lineage-far' : undefined },
              row.kind === 'Field'
                ? h('code', null, row.id.slice(row.id.indexOf('#') + 1))
                : h(
                    Link,
                    { to: { page: 'document', kind: row.kind, id: row.id } },
                    h(Named, { of: `${row.kind}/${row.id}`, names: props.names }),
                  ),
              h(
                'span',
                { class: 'faint' },
                row.kind === 'Field'
                  ? row.as.join(', ')
                  : [kindText(row.kind), row.as.join(', ')].filter(Boolean).join(' · '),
              ),
            ),
          ),
        ),
  );
