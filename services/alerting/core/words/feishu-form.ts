import { utf8Bytes } from './byte-limits.ts';
import { shrunkToFit } from './message-text.ts';
import type { MessageText } from './message-text.ts';

/** Bytes of a request of a custom bot, less what signature and time take. */
const REQUEST_BYTES_MAX = 20_000 - 300;
const COLOURS = { bad: 'red', warning: 'orange', good: 'green', neutral: 'grey' } as const;

/** Characters with a meaning in lark_md, as the entities that it takes for them. */
export const escapeLark = (text: string): string =>
  text.replaceAll(/[&<>*_~[\]()`\\]/g, (one) => `&#${one.codePointAt(0)};`);

/**
 * An interactive card as JSON. Custom bots get no callbacks, so buttons are links. Our own words are plain text, which no
 * label can turn into a mention; only an own template is lark_md.
 */
export const feishuCard = (text: MessageText): object =>
  shrunkToFit(text, cardOf, (card) => utf8Bytes(JSON.stringify(card)) <= REQUEST_BYTES_MAX);

const plain = (content: string) => ({ tag: 'plain_text', content });

function cardOf({ title, summary, facts, lines, links, tone, own, note }: MessageText): object {
  const said = own === undefined ? plain(summary) : { tag: 'lark_md', content: own };
  const fields = own === undefined ? facts : [];
  return {
    config: { wide_screen_mode: true },
    header: { title: plain(title), template: COLOURS[tone] },
    elements: [
      ...(said.content === '' ? [] : [{ tag: 'div', text: said }]),
      ...(fields.length === 0
        ? []
        : [
            {
              tag: 'div',
              fields: fields.map(([label, value]) => ({
                is_short: true,
                text: plain(`${label}\n${value}`),
              })),
            },
          ]),
      ...(lines.length === 0 ? [] : [{ tag: 'div', text: plain(lines.join('\n')) }]),
      ...(links.length === 0
        ? []
        : [
            {
              tag: 'action',
              actions: links.map(({ label, url }, index) => ({
                tag: 'button',
                text: plain(label),
                url,
                type: index === 0 ? 'primary' : 'default',
              })),
            },
          ]),
      ...(note === undefined ? [] : [{ tag: 'note', elements: [plain(note)] }]),
    ],
  };
}
