import { trimBytes } from './byte-limits.ts';
import { shownLabels, shownUnit } from './label-text.ts';
import { newsText } from './news-text.ts';
import { oneLine } from './one-line.ts';
import { namingOf, ownerOf, shownOwner, steppedTo } from './owner-text.ts';
import { kindOf, parseBody } from './text-body.ts';
import type { AlertBody, Name } from './text-body.ts';
import { stateText } from './state-text.ts';
import {
  distance,
  shownAmount,
  shownDuration,
  shownShare,
  shownTime,
  shownWindow,
} from './text-values.ts';
import { localeOf, WORDS, wordOf } from './text-words.ts';
import type { Locale, Words } from './text-words.ts';

export type Audience = { readonly locale: Locale; readonly timezone: string };
export type Fact = readonly [label: string, value: string];
export type Link = { readonly label: string; readonly url: string };

/** Whom a message is for, as it was decided; what was decided before messages said so is told in English and UTC. */
export const audienceOf = (message: {
  readonly locale?: string;
  readonly timezone?: string;
}): Audience => ({ locale: localeOf(message.locale), timezone: message.timezone ?? 'UTC' });

/** A message in words, for channels to set in their own form. All of it is plain text: channels escape it. */
export type AlertText = {
  readonly title: string;
  readonly summary: string;
  readonly facts: readonly Fact[];
  /** Of digests: one line per message, worst first. */
  readonly lines: readonly string[];
  readonly links: readonly Link[];
  /** What colour it deserves. */
  readonly tone: 'bad' | 'warning' | 'good' | 'neutral';
};

/**
 * The words of a message, from its frozen body alone: the same body, language and zone give the same text.
 * Numbers are decimals as text from end to end. @param body JSON of contract section 7
 */
export function alertText(body: string, audience: Audience): AlertText {
  return textOf(parseBody(body), audience);
}

export function textOf(body: AlertBody, audience: Audience): AlertText {
  const words = WORDS[audience.locale];
  const kind = kindOf(body);
  if (kind === 'test') return testText(body, words);
  if (kind === 'digest') return digestText(body, audience);
  return {
    title: titleOf(body, audience),
    summary: summaryOf(body, audience),
    facts: factsOf(body, audience),
    lines: [],
    links: linksOf(body, words),
    tone: toneOf(body),
  };
}

/** Severity, what happened, and of what: `Critical · firing: Net sales (store=S001) 950.00 CNY`. */
function titleOf(body: AlertBody, { locale }: Audience): string {
  const words = WORDS[locale];
  const { alert, value, metric } = body.data;
  const head = [wordOf(words.severity, alert?.severity ?? ''), happened(body, words)].filter(
    (part) => part !== '',
  );
  const labels = shownLabels(body, words);
  const amount = value == null ? '' : ` ${shownAmount(value, shownUnit(body))}`;
  const where = labels === '' ? '' : ` (${labels})`;
  return `${head.join(' · ')}${words.colon}${nameOf(metric?.name ?? metric?.id ?? alert?.rule ?? '', locale)}${where}${amount}`;
}

function happened(body: AlertBody, words: Words): string {
  if (isPast(body)) return words.past.kind;
  if (isGivenUp(body)) return words.over;
  return wordOf(kindsAt(body.data.alert?.state, words), kindOf(body));
}

/** It is over, though nothing is known to be well again: nobody judges it any more. */
const isGivenUp = (body: AlertBody): boolean =>
  kindOf(body) === 'resolved' && !WELL.has(body.data.alert?.outcome ?? 'recovered');
const WELL: ReadonlySet<string> = new Set(['recovered', 'data_returned']);

/** Told of a window before the newest, by late data. */
const isPast = ({ data }: AlertBody): boolean => data.alert?.reason === 'past_window';
const kindsAt = (state: string | undefined, words: Words) =>
  state === 'nodata' ? { ...words.kind, ...words.silent } : words.kind;

