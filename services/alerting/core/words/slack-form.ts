import { trimCharacters } from './byte-limits.ts';
import { shrunkToFit } from './message-text.ts';
import type { MessageText } from './message-text.ts';

/** Limits of Block Kit in characters, and what all blocks of a message may hold in practice (bolt-js #2509). */
const HEADER_MAX = 150;
const SECTION_MAX = 3_000;
const FIELD_MAX = 2_000;
const FIELDS_MAX = 10;
const BUTTON_MAX = 75;
const URL_MAX = 3_000;
const BLOCKS_CHARACTERS_MAX = 12_500;
const FALLBACK_MAX = 3_000;

export type SlackForm = { readonly text: string; readonly blocks: readonly object[] };

/** The three characters that have a meaning in Slack's mrkdwn: so nothing in a message calls people or makes links. */
export const escapeSlack = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** `text` is what notifications show; everything of ours is plain text, only an own template is mrkdwn. */
export const slackForm = (text: MessageText): SlackForm =>
  shrunkToFit(text, formOf, ({ blocks }) => JSON.stringify(blocks).length <= BLOCKS_CHARACTERS_MAX);

function formOf(text: MessageText): SlackForm {
  const { title, summary, facts, lines, links, own, note } = text;
  const said = own === undefined ? plain(summary, SECTION_MAX) : mrkdwn(own);
  const blocks = [
    { type: 'header', text: plain(title, HEADER_MAX) },
    ...(said.text === '' ? [] : [{ type: 'section', text: said }]),
    ...(own === undefined ? fieldsOf(facts) : []),
    ...sectionsOf(lines),
    ...(links.length === 0 ? [] : [{ type: 'actions', elements: links.map(buttonOf) }]),
    ...(note === undefined ? [] : [{ type: 'context', elements: [plain(note, SECTION_MAX)] }]),
  ];
  const fallback = [title, summary].filter((part) => part !== '').join('\n');
  return { text: escapeSlack(trimCharacters(fallback, FALLBACK_MAX)), blocks };
}

const plain = (text: string, max: number) => ({
  type: 'plain_text',
  text: trimCharacters(text, max),
  emoji: false,
});
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text: trimCharacters(text, SECTION_MAX) });

function fieldsOf(facts: MessageText['facts']): readonly object[] {
  const fields = facts.map(([label, value]) => plain(`${label}\n${value}`, FIELD_MAX));
  return Array.from({ length: Math.ceil(fields.length / FIELDS_MAX) }, (_, i) => ({
    type: 'section',
    fields: fields.slice(i * FIELDS_MAX, (i + 1) * FIELDS_MAX),
  }));
}

/** Lines in as few sections as hold them whole. */
function sectionsOf(lines: readonly string[]): readonly object[] {
  const texts: string[] = [];
  for (const line of lines) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= SECTION_MAX)
      texts[texts.length - 1] = `${last}\n${line}`;
    else texts.push(line);
  }
  return texts.map((text) => ({ type: 'section', text: plain(text, SECTION_MAX) }));
}

const buttonOf = ({ label, url }: MessageText['links'][number], index: number) => ({
  type: 'button',
  action_id: `link_${index}`,
  text: plain(label, BUTTON_MAX),
  url: url.slice(0, URL_MAX),
});
