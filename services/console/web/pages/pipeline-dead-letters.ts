import { h } from 'preact';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { DeadLettersAnswer, ResendAllAnswer } from '../../core/dead-letters/answers.ts';
import { get, send } from '../data/api.ts';
import { formatCount } from '../data/format.ts';
import { useResource } from '../data/resource.ts';
import { usePipelineReload } from '../data/use-pipeline-reload.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { Shown } from '../parts/notice.ts';
import { Letter } from './pipeline-letter.ts';
import { reasonText } from './pipeline-reasons.ts';
import { ResendButton } from './pipeline-resend.ts';

type Reason = DeadLettersAnswer['reasons'][number];

const REFRESH_MS = 5_000;
const PAGE_LETTERS = 20;
const LETTERS_MAX = 500;
const INCURABLE: ReadonlySet<string> = new Set(['conflict', 'id_missing']);

const count = (value: number): string => formatCount(value, locale());

/** What could not be processed, by reason and one by one. */
export function DeadLetters(): JSX.Element {
  const [chosen, setChosen] = useState<Reason | undefined>(undefined);
  const [limit, setLimit] = useState(PAGE_LETTERS);
  const query = new URLSearchParams({ limit: String(limit) });
  if (chosen) {
    query.set('type', chosen.eventType);
    query.set('code', chosen.code);
  }
  const path = `/v1/dead-letters?${query}`;
  const { resource, reload } = useResource(path, (signal) => get<DeadLettersAnswer>(path, signal));
  usePipelineReload(reload, REFRESH_MS);
  return h(
    'section',
    { class: 'letters', id: 'dead-letters' },
    h('h2', null, t('letters.title')),
    h(Shown<DeadLettersAnswer>, {
      resource,
      reload,
      lines: 3,
      render: (answer) =>
        answer.reasons.length === 0
          ? h('p', { class: 'faint' }, t('letters.none'))
          : [
              h(Reasons, { reasons: answer.reasons, chosen, onChoose: setChosen, reload }),
              h(
                'ul',
                { class: 'letter-list' },
                answer.letters.map((letter) => h(Letter, { key: letter.id, letter, reload })),
              ),
              answer.cursor !== undefined && limit < LETTERS_MAX
                ? h(
                    'button',
                    {
                      type: 'button',
                      class: 'button',
                      onClick: () => setLimit(Math.min(LETTERS_MAX, limit * 2)),
                    },
                    t('letters.more'),
                  )
                : null,
              answer.older > 0
                ? h('p', { class: 'faint' }, t('letters.older', { n: count(answer.older) }))
                : null,
            ],
    }),
  );
}

export function Reasons(props: {
  readonly reasons: readonly Reason[];
  readonly chosen: Reason | undefined;
  readonly onChoose: (reason: Reason | undefined) => void;
  readonly reload: () => void;
}): JSX.Element {
  const { reasons, chosen, onChoose, reload } = props;
  const isChosen = (reason: Reason): boolean =>
    reason.code === chosen?.code && reason.eventType === chosen.eventType;
  return h(
    'div',
    { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': t('letters.reason') },
    h(
      'table',
      { class: 'table reasons' },
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          h('th', { scope: 'col' }, t('letters.reason')),
          h('th', { scope: 'col' }, t('letters.eventType')),
          h('th', { scope: 'col', class: 'end' }, t('letters.count')),
          h('th', { scope: 'col', class: 'end' }, t('letters.open')),
          h(
            'td',
            { class: 'end' },
            chosen
              ? h(
                  'button',
                  { type: 'button', class: 'button', onClick: () => onChoose(undefined) },
                  t('letters.all'),
                )
              : null,
          ),
        ),
      ),
      h(
        'tbody',
        null,
        reasons.map((reason) =>
          h(
            'tr',
            {
              key: `${reason.eventType} ${reason.code}`,
              'data-reason': reason.code,
              class: isChosen(reason) ? 'chosen' : '',
            },
            h(
              'th',
              { scope: 'row' },
              h(
                'button',
                {
                  type: 'button',
                  class: 'link-button',
                  'aria-pressed': isChosen(reason),
                  onClick: () => onChoose(isChosen(reason) ? undefined : reason),
                },
                reasonText(reason.code),
              ),
            ),
            h('td', null, h('code', null, reason.eventType)),
            h('td', { class: 'number' }, count(reason.letters)),
            h('td', { class: 'number' }, count(reason.letters - reason.resent)),
            h('td', { class: 'end' }, h(ResendAll, { reason, reload })),
          ),
        ),
      ),
    ),
  );
}

function ResendAll(props: {
  readonly reason: Reason;
  readonly reload: () => void;
}): JSX.Element | null {
  const { eventType, code, letters, resent } = props.reason;
  const open = letters - resent;
  if (INCURABLE.has(code)) return null;
  return h(ResendButton, {
    label: t('letters.resendAll', { n: count(open) }),
    question: t('letters.confirmAll', { n: count(open) }),
    // None is left as soon as all are sent: that is no reason to forget who is sending them.
    isOffered: open > 0,
    send: (historical) => resendAll({ type: eventType, code, historical }),
    done: props.reload,
  });
}

/** The API sends some at a time: it is asked until none is left, or none can be sent. */
async function resendAll(order: Readonly<Record<string, unknown>>): Promise<string> {
  let sent = 0;
  let refused = 0;
  for (;;) {
    const answer = await send<ResendAllAnswer>('POST', '/v1/dead-letters/resend', order);
    sent += answer.resent;
    refused += answer.refused.length;
    if (answer.left === 0 || answer.resent === 0) break;
  }
  const said = t('letters.sent', { n: count(sent) });
  return refused === 0 ? said : `${said}, ${t('letters.refused', { n: count(refused) })}`;
}
