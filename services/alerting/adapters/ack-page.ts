import type { Command } from '../../kernel/command.ts';
import type { Catalog } from '../../kernel/definitions.ts';
import { ownerName } from '../../kernel/owner.ts';
import { labelsOf } from '../../kernel/series.ts';
import { formatRfc3339 } from '../../kernel/time.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { AlertState, Episode } from '../core/alert/episode.ts';
import type { AckLink } from '../core/alert/message.ts';
import { namesFor } from '../core/alert/names.ts';
import { linkUse } from '../core/overlay/link-use.ts';
import type { LinkVerb } from '../core/overlay/link-use.ts';
import { namingBy } from '../core/plan/naming.ts';
import { shownLabels, shownUnit } from '../core/words/label-text.ts';
import { audienceOf, textOf } from '../core/words/text.ts';
import type { Audience, Fact } from '../core/words/text.ts';
import type { AlertBody } from '../core/words/text-body.ts';
import { distance, shownAmount, shownTime } from '../core/words/text-values.ts';
import { WORDS, wordOf } from '../core/words/text-words.ts';
import { ACK_WORDS } from './ack-words.ts';
import type { AckWords } from './ack-words.ts';
import { escaped } from './bare-page.ts';

/** How long a link may snooze: it is opened on the way, not to plan. */
const SNOOZES = [
  ['PT1H', 1],
  ['PT4H', 4],
] as const;

export type Opened = {
  readonly link: AckLink;
  readonly alert: AlertState;
  readonly episode: Episode;
  readonly catalog: Catalog;
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

/** Language and zone of whom the link was sent to, as his message was decided. */
const readerOf = ({ link, episode }: Opened): Audience =>
  audienceOf(
    episode.messages.find(({ receiver, to }) => receiver === link.receiver && to === link.to) ?? {},
  );
export const ackWords = (of: Opened): AckWords => ACK_WORDS[readerOf(of).locale];

const named = ({ catalog }: Opened, { locale }: Audience, owner: string): string => {
  const name = ownerName(catalog, owner);
  return name?.[locale] ?? name?.en ?? owner;
};

/** What the rule is called in the reader's language. */
export function titleOf(of: Opened): string {
  const name = namingBy(of.catalog, of.alert).rule?.name;
  return name?.[readerOf(of).locale] ?? name?.en ?? of.alert.rule;
}

/** What burns, by how much, since when and what was said of it, as of now. HTML. Pure. */
export function aboutAlert(of: Opened): string {
  const { alert } = of;
  const audience = readerOf(of);
  const words = WORDS[audience.locale];
  const body = bodyNow(of, audience);
  const unit = shownUnit(body);
  const { value = null, threshold = null } = alert.last ?? {};
  const far = value === null || threshold === null ? undefined : distance(value, threshold);
  const { condition } = alert.machine;
  const against =
    condition === 'nodata'
      ? words.said.nodata
      : far && words.side[far.side](shownAmount(far.by, unit), shownAmount(threshold ?? '', unit));
  const what = [body.data.metric.name, shownLabels(body, words)].filter((part) => part !== '');
  const state = `${wordOf(words.severity, alert.severity)} · ${ACK_WORDS[audience.locale].condition[condition]}`;
  const facts = [...factsOf(of, body), ...saidOf(of, audience)];
  return [
    `<p class="state state-${alert.severity}">${escaped(state)}</p>`,
    `<h1>${escaped(titleOf(of))}</h1>`,
    `<p class="lead">${escaped(what.join(' · '))}</p>`,
    `<p class="amount">${escaped(value === null ? words.noValue : shownAmount(value, unit))}</p>`,
    against === undefined ? '' : `<p class="lead">${escaped(against)}</p>`,
    `<dl class="facts">${facts.map(([name, text]) => `<dt>${escaped(name)}</dt><dd>${escaped(text)}</dd>`).join('')}</dl>`,
  ].join('');
}

/**
 * A message of how things stand, for its words: what was decided by, of which window and since when. Names are those of the catalogue now: a page that is opened is not frozen as a message is.
 */
function bodyNow({ alert, episode, catalog }: Opened, { locale }: Audience) {
  const naming = namingBy(catalog, alert);
  const { metric } = naming;
  const labels = { ...labelsOf(alert.series) };
  const { last } = alert;
  return {
    type: `alert.${alert.machine.condition}`,
    data: {
      alert: { startedAt: formatRfc3339(episode.startedAtMs) },
      metric: {
        name: metric?.name[locale] ?? metric?.name.en ?? alert.metric,
        unit: metric?.unit.code ?? '',
      },
      labels,
      threshold: last?.threshold ?? null,
      names: namesFor({ labels }, naming, { locale }),
      ...(last === null
        ? {}
        : {
            window: {
              start: formatRfc3339(last.window.startMs),
              end: formatRfc3339(last.window.endMs),
              state: last.window.state,
              revision: last.window.revision,
            },
          }),
    },
  };
}

/** Without what stands above them: the rule, the metric with its members, and the value. */
function factsOf(of: Opened, body: AlertBody): readonly Fact[] {
  const audience = readerOf(of);
  const { fact, nobody } = WORDS[audience.locale];
  const apart = new Set([fact.rule, fact.labels, fact.value, fact.owner]);
  const accountable = of.episode.route?.accountable ?? null;
  return [
    ...textOf(body, audience).facts.filter(([name]) => !apart.has(name)),
    [fact.owner, accountable === null ? nobody : named(of, audience, accountable)],
  ];
}

/** What people said of it so far. */
function saidOf(of: Opened, audience: Audience): readonly Fact[] {
  const { alert, episode } = of;
  const words = ACK_WORDS[audience.locale];
  const { ack, assignee, closed } = episode.overlay;
  const { snooze } = alert.overlay;
  const time = (ms: EpochMs): string => shownTime(formatRfc3339(ms), audience.timezone);
  const name = (owner: string): string => named(of, audience, owner);
  const facts: Fact[] = [];
  if (ack !== null) facts.push([words.acknowledged, words.until(name(ack.by), time(ack.untilMs))]);
  if (snooze !== null) facts.push([words.snoozed, words.isUntil(time(snooze.untilMs))]);
  if (assignee !== null) facts.push([words.assigned, name(assignee)]);
  if (closed !== null) facts.push([words.closed, name(closed.by)]);
  return facts;
}

/**
 * The forms of what this link may still do to the alert as it is: the page has no scripts. `more` of messages leads to the
 * second (core/words/text.ts). HTML. Pure.
 */
export function actionForms(of: Opened): string {
  const { link, alert, episode } = of;
  const { ack, closed, assignee, linksUsed } = episode.overlay;
  const audience = readerOf(of);
  const words = ACK_WORDS[audience.locale];
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
    ack: [`<button>${words.ack}</button>`],
    unack: [`<button>${words.unack}</button>`],
    snooze: SNOOZES.map(
      ([lasting, hours]) => `<button name="for" value="${lasting}">${words.snooze(hours)}</button>`,
    ),
    assign: helpers.map(
      (who) =>
        `<button name="to" value="${escaped(who)}">${escaped(words.assign(named(of, audience, who)))}</button>`,
    ),
    comment: [
      `<textarea name="text" rows="2" maxlength="4000" required aria-label="${words.text}" placeholder="${words.text}"></textarea>`,
      `<button>${words.comment}</button>`,
    ],
    close: [`<button>${words.close}</button>`],
  };
  const verbs = (Object.keys(buttons) as LinkVerb[]).filter(
    (verb) => isOpen[verb] && buttons[verb].length > 0 && !linksUsed.includes(linkUse(link, verb)),
  );
  return verbs
    .map(
      (verb, i) =>
        `<form method="post"${i === 1 ? ' id="more"' : ''} class="${FORM_CLASS[verb]}"><input type="hidden" name="verb" value="${verb}"><div class="choices">${buttons[verb].join('')}</div></form>`,
    )
    .join('');
}

