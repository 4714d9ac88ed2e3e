import { h } from 'preact';
import type { JSX } from 'preact';
import type { DifferenceAnswer } from '../../../core/catalog/difference.ts';
import { get } from '../../data/api.ts';
import { draftPath } from '../../data/catalog.ts';
import { formatCount, formatDateTime, formatShare, formatValue } from '../../data/format.ts';
import { GRAINS } from '../../data/grain.ts';
import { labelText, unitFor, useMetrics } from '../../data/metric-names.ts';
import type { Known } from '../../data/metric-names.ts';
import { shown, useResource } from '../../data/resource.ts';
import { usePipelineReload } from '../../data/use-pipeline-reload.ts';
import { locale } from '../../i18n/language.ts';
import { t } from '../../i18n/text.ts';
import { Term } from '../../parts/link.ts';
import { Shown } from '../../parts/notice.ts';

/** Each step that the candidate takes is shown; the stream tells of the pipeline each second. */
const FILLING_REFRESH_MS = 500;
/** Either version may still be counting what came meanwhile: what is told once is not told for good. */
const REFRESH_MS = 5_000;

/** Which stored windows a changed metric would change, and by how much: its candidate is counted beside it. */
export function DifferenceReport(props: { readonly id: string }): JSX.Element {
  const { id } = props;
  const { resource, reload } = useResource(`difference ${id}`, (signal) =>
    get<DifferenceAnswer>(`${draftPath('Metric', id)}/difference?limit=50`, signal),
  );
  const metric = useMetrics().get(id);
  const isFilling = shown(resource)?.state === 'filling';
  usePipelineReload(reload, isFilling ? FILLING_REFRESH_MS : REFRESH_MS);
  return h(
    'section',
    null,
    h('h2', null, t('catalog.difference')),
    h(Shown<DifferenceAnswer>, {
      resource,
      reload,
      lines: 4,
      render: (answer) => h(Report, { answer, metric }),
    }),
  );
}

function Report(props: {
  readonly answer: DifferenceAnswer;
  readonly metric: Known | undefined;
}): JSX.Element {
  const { answer, metric } = props;
  if (answer.state === 'none') return h('p', { class: 'faint' }, t('catalog.difference.none'));
  if (answer.state === 'filling')
    return h(
      'p',
      { role: 'status' },
      t('catalog.difference.filling', { share: formatShare(answer.progress ?? 0, locale()) }),
      ' ',
      h('progress', {
        'aria-label': t('catalog.difference'),
        max: 1,
        value: answer.progress ?? 0,
      }),
    );
  const { windows, total, grain } = answer;
  // That nothing changes is only said where something was compared.
  if (windows.total === 0 && windows.open > 0)
    return h(
      'p',
      { class: 'notice notice-warn', role: 'status', 'data-changed': windows.changed },
      t('catalog.difference.onlyOpen', { n: formatCount(windows.open, locale()) }),
    );
  const count = (value: number): string => formatCount(value, locale());
  const value = (text: string | null): string => formatValue(text, unitFor(metric, text), locale());
  return h(
    'div',
    { 'data-changed': windows.changed },
    h(
      'dl',
      { class: 'headline-terms difference-terms' },
      h(
        Term,
        { name: t('catalog.difference.changed') },
        t('catalog.difference.of', { n: count(windows.changed), total: count(windows.total) }),
      ),
      h(Term, { name: t('catalog.difference.added') }, count(windows.added)),
      h(Term, { name: t('catalog.difference.removed') }, count(windows.removed)),
      h(
        Term,
        { name: t('catalog.difference.total') },
        h('span', { class: 'number' }, `${value(total.before)} → ${value(total.after)}`),
      ),
      h(Term, { name: t('metric.grain') }, grainText(grain)),
      windows.open === 0
        ? null
        : h(
            Term,
            { name: t('catalog.difference.open') },
            t('catalog.difference.openWindows', { n: count(windows.open) }),
          ),
    ),
    answer.items.length === 0 ? null : h(Windows, { answer, metric }),
  );
}

/** The grain is one that is kept, where none was asked for. */
const grainText = (grain: string): string => {
  const kept = GRAINS.find((one) => one === grain);
  return kept === undefined ? grain : t(`window.${kept}`);
};

function Windows(props: {
  readonly answer: DifferenceAnswer;
  readonly metric: Known | undefined;
}): JSX.Element {
  const { answer, metric } = props;
  const value = (text: string | null): string => formatValue(text, unitFor(metric, text), locale());
  const place = { locale: locale(), timezone: metric?.timezone };
  return h(
    'div',
    { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': t('catalog.difference') },
    h(
      'table',
      { class: 'table' },
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          h('th', { scope: 'col' }, t('metric.window')),
          h('th', { scope: 'col', class: 'end' }, t('catalog.difference.before')),
          h('th', { scope: 'col', class: 'end' }, t('catalog.difference.after')),
          h('th', { scope: 'col', class: 'end' }, t('catalog.difference.change')),
        ),
      ),
      h(
        'tbody',
        null,
        answer.items.map(({ labels, start, before, after, change }) =>
          h(
            'tr',
            { key: `${start} ${JSON.stringify(labels)}` },
            h(
              'th',
              { scope: 'row' },
              formatDateTime(Date.parse(start), place),
              Object.keys(labels).length === 0
                ? null
                : h('span', { class: 'faint' }, ` · ${labelText(labels, props.metric)}`),
            ),
            h('td', { class: 'number' }, value(before)),
            h('td', { class: 'number' }, value(after)),
            h('td', { class: 'number' }, value(change)),
          ),
        ),
      ),
    ),
  );
}
