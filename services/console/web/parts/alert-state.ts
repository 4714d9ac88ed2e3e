import { h } from 'preact';
import type { JSX } from 'preact';
import type { Severity } from '../../../kernel/definitions.ts';
import { isGivenUp, isRetracted } from '../data/alerts.ts';
import type { AlertSummary } from '../data/alerts.ts';
import { t } from '../i18n/text.ts';

/** The condition as a word in its colour. */
export const AlertState = (props: {
  readonly alert: Pick<AlertSummary, 'state' | 'outcome'>;
}): JSX.Element =>
  h(
    'span',
    { class: `pill pill-${props.alert.state}`, 'data-state': props.alert.state },
    t(`alert.state.${endOf(props.alert) ?? props.alert.state}`),
  );

/** How it is over, where nothing has recovered. */
const endOf = (alert: Pick<AlertSummary, 'state' | 'outcome'>): 'over' | 'retracted' | undefined =>
  isRetracted(alert) ? 'retracted' : isGivenUp(alert) ? 'over' : undefined;

/** Severity as a word under as many strokes as it is grave. */
export const SeverityMark = (props: { readonly severity: Severity }): JSX.Element =>
  h(
    'span',
    { class: `severity severity-${props.severity}` },
    h(
      'svg',
      { viewBox: '0 0 13 10', 'aria-hidden': 'true' },
      STROKES.map((x, i) =>
        h('path', {
          key: x,
          d: `M${String(x)} 10v-${String(4 + i * 3)}`,
          class: i < WEIGHT[props.severity] ? 'stroke-on' : 'stroke-off',
        }),
      ),
    ),
    t(`alert.severity.${props.severity}`),
  );

const STROKES = [2, 6.5, 11] as const;
const WEIGHT: Readonly<Record<Severity, number>> = { info: 1, warning: 2, critical: 3 };
