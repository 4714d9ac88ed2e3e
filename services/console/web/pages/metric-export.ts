import { h } from 'preact';
import type { JSX } from 'preact';
import { download } from '../data/download.ts';
import { rangeOf } from '../data/grain.ts';
import type { Beside } from '../data/compare.ts';
import { useAction } from '../data/use-action.ts';
import type { View } from '../data/view.ts';
import { t } from '../i18n/text.ts';

const FORMATS = ['csv', 'xlsx'] as const;

/** What the chart shows, all series of the breakdown, as a file. */
export function Export(props: {
  readonly metric: string;
  readonly view: View;
  readonly beside: Beside | undefined;
}): JSX.Element {
  const { metric, view, beside } = props;
  const action = useAction(() => undefined);
  const pathOf = (format: (typeof FORMATS)[number]): string => {
    const { fromMs, toMs } = rangeOf(view.grain, view.count, view.untilMs ?? Date.now());
    const parameters = new URLSearchParams({
      grain: view.grain,
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      ...(view.by.length > 0 ? { by: view.by.join(',') } : {}),
      ...(beside === undefined ? {} : { compare: beside }),
      format,
      // Excel takes UTF-8 for what it is only so.
      ...(format === 'csv' ? { bom: 'true' } : {}),
    });
    return `/v1/metrics/${encodeURIComponent(metric)}/values?${parameters}`;
  };
  return h(
    'div',
    { class: 'export', role: 'group', 'aria-label': t('metric.export') },
    h('span', { class: 'select-label' }, t('metric.export')),
    FORMATS.map((format) =>
      h(
        'button',
        {
          key: format,
          type: 'button',
          class: 'button',
          disabled: action.isBusy,
          title: t(`metric.export.${format}`),
          onClick: () => void action.run(() => download(pathOf(format))),
        },
        format.toUpperCase(),
      ),
    ),
    action.error
      ? h('p', { class: 'notice notice-warn', role: 'alert' }, action.error.message)
      : null,
  );
}
