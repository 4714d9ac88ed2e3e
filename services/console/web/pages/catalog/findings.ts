import { h } from 'preact';
import type { JSX } from 'preact';
import type { Findings, TextFaultAnswer } from '../../../core/catalog/answers.ts';
import type { Check } from '../../data/catalog-check.ts';
import type { Place } from '../../data/catalog-position.ts';
import { formatCount } from '../../data/format.ts';
import { useDocumentNames } from '../../data/people-names.ts';
import type { Names } from '../../data/people-names.ts';
import { locale } from '../../i18n/language.ts';
import { t } from '../../i18n/text.ts';
import { Link } from '../../parts/link.ts';
import { reasonOf } from '../../parts/notice.ts';
import { Named } from '../../parts/owner.ts';

/** What is said of a text while it is typed: whether it can be published, what is wrong and where, what it would do. */
export function LiveFindings(props: {
  readonly check: Check;
  readonly onJump: (place: Place) => void;
}): JSX.Element {
  const { answer, error, isCurrent } = props.check;
  return h(
    'section',
    { class: 'panel findings', 'aria-busy': !isCurrent },
    h('h2', null, t('catalog.check')),
    error
      ? h('p', { class: 'notice notice-bad', role: 'alert' }, reasonOf(error))
      : h(Verdict, { faults: answer?.faults, isCurrent }),
    answer && h(Faults, { faults: answer.faults, onJump: props.onJump }),
    // What a text that cannot be published would do is nothing.
    answer?.faults.length === 0 ? h(Consequences, { findings: answer }) : null,
  );
}

function Verdict(props: {
  readonly faults: readonly TextFaultAnswer[] | undefined;
  readonly isCurrent: boolean;
}): JSX.Element {
  const { faults, isCurrent } = props;
  const count = faults?.length ?? 0;
  const text =
    faults === undefined || !isCurrent
      ? t('catalog.check.busy')
      : count === 0
        ? t('catalog.check.sound')
        : t('catalog.check.faults', { n: count });
  const tone = !isCurrent || faults === undefined ? 'faint' : count === 0 ? 'sound' : 'trouble';
  return h('p', { class: `verdict-line ${tone}`, role: 'status' }, text);
}

function Faults(props: {
  readonly faults: readonly TextFaultAnswer[];
  readonly onJump: (place: Place) => void;
}): JSX.Element | null {
  if (props.faults.length === 0) return null;
  return h(
    'ul',
    { class: 'fault-list' },
    props.faults.map((fault, i) => {
      const place = `${String(fault.line)}:${String(fault.column)}`;
      return h(
        'li',
        { key: i },
        h(
          'button',
          {
            type: 'button',
            class: 'fault-place',
            'aria-label': `${place} ${t('catalog.check.jump')}`,
            onClick: () => props.onJump(fault),
          },
          place,
        ),
        h(
          'span',
          null,
          fault.message.includes(fault.path) ? null : [h('code', { key: 'path' }, fault.path), ' '],
          fault.message,
        ),
      );
    }),
  );
}

/** Metrics that tell much the same, and what others would notice. */
export function Consequences(props: {
  readonly findings: Pick<Findings, 'near' | 'impacts'>;
}): JSX.Element {
  const { near, impacts } = props.findings;
  const names = useDocumentNames();
  // What breaks somebody's work comes first.
  const sorted = impacts.toSorted((a, b) => Number(b.isBreaking) - Number(a.isBreaking));
  return h(
    'div',
    { class: 'consequences' },
    near.length === 0
      ? null
      : h(
          'div',
          null,
          h('h3', null, t('catalog.near')),
          h(
            'ul',
            null,
            near.map(({ metric, reason, alike }) =>
              h(
                'li',
                { key: metric },
                h(
                  Link,
                  { to: { page: 'metric', id: metric, by: [] } },
                  h(Named, { of: `Metric/${metric}`, names }),
                ),
                h('span', { class: 'faint' }, reason),
                alike === undefined
                  ? null
                  : h(
                      'span',
                      { class: 'alike' },
                      h('span', { class: 'pill pill-warning' }, `r ${alike.correlation}`),
                      ' ',
                      t(`catalog.alike.${alike.grain}`, {
                        n: formatCount(alike.windows, locale()),
                      }),
                    ),
              ),
            ),
          ),
        ),
    impacts.length === 0
      ? null
      : h(
          'div',
          null,
          h('h3', null, t('catalog.impacts')),
          h(
            'ul',
            null,
            sorted.map((impact, i) => h(ImpactRow, { key: i, impact, names })),
          ),
        ),
  );
}

const ImpactRow = ({
  impact,
  names,
}: {
  readonly impact: Findings['impacts'][number];
  readonly names: Names;
}): JSX.Element =>
  h(
    'li',
    null,
    h(
      'span',
      null,
      impact.isBreaking
        ? [h('span', { key: 'breaks', class: 'pill pill-critical' }, t('catalog.breaks')), ' ']
        : null,
      impact.message,
    ),
    impact.affects.length === 0
      ? null
      : h(
          'span',
          { class: 'faint', title: impact.affects.join(', ') },
          t('catalog.affects', {
            list: impact.affects.map((key) => names.get(key) ?? key).join(', '),
          }),
        ),
  );
