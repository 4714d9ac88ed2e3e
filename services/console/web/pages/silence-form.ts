import { h } from 'preact';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { send } from '../data/api.ts';
import { labelText, useMetrics } from '../data/metric-names.ts';
import { hasEnd, matcherText, silenceRequest } from '../data/silences.ts';
import type { Silence, SilenceWish } from '../data/silences.ts';
import type { Matcher } from '../../../kernel/command.ts';
import { useAction } from '../data/use-action.ts';
import { localized, t } from '../i18n/text.ts';
import { Link } from '../parts/link.ts';
import { reasonOf } from '../parts/notice.ts';
import { Select } from '../parts/segmented.ts';

const DURATIONS = ['PT1H', 'PT4H', 'P1D', 'P7D'] as const;
const NOTHING: SilenceWish = {
  lasting: '',
  startsAt: '',
  endsAt: '',
  comment: '',
  isMaintenance: false,
};
/** Whoever types is not asked about at every letter. */
const TYPED_MS = 300;
/** Alerts that are named; the count is of all. */
const NAMED_MAX = 5;

/** Silences what matches. First it says what that would cover, then it is done. */
export function SilenceForm(props: {
  readonly matchers: readonly (string | Matcher)[];
  /** Whether it is said at once what it would cover, with no length chosen yet. */
  readonly isTyped?: true;
  readonly reload: () => void;
}): JSX.Element {
  const { matchers, reload, isTyped } = props;
  const [wish, setWish] = useState(NOTHING);
  const [preview, setPreview] = useState<Silence | undefined>(undefined);
  const action = useAction(() => undefined);
  const ask = async (of: SilenceWish, isPreview: boolean): Promise<Silence> => {
    const body = silenceRequest(matchers, of, isPreview);
    return (await send<{ readonly silence: Silence }>('POST', '/v1/silences', body)).silence;
  };
  const show = (of: SilenceWish): void =>
    void action.run(async () => setPreview(await ask(of, true)));
  useEffect(() => {
    if (!isTyped) return undefined;
    const timer = setTimeout(() => show(wish), TYPED_MS);
    return () => clearTimeout(timer);
  }, []);
  const choose = (change: Partial<SilenceWish>): void => {
    const next = { ...wish, ...change };
    setWish(next);
    // What it covers hangs on its matchers alone.
    if (!preview && (isTyped || hasEnd(next))) show(next);
  };
  const isOwn = wish.lasting === 'own';
  return h(
    'div',
    { class: 'silence-form' },
    h(
      'div',
      { class: 'action-row' },
      h(Select, {
        label: t('silence.for'),
        value: wish.lasting,
        choices: [
          { value: '', label: t('alert.do.choose') },
          ...DURATIONS.map((value) => ({ value, label: t(`duration.${value}`) })),
          { value: 'own', label: t('silence.own') },
        ],
        onChoose: (lasting) => choose({ lasting }),
      }),
      isOwn
        ? [
            h(Time, {
              label: t('silence.startsAt'),
              value: wish.startsAt,
              onChoose: (startsAt) => choose({ startsAt }),
            }),
            h(Time, {
              label: t('silence.endsAt'),
              value: wish.endsAt,
              onChoose: (endsAt) => choose({ endsAt }),
            }),
          ]
        : null,
      hasEnd(wish) ? h(Why, { wish, onChange: (change) => setWish({ ...wish, ...change }) }) : null,
      preview && hasEnd(wish)
        ? h(
            'button',
            {
              type: 'button',
              class: 'button',
              disabled: action.isBusy,
              onClick: () =>
                void action.run(async () => {
                  await ask(wish, false);
                  setWish(NOTHING);
                  setPreview(undefined);
                  reload();
                }),
            },
            t('silence.do'),
          )
        : null,
    ),
    preview ? h(Covered, { preview }) : null,
    action.error
      ? h('p', { class: 'notice notice-bad', role: 'alert' }, reasonOf(action.error))
      : null,
  );
}

/** A time by the reader's clock. */
const Time = (props: {
  readonly label: string;
  readonly value: string;
  readonly onChoose: (value: string) => void;
}): JSX.Element =>
  h(
    'label',
    { class: 'select' },
    h('span', { class: 'select-label' }, props.label),
    h('input', {
      type: 'datetime-local',
      class: 'input',
      value: props.value,
      onChange: (event: Event) => props.onChoose((event.currentTarget as HTMLInputElement).value),
    }),
  );

/** Why, and whether it was planned. */
const Why = (props: {
  readonly wish: SilenceWish;
  readonly onChange: (change: Partial<SilenceWish>) => void;
}): JSX.Element[] => [
  h('input', {
    key: 'comment',
    class: 'input grow',
    maxLength: 4_000,
    value: props.wish.comment,
    'aria-label': t('silence.comment'),
    placeholder: t('silence.comment'),
    onInput: (event: Event) =>
      props.onChange({ comment: (event.currentTarget as HTMLInputElement).value }),
  }),
  h(
    'label',
    { key: 'kind', class: 'select' },
    h('input', {
      type: 'checkbox',
      checked: props.wish.isMaintenance,
      onChange: (event: Event) =>
        props.onChange({ isMaintenance: (event.currentTarget as HTMLInputElement).checked }),
    }),
    h('span', null, t('silence.maintenance')),
  ),
];

/** How many open alerts it covers, and which. */
function Covered({ preview }: { readonly preview: Silence }): JSX.Element {
  const { count, alerts } = preview.matches;
  const metrics = useMetrics();
  return h(
    'div',
    { role: 'status' },
    h(
      'p',
      null,
      t('silence.covers', { count }),
      ' ',
      h('code', null, preview.matchers.map(matcherText).join(', ')),
    ),
    h(
      'ul',
      null,
      alerts
        .slice(0, NAMED_MAX)
        .map((alert) =>
          h(
            'li',
            { key: alert.id },
            h(
              Link,
              { to: { page: 'alert', id: alert.id } },
              alert.name ? localized(alert.name) : alert.rule,
            ),
            ' ',
            h('span', { class: 'faint' }, labelText(alert.labels, metrics.get(alert.metric))),
          ),
        ),
    ),
    count > NAMED_MAX
      ? h('p', { class: 'faint' }, t('silence.coversMore', { n: count - NAMED_MAX }))
      : null,
  );
}
