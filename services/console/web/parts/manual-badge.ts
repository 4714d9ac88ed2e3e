import { h } from 'preact';
import type { JSX } from 'preact';
import type { MetricSummary } from '../../core/answers.ts';
import { t } from '../i18n/text.ts';

/** Says that values rest on what people entered; nothing where they do not. */
export const ManualBadge = (props: {
  readonly metric: Pick<MetricSummary, 'manual'> | undefined;
}): JSX.Element | null =>
  (props.metric?.manual ?? []).length === 0
    ? null
    : h('span', { class: 'pill', title: t('manual.meaning') }, t('manual.badge'));
