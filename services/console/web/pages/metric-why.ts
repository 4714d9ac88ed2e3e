import { h } from 'preact';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type {
  MetricAnswer,
  PipelineAnswer,
  PipelineProjection,
  Point,
} from '../../core/answers.ts';
import { get } from '../data/api.ts';
import { formatCount, formatDateTime, formatShare, windowText } from '../data/format.ts';
import type { ShownGrain } from '../data/grain.ts';
import { shownCompleteness } from '../data/points.ts';
import { useResource } from '../data/resource.ts';
import { usePipelineReload } from '../data/use-pipeline-reload.ts';
import { cursorText } from '../data/verify.ts';
import type { Verified } from '../data/verify.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { Term } from '../parts/link.ts';
import { Shown } from '../parts/notice.ts';
import { StateBadge, shownState } from '../parts/state-badge.ts';
import { Verify } from './metric-verify.ts';

/**
 * What the chosen number rests on: its window and state, how complete it is, the definition's version, how far the log was
 * counted, and whether the log bears it out.
 */
export function Why(props: {
  readonly metric: MetricAnswer;
  /** Whose number it is, where the metric is broken down. */
  readonly member: string | undefined;
  readonly grain: ShownGrain;
  readonly point: Point | undefined;
  readonly watermark: string | null;
}): JSX.Element {
  const { metric, grain, point, watermark } = props;
  const place = { locale: locale(), timezone: metric.timezone };
  const [found, setFound] = useState<{ readonly of: string; readonly verified: Verified }>();
  const of = `${metric.id} ${metric.version} ${grain} ${point?.start ?? ''}`;
  const verified = found?.of === of ? found.verified : undefined;
  return h(
    'section',
    { class: 'panel' },
    h('h2', null, t('metric.why')),
    point === undefined
      ? h('p', { class: 'faint' }, t('metric.whyHelp'))
      : h(
          'div',
          { class: 'why-window' },
          props.member === undefined ? null : h('p', null, h('strong', null, props.member)),
          h('p', null, windowText(point, grain, place)),
          h(StateBadge, { point }),
          h('p', { class: 'faint' }, t(`state.${shownState(point)}.meaning`)),
        ),
    h(
      'dl',
      { class: 'terms' },
      point && point.revision > 0
        ? h(Term, { name: t('state.revised') }, t('state.revision', { n: point.revision }))
        : null,
      point ? h(Term, { name: t('metric.count') }, formatCount(point.count, place.locale)) : null,
      point
        ? h(
            Term,
            { name: t('metric.completeness') },
            formatShare(shownCompleteness(point, watermark), place.locale),
          )
        : null,
      h(
        Term,
        { name: t('metric.watermark') },
        watermark === null ? t('time.unknown') : formatDateTime(Date.parse(watermark), place),
      ),
      h(Term, { name: t('metric.version') }, h('code', null, metric.version)),
    ),
    verified
      ? h(CursorList, { help: t('metric.cursorsVerified'), cursors: verified.cursors })
      : h(Cursors, { metric }),
    point
      ? h(Verify, {
          key: of,
          metric,
          point,
          verified,
          onVerified: (next) => setFound({ of, verified: next }),
        })
      : null,
  );
}

const CURSORS_REFRESH_MS = 5_000;

function Cursors(props: { readonly metric: MetricAnswer }): JSX.Element {
  const { metric } = props;
  const { resource, reload } = useResource(`cursors ${metric.id}`, async (signal) => {
    const pipeline = await get<PipelineAnswer>('/v1/pipeline', signal);
    const sources = metric.kind === 'derived' ? metric.lineage.inputs : [metric.id];
    return pipeline.projections.filter((projection) => sources.includes(projection.metric));
  });
  usePipelineReload(reload, CURSORS_REFRESH_MS);
  return h(CursorList, {
    help: t('metric.cursorsHelp'),
    cursors: h(Shown<readonly PipelineProjection[]>, {
      resource,
      reload,
      lines: 3,
      render: (projections) =>
        projections.flatMap((projection) =>
          projection.cursors.map(({ next, ...place }) =>
            cursorLine(cursorText(projection.metric, { ...place, offset: next })),
          ),
        ),
    }),
  });
}

/** Positions in the log: those of the verified number, or where the metric is now. */
const CursorList = (props: {
  readonly help: string;
  readonly cursors: readonly string[] | JSX.Element;
}): JSX.Element =>
  h(
    'details',
    { class: 'cursors' },
    h('summary', null, t('metric.cursors')),
    h('p', { class: 'faint' }, props.help),
    'map' in props.cursors ? props.cursors.map(cursorLine) : props.cursors,
  );

const cursorLine = (text: string): JSX.Element => h('code', { key: text, class: 'cursor' }, text);