/** What is pressed at night stands out; what ends the messages stands apart from it. */
const FORM_CLASS: Readonly<Record<LinkVerb, string>> = {
  ack: 'strong',
  unack: 'plain',
  snooze: 'plain',
  assign: 'plain',
  comment: 'plain',
  close: 'ends',
};

/** Ways on. The console lies where the link does. HTML. Pure. */
export function waysOn(of: Opened): string {
  const words = ackWords(of);
  const runbook = of.catalog.rules.get(of.alert.rule)?.runbook;
  const links = [
    [words.console, `../../#/alerts/${encodeURIComponent(of.alert.id)}`],
    ...(runbook !== undefined && /^https?:\/\//.test(runbook) ? [[words.runbook, runbook]] : []),
  ];
  const shown = links.map(
    ([name = '', url = '']) => `<a class="link" href="${escaped(url)}">${escaped(name)}</a>`,
  );
  return `<p class="links">${shown.join('')}</p>`;
}

/** What was done, and the way back. HTML. Pure. */
export function doneText(of: Opened, verb: LinkVerb, command: Command): string {
  const audience = readerOf(of);
  const words = ACK_WORDS[audience.locale];
  const { by, until, assignee } = command;
  const done = words.done[verb]({
    by: named(of, audience, by),
    until: until === null ? '' : shownTime(formatRfc3339(until), audience.timezone),
    to: assignee === null ? '' : named(of, audience, assignee),
  });
  return `<h1>${escaped(titleOf(of))}</h1><p class="notice" role="status">${escaped(done)}</p><p class="links"><a class="link" href="">${words.back}</a></p>`;
}
