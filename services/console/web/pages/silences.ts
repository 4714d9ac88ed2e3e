import { h } from 'preact';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { get, send } from '../data/api.ts';
import { useMayTell } from '../data/command-rights.ts';
import { matcherWords } from '../data/alert-words.ts';
import { useMetrics } from '../data/metric-names.ts';
import type { Known } from '../data/metric-names.ts';
import { useDocumentNames } from '../data/people-names.ts';
import type { Names } from '../data/people-names.ts';
import { shown, useResource } from '../data/resource.ts';
import { matcherText, nextChangeMs, typedMatchers } from '../data/silences.ts';
import type { Silence, SilencesAnswer } from '../data/silences.ts';
import { useAction } from '../data/use-action.ts';
import { useAlertChanges } from '../data/use-told.ts';
import { t } from '../i18n/text.ts';
import { Link } from '../parts/link.ts';
import { Empty, reasonOf, Shown } from '../parts/notice.ts';
import { nameIn } from '../parts/owner.ts';
import { Instant } from '../parts/time.ts';
import { SilenceForm } from './silence-form.ts';

const DAY_MS = 86_400_000;
/** The server's clock may be behind ours. */
const AFTER_MS = 1_000;

/** What is silenced and for how long; who ends one tells at once what still burns. */
export function SilencesPage(): JSX.Element {
  const { resource, reload } = useResource('silences', (signal) =>
    get<SilencesAnswer>('/v1/silences', signal),
  );
  // What a silence covers is told as a change of those alerts.
  useAlertChanges(undefined, reload);
  const loaded = shown(resource);
  const mayTell = useMayTell();
  const names = useDocumentNames();
  const metrics = useMetrics();
  useEffect(() => {
    // That one begins or ends by itself is told by nobody where it covers no alert.
    const nextMs = loaded && nextChangeMs(loaded.silences, Date.now());
    if (nextMs === undefined) return undefined;
    const timer = setTimeout(reload, Math.min(nextMs - Date.now() + AFTER_MS, DAY_MS));
    return () => clearTimeout(timer);
  }, [loaded]);
  return h(
    'div',
    { class: 'page' },
    h(Link, { to: { page: 'alerts', show: 'open' }, class: 'back' }, t('alert.back')),
    h('div', { class: 'page-head' }, h('h1', null, t('silences.title'))),
    mayTell === true ? h(NewSilence, { reload }) : null,
    mayTell === false ? h('p', { class: 'faint' }, t('alert.whoTells')) : null,
    h(Shown<SilencesAnswer>, {
      resource,
      reload,
      lines: 4,
      render: ({ silences }) =>
        silences.length === 0
          ? h(Empty, { title: t('silences.none'), help: t('silences.noneHelp') })
          : h(
              'ul',
              { class: 'messages' },
              silences.map((silence) =>
                h(Row, {
                  key: silence.id,
                  silence,
                  names,
                  metrics,
                  mayEnd: mayTell === true,
                  reload,
                }),
              ),
            ),
    }),
  );
}

/** Matchers as the API takes them, parted by commas; a changed text is previewed anew. */
function NewSilence(props: { readonly reload: () => void }): JSX.Element {
  const [text, setText] = useState('');
  const matchers = typedMatchers(text);
  return h(
    'div',
    { class: 'action-row' },
    h(
      'label',
      { class: 'grow' },
      h('span', { class: 'visually-hidden' }, t('silence.matchers')),
      h('input', {
        class: 'field',
        value: text,
        placeholder: `${t('silence.matchers')}: store=S001, rule=~net-*`,
        onInput: (event: Event) => setText((event.currentTarget as HTMLInputElement).value),
      }),
    ),
    h('p', { class: 'faint wide' }, t('silence.syntax')),
    matchers.length > 0 &&
      h(SilenceForm, { key: text, matchers, isTyped: true, reload: props.reload }),
  );
}

function Row(props: {
  readonly silence: Silence;
  readonly names: Names;
  readonly metrics: ReadonlyMap<string, Known>;
  readonly mayEnd: boolean;
  readonly reload: () => void;
}): JSX.Element {
  const { names, metrics } = props;
  // As its end was answered: the list may show that a moment later.
  const [ended, setEnded] = useState<Silence | undefined>(undefined);
  const { id, state, matchers, startsAt, endsAt, by, endedBy, comment, matches } =
    ended ?? props.silence;
  const action = useAction(props.reload);
  return h(
    'li',
    { class: 'message' },
    h(
      'p',
      { class: 'message-title' },
      h(
        'span',
        { title: matchers.map(matcherText).join(', ') },
        matchers.map((one) => matcherWords(one, { names, metrics })).join(', '),
      ),
      h('span', { class: 'faint' }, t(`silence.state.${state}`)),
    ),
    h(
      'p',
      { class: 'faint' },
      h(Instant, { at: startsAt }),
      ' – ',
      h(Instant, { at: endsAt }),
      ' · ',
      nameIn(names, by),
      comment === null ? '' : ` · ${comment}`,
      endedBy === undefined ? '' : ` · ${t('silence.endedBy', { who: nameIn(names, endedBy) })}`,
      state === 'expired' ? '' : ` · ${t('silence.covers', { count: matches.count })}`,
    ),
    state === 'expired' || !props.mayEnd
      ? null
      : h(
          'button',
          {
            type: 'button',
            class: 'button',
            disabled: action.isBusy,
            onClick: () =>
              void action.run(async () => {
                const path = `/v1/silences/${encodeURIComponent(id)}`;
                setEnded((await send<{ readonly silence: Silence }>('DELETE', path)).silence);
              }),
          },
          t('silence.end'),
        ),
    action.error
      ? h('p', { class: 'notice notice-bad', role: 'alert' }, reasonOf(action.error))
      : null,
  );
}
