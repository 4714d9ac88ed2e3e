import { h } from 'preact';
import type { JSX } from 'preact';
import { clock } from '../../data/clock.ts';
import { get } from '../../data/api.ts';
import { usePeopleNames } from '../../data/people-names.ts';
import { go } from '../../data/place.ts';
import { useResource } from '../../data/resource.ts';
import { FLAWS, chosenRows, flawCounts, namedIn, rangeAround } from '../../data/responsibility.ts';
import { useCatalogChanges } from '../../data/use-told.ts';
import type { Coverage, Flaw, ResponsibilitiesAnswer } from '../../data/responsibility.ts';
import { t } from '../../i18n/text.ts';
import { Empty, Shown } from '../../parts/notice.ts';
import { nameIn } from '../../parts/owner.ts';
import { Segmented, Select } from '../../parts/segmented.ts';
import { Matrix } from './matrix.ts';

type Choice = {
  readonly date?: string | undefined;
  readonly who?: string | undefined;
  readonly show: Flaw | 'all';
};

/** The matrix of metric, member and date, with what is wrong with it. */
export function ResponsibilityPage(props: Choice): JSX.Element {
  const today = new Date(clock.value).toISOString().slice(0, 10);
  const date = props.date ?? today;
  const range = rangeAround(date);
  const answers = useResource(`responsibilities ${date}`, (signal) =>
    get<ResponsibilitiesAnswer>(`/v1/responsibilities?${new URLSearchParams(range)}`, signal),
  );
  useCatalogChanges(['Responsibility', 'Metric', 'Person', 'Team'], answers.reload);
  const names = usePeopleNames();
  const nameOf = (who: string): string => nameIn(names, who);
  return h(
    'div',
    { class: 'page' },
    h(
      'div',
      { class: 'page-head' },
      h('div', null, h('h1', null, t('who.title')), h('p', { class: 'lead' }, t('who.lead'))),
    ),
    h(Shown<ResponsibilitiesAnswer>, {
      ...answers,
      lines: 8,
      render: ({ responsibilities: rows }) =>
        rows.length === 0
          ? h(Empty, { title: t('who.empty'), help: t('metrics.emptyHelp') })
          : [
              h(Controls, { choice: props, date, today, rows, nameOf }),
              h(Matrix, {
                rows: chosenRows(rows, { date, who: props.who, flaw: props.show }),
                range,
                date,
                nameOf,
              }),
            ],
    }),
  );
}

function Controls(props: {
  readonly choice: Choice;
  readonly date: string;
  readonly today: string;
  readonly rows: readonly Coverage[];
  readonly nameOf: (who: string) => string;
}): JSX.Element {
  const { choice, date, today, rows, nameOf } = props;
  const change = (next: Partial<Choice>): void =>
    go({ page: 'responsibility', ...choice, ...next }, 'replace');
  const everyone = [...new Set(rows.flatMap(({ spans }) => spans.flatMap(namedIn)))].toSorted(
    (a, b) => nameOf(a).localeCompare(nameOf(b)),
  );
  const counts = flawCounts(rows, date);
  return h(
    'div',
    { class: 'controls who-controls' },
    h(
      'label',
      { class: 'select' },
      h('span', { class: 'select-label' }, t('who.date')),
      h('input', {
        type: 'date',
        class: 'input',
        value: date,
        onChange: (event: Event) => {
          const { value } = event.currentTarget as HTMLInputElement;
          if (value !== '') change({ date: value });
        },
      }),
    ),
    h(
      'button',
      {
        type: 'button',
        class: 'button',
        disabled: date === today,
        onClick: () => change({ date: undefined }),
      },
      t('who.today'),
    ),
    h(Select, {
      label: t('who.person'),
      value: choice.who ?? '',
      choices: [
        { value: '', label: t('who.everyone') },
        ...everyone.map((who) => ({ value: who, label: nameOf(who) })),
      ],
      onChoose: (who) => change({ who: who === '' ? undefined : who }),
    }),
    h(Segmented<Flaw | 'all'>, {
      name: 'show',
      legend: t('who.show'),
      value: choice.show,
      choices: [
        { value: 'all', label: `${t('who.show.all')} ${rows.length}` },
        ...FLAWS.map((flaw) => ({
          value: flaw,
          label: `${t(`who.flaw.${flaw}`)} ${counts[flaw]}`,
        })),
      ],
      onChoose: (show) => change({ show }),
    }),
  );
}
