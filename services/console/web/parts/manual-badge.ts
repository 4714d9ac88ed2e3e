import { h } from 'preact';
import type { JSX } from 'preact';
import type { MetricSummary } from '../../core/answers.ts';
import { t } from '../i18n/text.ts';
import { Link } from './link.ts';

/** Says that values rest on what people entered; nothing where they do not. */
export const ManualBadge = (props: {
  readonly metric: Pick<MetricSummary, 'manual'> | undefined;
}): JSX.Element | null =>
  (props.metric?.manual ?? []).length === 0
    ? null
    : h('span', { class: 'pill', title: t('manual.meaning') }, t('manual.badge'));

/** Whether people enter the values of the metric itself, not only of some that it is made of. */
export const isEntered = ({ id, manual }: Pick<MetricSummary, 'id' | 'manual'>): boolean =>
  manual?.includes(id) ?? false;

/** To the sheet where the values of a manual metric are entered. */
export const EntryLink = (props: { readonly metric: Pick<MetricSummary, 'id'> }): JSX.Element =>
  h(Link, { to: { page: 'sheet', id: props.metric.id } }, t('manual.enter'));
