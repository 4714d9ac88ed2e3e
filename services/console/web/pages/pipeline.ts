import { h } from 'preact';
import type { JSX } from 'preact';
import type { PipelineAnswer, PipelineEventType } from '../../core/answers.ts';
import { get } from '../data/api.ts';
import { formatCount } from '../data/format.ts';
import { useResource } from '../data/resource.ts';
import { usePipelineReload } from '../data/use-pipeline-reload.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { Term } from '../parts/link.ts';
import { Empty, Shown, Warnings } from '../parts/notice.ts';
import { Ago, Instant } from '../parts/time.ts';
import { DeadLetters } from './pipeline-dead-letters.ts';
import { Equation } from './pipeline-equation.ts';
import { Instances } from './pipeline-instances.ts';
import { LateEvents } from './pipeline-late-events.ts';
import { Projections } from './pipeline-projections.ts';

/** The stream says each second that watermarks moved: the account is asked for at most this often. */
const REFRESH_MS = 2_000;

/** Whether every record is accounted for, how far behind the values are, and whether ingest lives. */
export function PipelinePage(): JSX.Element {
  const { resource, reload } = useResource('pipeline', (signal) =>
    get<PipelineAnswer>('/v1/pipeline', signal),
  );
  usePipelineReload(reload, REFRESH_MS);
  return h(
    'div',
    { class: 'page' },
    h('div', { class: 'page-head' }, h('h1', null, t('pipeline.title'))),
    h(Shown<PipelineAnswer>, {
      resource,
      reload,
      lines: 8,
      render: (pipeline) =>
        pipeline.eventTypes.length === 0
          ? h(Empty, { title: t('pipeline.empty'), help: t('pipeline.emptyHelp') })
          : h(Pipeline, { pipeline }),
    }),
  );
}

/** Records that no term of any account explains. */
export const differenceOf = (eventTypes: readonly PipelineEventType[]): number =>
  Math.max(
    0,
    ...eventTypes.flatMap(({ metrics }) => metrics.map(({ difference }) => Math.abs(difference))),
  );

function Pipeline(props: { readonly pipeline: PipelineAnswer }): JSX.Element {
  const { eventTypes, projections, warnings } = props.pipeline;
  const difference = differenceOf(eventTypes);
  const isBalanced = difference === 0;
  return h(
    'div',
    { class: 'pipeline' },
    h(
      'section',
      { class: `verdict ${isBalanced ? 'verdict-good' : 'verdict-bad'}` },
      h(
        'p',
        { class: 'verdict-figure', 'data-difference': difference },
        h('span', { class: 'verdict-number' }, formatCount(difference, locale())),
        h('span', { class: 'verdict-word' }, t('pipeline.difference')),
      ),
      h(
        'div',
        null,
        h(
          'p',
          { class: 'verdict-title' },
          isBalanced
            ? t('pipeline.balanced')
            : t('pipeline.unbalanced', { n: formatCount(difference, locale()) }),
        ),
        h('p', { class: 'faint' }, t('pipeline.lead')),
      ),
    ),
    h(Warnings, { warnings }),
    eventTypes.map((eventType) => h(EventType, { key: eventType.eventType, eventType })),
    h(DeadLetters, null),
    h(LateEvents, null),
    h(Projections, { projections }),
  );
}

function EventType(props: { readonly eventType: PipelineEventType }): JSX.Element {
  const { eventType } = props;
  const newest = newestRecord(eventType);
  return h(
    'section',
    { class: 'event-type' },
    h('h2', null, h('code', null, eventType.eventType)),
    h(
      'dl',
      { class: 'headline-terms' },
      h(
        Term,
        { name: t('pipeline.lag') },
        t('pipeline.lagRecords', { n: formatCount(eventType.lagRecords, locale()) }),
      ),
      h(Term, { name: t('pipeline.watermark') }, h(Instant, { at: eventType.watermark })),
      h(Term, { name: t('pipeline.heartbeat') }, h(Ago, { at: newest })),
      h(
        Term,
        { name: t('pipeline.partitions') },
        formatCount(eventType.partitions.length, locale()),
      ),
    ),
    newest === null ? h('p', { class: 'notice notice-warn' }, t('pipeline.noHeartbeat')) : null,
    eventType.metrics.length === 0
      ? h('p', { class: 'faint' }, t('pipeline.noMetric'))
      : h(Equation, { eventType: eventType.eventType, accounts: eventType.metrics }),
    h(Instances, { eventType: eventType.eventType, heartbeats: eventType.heartbeats }),
  );
}

/** The oldest of the partitions' newest records: an idle partition still gets a heartbeat each second. */
export const newestRecord = (eventType: PipelineEventType): string | null =>
  eventType.partitions
    .map(({ lastRecord }) => lastRecord)
    .filter((at) => at !== null)
    .sort()[0] ?? null;
