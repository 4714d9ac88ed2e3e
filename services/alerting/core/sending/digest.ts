import { compareDecimals, parseDecimal } from '../../../kernel/decimal.ts';
import { hashText } from '../../../kernel/hash.ts';
import { formatRfc3339 } from '../../../kernel/time.ts';
import { utf8Bytes } from '../words/byte-limits.ts';
import type { Message } from '../alert/episode.ts';
import { kindOf, parseBody } from '../words/text-body.ts';
import type { AlertBody } from '../words/text-body.ts';
import { digestLine } from '../words/text.ts';
import type { Audience } from '../words/text.ts';

/** Messages of one digest at most, whatever they weigh. */
export const DIGEST_MESSAGES_MAX = 500;
/** Bytes of a line beside its text: marks of a list, and the line's end as JSON writes it. */
const LINE_OVERHEAD_BYTES = 8;
/** Bytes that a character takes where a channel escapes it. */
const ESCAPED_BYTES = 6;
const ESCAPED = /[&<>*_~[\]()`\\"#]/g;

/**
 * Many messages as one that names each: the worst first. It takes as many as certainly fit; those are told by it, the
 * others wait for the next. Law: a message is told by a digest exactly if the digest has a line for it.
 * @param messages at least one, of one receiver @param bytesMax of all lines, in the form of the channel
 * @returns the digest, and which messages it tells
 */
export function digestOf(
  messages: readonly Message[],
  to: { readonly audience: Audience; readonly bytesMax: number },
): { readonly digest: Message; readonly told: readonly Message[] } {
  const ranked = messages
    .map((message) => ({ message, body: parseBody(message.body) }))
    .toSorted((a, b) => rankOf(a.body) - rankOf(b.body) || byDistance(a.body, b.body));
  let bytes = 0;
  const fitting = ranked.slice(0, DIGEST_MESSAGES_MAX).filter(({ body }, index) => {
    bytes += weightOf(digestLine(body, to.audience));
    return index === 0 || bytes <= to.bytesMax;
  });
  const told = fitting.map(({ message }) => message);
  const [first] = told as [Message, ...Message[]];
  const decidedAtMs = Math.max(...told.map((one) => one.decidedAtMs));
  const body = {
    type: 'alert.digest',
    timestamp: formatRfc3339(decidedAtMs),
    data: {
      count: told.length,
      ...incidentOf(told),
      alerts: fitting.map(({ body: one }) => one),
      links: { console: listOf(fitting[0]?.body) },
    },
  };
  const id = `msg_${hashText(told.map((one) => one.id).join(' '))}`;
  return { digest: { ...first, id, body: JSON.stringify(body), decidedAtMs }, told };
}

/** What they are one incident by, where all are. */
function incidentOf([first, ...others]: readonly Message[]): { readonly incident?: string } {
  const key = first?.incident?.key;
  return key !== undefined && others.every(({ incident }) => incident?.key === key)
    ? { incident: key }
    : {};
}

/** The console's list, from its page of one alert. */
const listOf = (body: AlertBody | undefined): string | null =>
  /^https?:.*#\/alerts(?=\/)/.exec(body?.data.links?.['console'] ?? '')?.[0] ?? null;

const weightOf = (line: string): number =>
  utf8Bytes(line) + LINE_OVERHEAD_BYTES + (line.match(ESCAPED)?.length ?? 0) * (ESCAPED_BYTES - 1);

const SEVERITIES: readonly (string | undefined)[] = ['critical', 'warning', 'info'];
const ENDS: readonly string[] = ['resolved', 'corrected'];

/** What burns before what has ended, within both by severity. Lower is worse. */
function rankOf(body: AlertBody): number {
  const severity = SEVERITIES.indexOf(body.data.alert?.severity);
  const ended = ENDS.includes(kindOf(body)) ? SEVERITIES.length + 1 : 0;
  return ended + (severity === -1 ? SEVERITIES.length : severity);
}

/** Of one rule, the value that is further from the threshold comes first; rules are not compared. */
function byDistance(a: AlertBody, b: AlertBody): number {
  if (a.data.alert?.rule !== b.data.alert?.rule)
    return (a.data.alert?.rule ?? '') < (b.data.alert?.rule ?? '') ? -1 : 1;
  const [one, other, threshold] = [a.data.value, b.data.value, a.data.threshold].map((text) =>
    parseDecimal(text ?? ''),
  );
  if (!one || !other || !threshold) return 0;
  const order = compareDecimals(one, other);
  return compareDecimals(one, threshold) < 0 || compareDecimals(other, threshold) < 0
    ? order
    : -order;
}
