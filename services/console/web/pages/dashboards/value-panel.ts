import { h } from 'preact';
import type { JSX } from 'preact';
import type { ValuePanel } from '../../../../kernel/catalog/dashboard-panels.ts';
import type { MetricSummary } from '../../../core/answers.ts';
import { clock } from '../../data/clock.ts';
import { comparedPoint } from '../../data/compare.ts';
import { currentPoint } from '../../data/points.ts';
import { windowText } from '../../data/format.ts';
import { locale } from '../../i18n/language.ts';
import { LiveNumber } from '../../parts/live-number.ts';
import { Shown } from '../../parts/notice.ts';
import { Sparkline } from '../../parts/sparkline.ts';
import { StateBadge } from '../../parts/state-badge.ts';
import { targetTexts } from '../metric-target.ts';
import { DifferenceView, differenceOf } from './difference.ts';
import { PanelFrame } from './panel-frame.ts';
import { requestOf } from './panel-query.ts';
import type { PanelView } from './panel-view.ts';
import { usePanel } from './use-panel.ts';

/** One number, what it is set against, and the windows before it. */
export function ValueView(props: {
  readonly panel: ValuePanel;
  readonly metric: MetricSummary;
  readonly view: PanelView;
}): JSX.Element {
  const { panel, metric, view } = props;
  const { query, unfiltered } = requestOf(panel, metric, view);
  const { resource, series, reload } = usePanel(query);
  const [first] = [...series.values()];
  const points = first?.points ?? [];
  const point = currentPoint(points, view.untilMs ?? clock.value);
  const compared = comparedPoint(points, point);
  const place = { locale: locale(), timezone: metric.timezone };
  return h(
    PanelFrame,
    { panel, metric, grain: query.grain, unfiltered, note: Object.values(query.where).join(', ') },
    h(Shown, {
      resource,
      reload,
      lines: 2,
      render: () => [
        h(
          'div',
          { class: 'value-figure' },
          h(LiveNumber, { value: point?.value, unit: metric.unit, class: 'number-panel' }),
        ),
        h(DifferenceView, {
          difference: differenceOf(compared, query.compare),
          compare: query.compare,
          direction: metric.direction,
          unit: metric.unit,
          window:
            compared && compared !== point ? windowText(compared, query.grain, place) : undefined,
        }),
        ...(point ? targetTexts(point, metric.unit) : []).map((text) =>
          h('p', { class: 'value-window faint' }, text),
        ),
        h(
          'p',
          { class: 'value-window' },
          h('span', { class: 'faint' }, point ? windowText(point, query.grain, place) : ''),
          h(StateBadge, { point }),
        ),
        h(Sparkline, { points }),
      ],
    }),
  );
}
