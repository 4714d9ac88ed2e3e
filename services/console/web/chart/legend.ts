import { h } from 'preact';
import type { JSX } from 'preact';
import { StateMark } from '../parts/state-badge.ts';
import type { Beside } from '../data/compare.ts';
import { t } from '../i18n/text.ts';

const STATES = ['open', 'closed', 'revised', 'final', 'restated', 'rebuilding'] as const;

/** What the marks of the chart mean, in words. */
export const Legend = (props: {
  readonly beside: Beside | undefined;
  readonly hasEpisodes: boolean;
  readonly hasVersions: boolean;
  readonly hasNotes: boolean;
  readonly hasTarget: boolean;
}): JSX.Element =>
  h(
    'ul',
    { class: 'legend', 'aria-label': t('metric.legend') },
    STATES.map((state) =>
      h(
        'li',
        { key: state, title: t(`state.${state}.meaning`) },
        h(StateMark, { state }),
        t(`state.${state}`),
      ),
    ),
    h(
      'li',
      { title: t('metric.asOfHelp') },
      h('span', { class: 'legend-tide' }),
      t('metric.watermark'),
    ),
    props.hasEpisodes
      ? h('li', null, h('span', { class: 'legend-episode' }), t('metric.alertMark'))
      : null,
    props.hasVersions
      ? h('li', null, h('span', { class: 'legend-version' }), t('metric.versionMark'))
      : null,
    props.hasNotes ? h('li', null, h('span', { class: 'legend-note' }), t('metric.note')) : null,
    props.hasTarget
      ? h('li', null, h('span', { class: 'legend-target' }), t('metric.target'))
      : null,
    props.beside === undefined
      ? null
      : h('li', null, h('span', { class: 'legend-beside' }), t(`compare.${props.beside}`)),
  );
