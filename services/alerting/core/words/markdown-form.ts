import { trimCharacters, utf8Bytes } from './byte-limits.ts';
import { shrunkToFit } from './message-text.ts';
import type { MessageText } from './message-text.ts';

/** DingTalk and WeCom: dialects of Markdown without a documented way to escape. */

/** Bytes of a request to DingTalk, and of WeCom's `content`. */
const DINGTALK_BYTES_MAX = 20_000;
const WECOM_BYTES_MAX = 4_096;
/** Characters of the title that DingTalk shows in its list of talks. */
const DINGTALK_TITLE_MAX = 100;

const WIDE: Readonly<Record<string, string>> = {
  '<': '＜',
  '>': '＞',
  '[': '［',
  ']': '］',
  '*': '＊',
  '`': '｀',
  '~': '～',
};
/**
 * What has a meaning in the markup is written with its full-width twin: a label reads the same and can neither mention
 * anybody (`<@all>`) nor make a link.
 */
export const escapeMarkdown = (text: string): string =>
  text.replaceAll(/[<>[\]*`~]/g, (one) => WIDE[one] ?? one);

/** A URL within `( )` of a link. */
const inLink = (url: string): string =>
  url.replaceAll(/[\s()<>]/g, (one) => `%${one.charCodeAt(0).toString(16).padStart(2, '0')}`);

/** Markdown, or a card with buttons where there are links. */
export const dingtalkMessage = (text: MessageText): object =>
  shrunkToFit(text, dingtalkOf, (made) => utf8Bytes(JSON.stringify(made)) <= DINGTALK_BYTES_MAX);

function dingtalkOf(text: MessageText): object {
  const { summary, facts, lines, links, own, note } = text;
  const title = trimCharacters(escapeMarkdown(text.title), DINGTALK_TITLE_MAX);
  const paragraphs = [
    `#### ${escapeMarkdown(text.title)}`,
    ...(own === undefined
      ? [
          escapeMarkdown(summary),
          facts.map(([label, value]) => `- **${label}** ${escapeMarkdown(value)}`).join('\n'),
        ]
      : [own]),
    lines.map((line) => `- ${escapeMarkdown(line)}`).join('\n'),
    escapeMarkdown(note ?? ''),
  ];
  const markdown = paragraphs.filter((one) => one !== '').join('\n\n');
  const [first] = links;
  if (!first) return { msgtype: 'markdown', markdown: { title, text: markdown } };
  const buttons =
    links.length === 1
      ? { singleTitle: first.label, singleURL: first.url }
      : { btns: links.map(({ label, url }) => ({ title: label, actionURL: url })) };
  return {
    msgtype: 'actionCard',
    actionCard: { title, text: markdown, btnOrientation: '1', ...buttons },
  };
}

const FONTS = { bad: 'warning', warning: 'warning', good: 'info', neutral: 'comment' } as const;

/** Markdown of at most 4,096 bytes; links stay, whatever else must go. */
export const wecomMessage = (text: MessageText): object => ({
  msgtype: 'markdown',
  markdown: {
    content: shrunkToFit(text, wecomOf, (content) => utf8Bytes(content) <= WECOM_BYTES_MAX),
  },
});

function wecomOf({ title, summary, facts, lines, links, tone, own, note }: MessageText): string {
  const parts = [
    `### <font color="${FONTS[tone]}">${escapeMarkdown(title)}</font>`,
    ...(own === undefined
      ? [
          escapeMarkdown(summary),
          ...facts.map(
            ([label, value]) => `> ${label}: <font color="comment">${escapeMarkdown(value)}</font>`,
          ),
        ]
      : [own]),
    ...lines.map((line) => `> ${escapeMarkdown(line)}`),
    links.map(({ label, url }) => `[${label}](${inLink(url)})`).join(' '),
    escapeMarkdown(note ?? ''),
  ];
  return parts.filter((one) => one !== '').join('\n');
}
