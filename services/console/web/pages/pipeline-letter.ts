import { h } from 'preact';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type {
  LetterAnswer,
  LetterSummary,
  Payload,
  ResentAnswer,
} from '../../core/dead-letters/answers.ts';
import { get, send } from '../data/api.ts';
import { formatCount } from '../data/format.ts';
import { usePeopleNames } from '../data/people-names.ts';
import { useResource } from '../data/resource.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { Link, Term } from '../parts/link.ts';
import { Shown } from '../parts/notice.ts';
import { nameIn } from '../parts/owner.ts';
import { Instant } from '../parts/time.ts';
import { reasonText } from './pipeline-reasons.ts';
import { ResendButton } from './pipeline-resend.ts';

/** One dead letter in a line; opened, what it holds and the way back for it. */
export function Letter(props: {
  readonly letter: LetterSummary;
  readonly reload: () => void;
}): JSX.Element {
  const { letter, reload } = props;
  const [isOpen, setOpen] = useState(false);
  return h(
    'li',
    { class: 'letter', 'data-letter': letter.id },
    h(
      'details',
      {
        onToggle: (event: Event) => setOpen((event.currentTarget as HTMLDetailsElement).open),
      },
      h(
        'summary',
        null,
        h('span', { class: 'letter-time' }, h(Instant, { at: letter.appendTime })),
        h('span', { class: 'letter-reason' }, reasonText(letter.code)),
        h('code', { class: 'letter-place faint' }, letter.position),
        letter.resent ? h('span', { class: 'pill pill-resolved' }, t('letters.resent')) : null,
      ),
      isOpen ? h(Opened, { letter, reload }) : null,
    ),
  );
}

function Opened(props: {
  readonly letter: LetterSummary;
  readonly reload: () => void;
}): JSX.Element {
  const { letter } = props;
  const path = `/v1/dead-letters/${encodeURIComponent(letter.id)}`;
  const { resource, reload } = useResource(letter.id, (signal) => get<LetterAnswer>(path, signal));
  const again = letter.resent !== null;
  const resend = async (historical: boolean): Promise<string> => {
    await send<ResentAnswer>('POST', `${path}/resend`, { historical, again });
    return t('letters.sent', { n: 1 });
  };
  return h(
    'div',
    { class: 'letter-body' },
    h('p', null, h('code', null, letter.code), ' ', letter.detail),
    letter.resent ? h(ResentNote, { resent: letter.resent }) : null,
    h(Shown<LetterAnswer>, {
      resource,
      reload,
      lines: 3,
      render: ({ key, sizeBytes, payload }) =>
        h(
          'div',
          { class: 'letter-content' },
          h(
            'dl',
            { class: 'headline-terms' },
            h(Term, { name: t('letters.eventType') }, h('code', null, letter.eventType)),
            h(Term, { name: t('letters.key') }, key === null ? '–' : h('code', null, key)),
            h(
              Term,
              { name: t('letters.size') },
              t('letters.bytes', { n: formatCount(sizeBytes ?? 0, locale()) }),
            ),
          ),
          h(Preview, { payload }),
        ),
    }),
    letter.obstacle === null
      ? h(ResendButton, {
          label: again ? t('letters.again') : t('letters.resend'),
          question: t('letters.confirmOne'),
          isOffered: true,
          send: resend,
          done: props.reload,
        })
      : h('p', { class: 'notice' }, letter.obstacle),
  );
}

function ResentNote(props: { readonly resent: NonNullable<LetterSummary['resent']> }): JSX.Element {
  const { by, at, position } = props.resent;
  const names = usePeopleNames();
  return h(
    'p',
    { class: 'letter-resent' },
    h('span', { class: 'pill pill-resolved' }, t('letters.resent')),
    h(Instant, { at }),
    ' ',
    t('letters.resentBy', { who: nameIn(names, by) }),
    ' ',
    h('code', null, position),
  );
}

function Preview(props: { readonly payload: Payload }): JSX.Element {
  const { payload } = props;
  if (payload.kind === 'none') return h('p', { class: 'faint' }, t('letters.payload.none'));
  const text =
    payload.kind === 'event'
      ? JSON.stringify(payload.event, null, 2)
      : payload.kind === 'text'
        ? payload.text
        : payload.hex.replaceAll(/(..)(?=.)/g, '$1 ');
  return h(
    'figure',
    { class: 'payload' },
    h(
      'figcaption',
      null,
      t(`letters.payload.${payload.kind}`),
      payload.kind !== 'event' && payload.isCut ? ` · ${t('letters.payload.cut')}` : null,
      payload.kind === 'event' ? h(FindLink, { event: payload.event }) : null,
    ),
    h('pre', { tabIndex: 0 }, text),
  );
}

/** Only an event that decodes has a name to be found by. */
function FindLink(props: { readonly event: unknown }): JSX.Element | null {
  const { source, id } = props.event as { readonly source?: unknown; readonly id?: unknown };
  if (typeof source !== 'string' || typeof id !== 'string') return null;
  return h(Link, { to: { page: 'events', source, eventId: id } }, t('letters.find'));
}
