import { hashText } from '../../../kernel/hash.ts';
import { parseBody } from './text-body.ts';
import type { Message } from '../alert/episode.ts';
import type { MessageText } from './message-text.ts';
import { audienceOf } from './text.ts';
import type { AlertText } from './text.ts';
import type { Locale } from './text-words.ts';

export type Email = {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly headers: Readonly<Record<string, string>>;
};

const SUBJECT_MAX = 200;
const TONES: Readonly<Record<AlertText['tone'], string>> = {
  bad: '#c62828',
  warning: '#e08600',
  good: '#2e7d32',
  neutral: '#607d8b',
};
const FOOTERS = {
  en: (receiver: string) => `Sent by Tidemark to the receiver ${receiver}.`,
  zh: (receiver: string) => `由 Tidemark 发送给接收者 ${receiver}。`,
} as const;

/**
 * A message as a letter with a text and an HTML part. Letters of one episode are one thread: each refers to the same first
 * letter, whose id is made of the episode and which was never sent, so that whoever joins later (an escalation, a message
 * after a mute) is in the thread too, and nothing need be remembered. Retries have the same Message-ID.
 * @param words what people read; a receiver's own template is plain text, in place of summary and facts
 * @see RFC 5322 section 3.6.4, RFC 3834 (Auto-Submitted), RFC 8058 (one-click unsubscribe)
 */
export function emailOf(
  message: Pick<Message, 'id' | 'receiver' | 'body' | 'locale'>,
  words: MessageText,
  from: string,
): Email {
  const { data } = parseBody(message.body);
  const domain = headerText(from).split('@').at(-1) ?? 'tidemark.invalid';
  const episode = data.alert?.episode;
  const root = `<${hashText(`thread ${episode}`)}@${domain}>`;
  const { locale } = audienceOf(message);
  const footer = [
    ...(words.note === undefined ? [] : [words.note]),
    FOOTERS[locale](message.receiver),
  ];
  return {
    subject: [...headerText(words.title)].slice(0, SUBJECT_MAX).join(''),
    text: plainText(words, footer),
    html: htmlOf(words, { footer, locale }),
    messageId: `<${headerText(message.id)}@${domain}>`,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'Content-Language': languageTag(locale),
      ...(episode === undefined ? {} : { 'In-Reply-To': root, References: root }),
      ...unsubscribeHeaders(data.links?.['unsubscribe']),
    },
  };
}

/** One click is promised only where the link keeps it secret: over https. */
function unsubscribeHeaders(link: string | null | undefined): Readonly<Record<string, string>> {
  const url = webUrl(link);
  if (!url) return {};
  const header = { 'List-Unsubscribe': `<${url.href}>` };
  return url.protocol === 'https:'
    ? { ...header, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
    : header;
}

const told = (facts: AlertText['facts']): readonly string[] =>
  facts.map(([label, value]) => `${label}: ${value}`);

function plainText(
  { title, own, summary, facts, lines, links }: MessageText,
  footer: readonly string[],
): string {
  return [
    title,
    '',
    ...(own === undefined ? [summary, '', ...told(facts), ...lines] : [own]),
    '',
    ...links.flatMap(({ label, url }) => (webUrl(url) ? [`${label}: ${url}`] : [])),
    '',
    '-- ',
    ...footer,
    '',
  ].join('\n');
}

function htmlOf(
  { title, own, summary, facts, lines, links, tone }: MessageText,
  { footer, locale }: { footer: readonly string[]; locale: Locale },
): string {
  const rows = facts.map(
    ([label, value]) =>
      `<tr><th align="left" style="padding:2px 12px 2px 0;font-weight:normal;color:#555">${escaped(label)}</th><td style="padding:2px 0">${escaped(value)}</td></tr>`,
  );
  const anchors = links.flatMap(({ label, url }) => {
    const target = webUrl(url);
    return target ? [`<a href="${escaped(target.href)}">${escaped(label)}</a>`] : [];
  });
  const builtIn = [
    `<p>${escaped(summary)}</p>`,
    `<table role="presentation" cellspacing="0">${rows.join('')}</table>`,
    lines.length > 0 ? `<ul>${lines.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>` : '',
  ];
  return [
    `<!doctype html><html lang="${languageTag(locale)}"><head><meta charset="utf-8"><title>${escaped(title)}</title></head>`,
    '<body style="font-family:sans-serif;font-size:14px;color:#111">',
    `<h1 style="font-size:18px;border-left:4px solid ${TONES[tone]};padding-left:8px">${escaped(title)}</h1>`,
    ...(own === undefined ? builtIn : [`<p style="white-space:pre-wrap">${escaped(own)}</p>`]),
    `<p>${anchors.join(' · ')}</p>`,
    `<p style="color:#777;font-size:12px">${footer.map(escaped).join('<br>')}</p>`,
    '</body></html>',
  ].join('\n');
}

const languageTag = (locale: Locale): string => (locale === 'zh' ? 'zh-CN' : 'en');

/** One line without control characters: names of metrics and members come from outside. */
const headerText = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? character);

function webUrl(text: string | null | undefined): URL | undefined {
  const url = text && URL.canParse(text) ? new URL(text) : undefined;
  return url && /^https?:$/.test(url.protocol) ? url : undefined;
}
