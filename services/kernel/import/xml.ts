import { TidemarkError } from '../errors.ts';

/** A tag, or the text before one. Prefixes of namespaces are left out. */
export type XmlPart =
  | {
      readonly kind: 'open';
      readonly name: string;
      readonly attributes: Readonly<Record<string, string>>;
      /** `<a/>`: no `close` follows. */
      readonly isEmpty: boolean;
    }
  | { readonly kind: 'close'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string };

/** Characters between two tags, or of one: a cell of a worksheet holds 32,767. */
const PART_CHARACTERS_MAX = 1024 * 1024;

/**
 * Reads XML as a stream, as much as worksheets need. Document types are refused, so that no entity of the file's own is
 * ever expanded. @throws not_parseable
 */
export async function* xmlParts(bytes: AsyncIterable<Uint8Array>): AsyncIterable<XmlPart> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const part of bytes) {
    rest += decoder.decode(part, { stream: true });
    let from = 0;
    for (;;) {
      const open = rest.indexOf('<', from);
      const close = open < 0 ? -1 : rest.indexOf('>', open);
      if (close < 0) break;
      if (open > from) yield { kind: 'text', text: unescape(rest.slice(from, open)) };
      const tag = tagOf(rest.slice(open + 1, close));
      if (tag) yield tag;
      from = close + 1;
    }
    rest = rest.slice(from);
    if (rest.length > PART_CHARACTERS_MAX) throw broken('a tag or a text is longer than 1 MiB');
  }
}

const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

function tagOf(text: string): XmlPart | undefined {
  if (text.startsWith('!DOCTYPE') || text.startsWith('!ENTITY'))
    throw broken('document types are not read');
  if (text.startsWith('?') || text.startsWith('!')) return undefined;
  if (text.startsWith('/')) return { kind: 'close', name: local(text.slice(1).trim()) };
  const isEmpty = text.endsWith('/');
  const [name = ''] = text.split(/[\s/]/, 1);
  const attributes: Record<string, string> = {};
  for (const [, key = '', double, single] of text.matchAll(ATTRIBUTE))
    attributes[local(key)] = unescape(double ?? single ?? '');
  return { kind: 'open', name: local(name), attributes, isEmpty };
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1);

const NAMED: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};
const ENTITY = /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos));/g;
const CODE_POINT_MAX = 0x10ffff;

function unescape(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(ENTITY, (whole, ...found: string[]) => {
    const [hex, decimal, name] = found as (string | undefined)[];
    if (name !== undefined) return NAMED[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= CODE_POINT_MAX ? String.fromCodePoint(code) : whole;
  });
}

const broken = (what: string): TidemarkError => new TidemarkError('not_parseable', what);
