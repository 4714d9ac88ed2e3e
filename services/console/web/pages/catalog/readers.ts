import { h } from 'preact';
import type { JSX } from 'preact';
import type { PipelineAnswer } from '../../../core/answers.ts';
import { get } from '../../data/api.ts';
import type { Names } from '../../data/people-names.ts';
import { useResource } from '../../data/resource.ts';
import { useCatalogChanges } from '../../data/use-told.ts';
import { t } from '../../i18n/text.ts';
import { Shown } from '../../parts/notice.ts';
import { Side } from './facts.ts';

/** The metrics that count the events of a type. */
export function ReadersPanel(props: {
  readonly eventType: string;
  readonly names: Names;
}): JSX.Element {
  const { eventType, names } = props;
  const { resource, reload } = useResource('readers', (signal) =>
    get<PipelineAnswer>('/v1/pipeline', signal),
  );
  useCatalogChanges(['Metric', 'EventType'], reload);
  return h(
    'section',
    { class: 'panel' },
    h(Shown<PipelineAnswer>, {
      resource,
      reload,
      lines: 4,
      render: ({ eventTypes }) => {
        const { metrics = [] } = eventTypes.find((one) => one.eventType === eventType) ?? {};
        const rows = metrics.map(({ metric }) => ({
          kind: 'Metric',
          id: metric,
          as: [],
          distance: 1,
        }));
        return h(Side, { title: t('catalog.uses'), rows, names });
      },
    }),
  );
}