const nameOf = (name: Name, locale: Locale): string =>
  oneLine(typeof name === 'string' ? name : (name[locale] ?? name.en));

const ENDS: ReadonlySet<string> = new Set(['resolved', 'corrected']);

/** Why it is told: what the kind says, or how the episode ended. */
function summaryOf(body: AlertBody, audience: Audience): string {
  const words = WORDS[audience.locale];
  const naming = namingOf(body, words);
  const kind = kindOf(body);
  const { alert, value, breached } = body.data;
  const outcome = alert?.outcome;
  const said: string[] = [];
  if (ENDS.has(kind)) {
    if (outcome) said.push(wordOf(words.outcome, outcome));
    if (outcome === 'retracted' && breached != null && value != null) {
      const unit = shownUnit(body);
      said.push(`${shownAmount(breached, unit)} → ${shownAmount(value, unit)}`);
    }
  } else if (isPast(body)) said.push(words.past.said);
  else if (kind === 'escalated' && body.data.escalation) {
    const { after = 0 } = body.data.escalation;
    const told = steppedTo(body.data.escalation, naming);
    said.push(words.escalatedTo(told, shownDuration(after, words.duration)));
  } else if (kind === 'assigned' && body.data.assignment) {
    const { by = '', note } = body.data.assignment;
    said.push(words.assignedBy(steppedTo(body.data.assignment, naming), shownOwner(by, naming)));
    if (note) said.push(words.quoted(oneLine(note)));
  } else if (Object.hasOwn(words.said, kind) && !(kind === 'nodata' && body.data.noData))
    said.push(wordOf(words.said, kind));
  if (!ENDS.has(kind)) said.push(...stateText(body, audience));
  const against = kind === 'nodata' ? undefined : againstThreshold(body, words);
  if (against !== undefined) said.push(against);
  return words.sentence(said);
}

function againstThreshold(body: AlertBody, words: Words): string | undefined {
  const { value, threshold } = body.data;
  if (value == null || threshold == null) return undefined;
  const unit = shownUnit(body);
  const far = distance(value, threshold);
  if (!far) return undefined;
  const said = words.side[far.side](shownAmount(far.by, unit), shownAmount(threshold, unit));
  return `${shownAmount(value, unit)}${words.colon}${said}`;
}

function factsOf(body: AlertBody, { locale, timezone }: Audience): readonly Fact[] {
  const words = WORDS[locale];
  const { data } = body;
  const unit = shownUnit(body);
  const naming = namingOf(body, words);
  const facts: Fact[] = [];
  const add = (label: keyof Words['fact'], value: string | undefined): void => {
    if (value !== undefined && value !== '') facts.push([words.fact[label], value]);
  };
  const amount = (value: string | null | undefined): string | undefined =>
    value == null ? undefined : shownAmount(value, unit);
  const time = (at: string | null | undefined): string | undefined =>
    at == null ? undefined : shownTime(at, timezone);
  add('value', amount(data.value) ?? words.noValue);
  add('threshold', amount(data.threshold));
  add('rule', data.names?.rule === undefined ? undefined : oneLine(data.names.rule));
  add('condition', data.condition);
  add('labels', shownLabels(body, words));
  add('window', windowOf(body, { locale, timezone }));
  add('previous', amount(data.previous));
  add('target', amount(data.target));
  if (data.breached !== data.value) add('breached', amount(data.breached));
  if (data.worst !== data.value && data.worst !== data.breached) add('worst', amount(data.worst));
  if (data.recovered !== data.value) add('recovered', amount(data.recovered));
  add('started', time(data.alert?.startedAt));
  add('ended', time(data.alert?.endedAt));
  add('owner', ownerOf(body, naming));
  add('deputy', data.owner?.deputy == null ? undefined : shownOwner(data.owner.deputy, naming));
  const drivers = (data.drivers ?? []).map(
    ({ metric = '', share = 0 }) => `${naming.nameOf('metric', metric)} (${shownShare(share)})`,
  );
  add('drivers', drivers.join(', '));
  add('followed', data.subscription?.id);
  add('evidence', evidenceOf(body, { locale, timezone }));
  return facts;
}

