import { h } from 'preact';
import type { JSX } from 'preact';
import type { PipelineAnswer } from '../../../core/answers.ts';
import type { AlertsAnswer } from '../../data/alerts.ts';
import { get } from '../../data/api.ts';
import { formatAge, formatCount } from '../../data/format.ts';
import { behindMs, illsOf } from '../../data/home.ts';
import type { Ill } from '../../data/home.ts';
import { shown, useResource } from '../../data/resource.ts';
import type { Resource } from '../../data/resource.ts';
import { saidWords } from '../../data/said-words.ts';
import { useReloadWhenTold } from '../../data/use-many.ts';
import { locale } from '../../i18n/language.ts';
import { t } from '../../i18n/text.ts';
import { Link } from '../../parts/link.ts';
import { Shown } from '../../parts/notice.ts';

type Told = Pick<AlertsAnswer, 'alerts' | 'health'>;

/** In one line whether all is well, else all that is not. */
export function Health(props: { readonly told: Resource<Told> }): JSX.Element {
  const pipeline = useResource('home pipeline', (signal) =>
    get<PipelineAnswer>('/v1/pipeline', signal),
  );
  useReloadWhenTold(pipeline, 'pipeline');
  const told = shown(props.told) ?? { alerts: [], health: [] };
  return h(Shown<PipelineAnswer>, {
    ...pipeline,
    lines: 1,
    render: (answer) =>
      h(Verdict, {
        ills: illsOf(answer, told),
        behind: behindMs(answer),
        burning: told.alerts.filter(({ state }) => state === 'firing').length,
      }),
  });
}

function Verdict(props: {
  readonly ills: readonly Ill[];
  readonly behind: number | null;
  /** Alerts that fire, grave or not: with them it is not all that is well. */
  readonly burning: number;
}): JSX.Element {
  const { ills, behind, burning } = props;
  const isWell = ills.length === 0;
  const well =
    behind === null
      ? t('home.wellEmpty')
      : t('home.wellDetail', { age: formatAge(behind, locale()) });
  return h(
    'div',
    { class: `health ${isWell ? 'health-well' : 'health-ill'}`, role: 'status' },
    h('strong', null, isWell ? t(burning > 0 ? 'home.wellData' : 'home.well') : t('home.ill')),
    isWell
      ? h('span', null, well)
      : h(
          'ul',
          null,
          ills.map((ill) => h('li', { key: JSON.stringify(ill) }, textOf(ill))),
        ),
    h(Link, { to: { page: 'pipeline' } }, t('home.toPipeline')),
  );
}

function textOf(ill: Ill): string {
  const age = (seconds: number): string => formatAge(seconds * 1_000, locale());
  switch (ill.kind) {
    case 'firing':
      return t('home.ill.firing', { n: formatCount(ill.count, locale()) });
    case 'unaccounted':
      return t('home.ill.unaccounted', { n: formatCount(ill.count, locale()) });
    case 'still':
      return t('home.ill.still', { name: ill.eventType, age: age(ill.seconds) });
    case 'nothing':
      return t('home.ill.nothing', { name: ill.eventType });
    case 'waiting':
      return t('home.ill.waiting', { name: ill.instance, age: age(ill.seconds) });
    case 'silent':
      return t('home.ill.silent', { names: ill.sources.join(', ') });
    case 'rebuilding':
      return t('home.ill.rebuilding', { names: ill.metrics.join(', ') });
    case 'incomplete':
      return t('home.ill.incomplete', { names: ill.metrics.join(', ') });
    case 'unjudged':
      return t('home.ill.unjudged', { n: formatCount(ill.count, locale()) });
    case 'warning':
      return saidWords(ill.detail);
  }
}
