import { h } from 'preact';
import type { JSX } from 'preact';
import type { MetricAnswer } from '../../core/answers.ts';
import { formatAge } from '../data/format.ts';
import { dimensionText, unitText } from '../data/metric-names.ts';
import { useDocumentNames } from '../data/people-names.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import type { TextKey } from '../i18n/texts.ts';
import { Link, Term } from '../parts/link.ts';
import { Named, ownerText } from '../parts/owner.ts';

/** What is counted, and who answers for it. */
export function Definition(props: { readonly metric: MetricAnswer }): JSX.Element {
  const { metric } = props;
  const { definition } = metric;
  const text = (name: string): string | undefined =>
    typeof definition[name] === 'string' ? definition[name] : undefined;
  const lateness = definition['latenessMs'];
  return h(
    'section',
    { class: 'panel' },
    h('h2', null, t('metric.definition')),
    h(
      'dl',
      { class: 'terms' },
      h(Term, { name: t('metric.owner') }, ownerText(metric.owner, metric.ownerName)),
      codeTerm('metric.formula', text('formula')),
      codeTerm('metric.aggregation', text('aggregation')),
      codeTerm('metric.value', text('value')),
      codeTerm('metric.entity', text('entity')),
      codeTerm('metric.where', text('where')),
      codeTerm('metric.event', text('event')),
      metric.lineage.inputs.length === 0
        ? null
        : h(
            Term,
            { name: t('metrics.title') },
            metric.lineage.inputs.map((id) =>
              h(Link, { key: id, to: { page: 'metric', id, by: [] }, class: 'chip' }, id),
            ),
          ),
      h(Term, { name: t('metric.unit') }, unitText(metric.unit) || metric.unit.code),
      h(Dimensions, { metric }),
      h(Term, { name: t('metric.timezone') }, metric.timezone),
      h(Calendar, { metric }),
      typeof lateness === 'number'
        ? h(Term, { name: t('metric.lateness') }, formatAge(lateness, locale()))
        : null,
    ),
    h(
      'p',
      { class: 'panel-links' },
      h(Link, { to: { page: 'document', kind: 'Metric', id: metric.id } }, t('catalog.toDocument')),
      h(
        Link,
        { to: { page: 'newDocument', kind: 'AlertRule', metric: metric.id } },
        t('rule.newFor'),
      ),
    ),
  );
}

/** Of what its years to weeks are, where they are not Gregorian. */
function Calendar({ metric }: { readonly metric: MetricAnswer }): JSX.Element | null {
  const names = useDocumentNames();
  const { id } = (metric.definition['calendar'] ?? {}) as { readonly id?: string };
  if (id === undefined) return null;
  return h(
    Term,
    { name: t('catalog.kind.Calendar') },
    h(
      Link,
      { to: { page: 'document', kind: 'Calendar', id } },
      h(Named, { of: `Calendar/${id}`, names }),
    ),
  );
}

/** What values are broken down by; as formulas and files write it where it has another name. */
function Dimensions({ metric }: { readonly metric: MetricAnswer }): JSX.Element | null {
  const dimensions = [...new Set(metric.breakdowns.flat())];
  if (dimensions.length === 0) return null;
  return h(
    Term,
    { name: t('metric.dimensions') },
    dimensions.map((dimension) => {
      const name = dimensionText(dimension, metric);
      return h('span', { key: dimension, class: 'chip', title: dimension }, name);
    }),
  );
}

function codeTerm(key: TextKey, value: string | undefined): JSX.Element | null {
  if (value === undefined) return null;
  return h(Term, { name: (t as (key: TextKey) => string)(key) }, h('code', null, value));
}