function windowOf({ data }: AlertBody, { locale, timezone }: Audience): string | undefined {
  const { start, end, state, revision } = data.window ?? {};
  if (start === undefined || end === undefined) return undefined;
  const words = WORDS[locale];
  const notes = [
    wordOf(words.windowState, state ?? ''),
    revision === undefined || revision < 1 ? '' : words.revision(revision),
  ].filter((note) => note !== '');
  return [shownWindow({ start, end }, timezone), ...notes].join(', ');
}

function evidenceOf({ data }: AlertBody, { locale, timezone }: Audience): string | undefined {
  const { watermark, completeness, cursors } = data.evidence ?? {};
  if (watermark === undefined || completeness === undefined) return undefined;
  const words = WORDS[locale];
  const counted = words.evidence({
    until: shownTime(watermark, timezone),
    completeness: shownShare(completeness),
    cursors: cursors?.length ?? 0,
  });
  const { nameOf } = namingOf({ data }, words);
  const lacking = (data.evidence?.lacking ?? []).map((source) => nameOf('source', source));
  return lacking.length === 0 ? counted : `${counted}; ${words.lacking(lacking.join(', '))}`;
}

/**
 * In the order in which people need them. Only http and https addresses are links. `more` is the page of `ack`, named for
 * the rest of what it does; the fragment tells the two addresses apart where a channel shows one address once.
 */
function linksOf({ data }: AlertBody, words: Words): readonly Link[] {
  const given = data.links ?? {};
  const ack = given['ack'];
  const links: typeof given = { ...given, more: ack ? `${ack}#more` : null };
  return (['ack', 'console', 'more', 'runbook', 'unsubscribe'] as const).flatMap((name) => {
    const url = links[name];
    return url && /^https?:\/\//.test(url) ? [{ label: words.link[name], url }] : [];
  });
}

function toneOf(body: AlertBody): AlertText['tone'] {
  const kind = kindOf(body);
  if (kind === 'resolved') return isGivenUp(body) ? 'neutral' : 'good';
  if (kind === 'corrected') return 'neutral';
  if (kind === 'nodata') return 'warning';
  return body.data.alert?.severity === 'critical' ? 'bad' : 'warning';
}

function testText({ data }: AlertBody, words: Words): AlertText {
  const { receiver = '', askedBy = '' } = data;
  const naming = namingOf({ data }, words);
  return {
    title: `Tidemark${words.colon}${words.kind.test}`,
    summary: words.testSummary(naming.nameOf('receiver', receiver), shownOwner(askedBy, naming)),
    facts: [],
    lines: [],
    links: linksOf({ type: '', data }, words),
    tone: 'neutral',
  };
}

function digestText(body: AlertBody, audience: Audience): AlertText {
  const words = WORDS[audience.locale];
  const alerts = body.data.alerts ?? [];
  const tones = alerts.map(toneOf);
  const news = newsText(body, audience.locale);
  const summary = body.data.incident === undefined ? words.digestSummary : words.incidentSummary;
  return {
    title: news?.title ?? words.digestTitle(alerts.length),
    summary: news?.summary ?? summary(alerts.length),
    facts: [],
    lines: [...(news?.lines ?? []), ...alerts.map((alert) => digestLine(alert, audience))],
    links: linksOf(body, words),
    tone: (['bad', 'warning', 'good'] as const).find((tone) => tones.includes(tone)) ?? 'neutral',
  };
}

/** Bytes of a line of a digest. */
const LINE_BYTES_MAX = 300;

/** One message of a digest in one line: what its title says. */
export const digestLine = (body: AlertBody, audience: Audience): string =>
  trimBytes(titleOf(body, audience), LINE_BYTES_MAX);
