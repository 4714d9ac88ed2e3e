import type { Command } from '../../kernel/command.ts';
import { assertNever } from '../../kernel/result.ts';
import { formatRfc3339 } from '../../kernel/time.ts';
import type { AlertState, Episode } from '../core/alert/episode.ts';
import type { AckLink } from '../core/alert/message.ts';
import { linkUse } from '../core/overlay/link-use.ts';
import type { LinkVerb } from '../core/overlay/link-use.ts';

/** How long a link may snooze: it is opened on the way, not to plan. */
const SNOOZES = [
  ['PT1H', '1 h · 1 小时'],
  ['PT4H', '4 h · 4 小时'],
] as const;

type Opened = {
  readonly link: AckLink;
  readonly alert: AlertState;
  readonly episode: Episode;
};

/** To whom the link may assign: whoever got it, and the deputy. */
const helpersOf = ({ link, episode }: Opened): readonly string[] =>
  [...new Set([link.to, episode.route?.deputy ?? null])].filter((who) => who !== null);

/**
 * The body of a request for what a form says, null for what no form of this page says: a link that was passed on snoozes
 * for no week and assigns to nobody else. Pure.
 */
export function saidBy(
  of: Opened,
  verb: LinkVerb,
  form: Readonly<Record<string, unknown>>,
): object | null {
  const { for: lasting = '', to = '', text = '' } = form;
  if (verb === 'snooze') return SNOOZES.some(([one]) => one === lasting) ? { for: lasting } : null;
  if (verb === 'assign') return helpersOf(of).some((one) => one === to) ? { to } : null;
  if (verb !== 'comment') return {};
  return typeof text === 'string' ? { text: text.trim() } : null;
}

/** The forms of what this link may still do to the alert as it is, in both languages: the page has no scripts. Pure. */
export function actionForms(of: Opened): string {
  const { link, alert, episode } = of;
  const { ack, closed, assignee, linksUsed } = episode.overlay;
  const isOpen: Readonly<Record<LinkVerb, boolean>> = {
    ack: ack === null,
    unack: ack !== null,
    snooze: alert.overlay.snooze === null,
    assign: true,
    comment: true,
    close: closed === null,
  };
  const helpers = helpersOf(of).filter((who) => who !== assignee);
  const buttons: Readonly<Record<LinkVerb, readonly string[]>> = {
    ack: ['<button>Acknowledge · 确认</button>'],
    unack: ['<button>Withdraw acknowledgement · 撤销确认</button>'],
    snooze: SNOOZES.map(
      ([lasting, words]) =>
        `<button name="for" value="${lasting}">Snooze · 暂停提醒 ${words}</button>`,
    ),
    assign: helpers.map(
      (who) =>
        `<button name="to" value="${escaped(who)}">Assign to · 指派给 ${escaped(who)}</button>`,
    ),
    comment: [
      '<textarea name="text" rows="3" cols="40" maxlength="4000" required aria-label="Comment · 评论"></textarea>',
      '<button>Comment · 评论</button>',
    ],
    close: ['<button>Close · 关闭</button>'],
  };
  const verbs = (Object.keys(buttons) as LinkVerb[]).filter(
    (verb) => isOpen[verb] && buttons[verb].length > 0 && !linksUsed.includes(linkUse(link, verb)),
  );
  return verbs
    .map(
      (verb) =>
        `<form method="post"><input type="hidden" name="verb" value="${verb}"><p>${buttons[verb].join(' ')}</p></form>`,
    )
    .join('');
}

/** What was done, in both languages. */
export function doneText(verb: LinkVerb, { by, until, assignee }: Command): string {
  const end = until === null ? '' : formatRfc3339(until);
  switch (verb) {
    case 'ack':
      return `Acknowledged by ${by} until ${end}. 已确认。`;
    case 'unack':
      return `Acknowledgement withdrawn by ${by}. 已撤销确认。`;
    case 'snooze':
      return `Snoozed by ${by} until ${end}. 已暂停提醒。`;
    case 'assign':
      return `Assigned to ${assignee} by ${by}. 已指派。`;
    case 'comment':
      return `Comment of ${by} added. 已添加评论。`;
    case 'close':
      return `Closed by ${by}. 已关闭。`;
    default:
      return assertNever(verb);
  }
}

export const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`);
