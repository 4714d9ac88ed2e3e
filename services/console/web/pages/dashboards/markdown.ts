/**
 * A small part of Markdown, as data: what becomes of it is made of elements, never of HTML text, so that nothing in it can
 * be more than text. What is no mark of ours (HTML, images, tables) stays as it is written.
 */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'emphasis'; readonly of: readonly Inline[] }
  | { readonly kind: 'link'; readonly href: string; readonly of: readonly Inline[] };
export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly of: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly of: readonly Inline[] }
  | { readonly kind: 'list'; readonly items: readonly (readonly Inline[])[] };

const HEADING = /^(#{1,3})\s+(\S.*)$/;
const ITEM = /^[-*]\s+(\S.*)$/;

/** Blocks of a text; lines of one paragraph are put together. */
export function parseMarkdown(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  let items: (readonly Inline[])[] = [];
  const end = (): void => {
    if (lines.length > 0) blocks.push({ kind: 'paragraph', of: parseInline(lines.join(' ')) });
    if (items.length > 0) blocks.push({ kind: 'list', items });
    lines = [];
    items = [];
  };
  for (const line of text.split(/\r?\n/).map((one) => one.trim())) {
    const [, marks, title] = HEADING.exec(line) ?? [];
    const [, item] = ITEM.exec(line) ?? [];
    if (title !== undefined) {
      end();
      const level = (marks?.length ?? 1) as 1 | 2 | 3;
      blocks.push({ kind: 'heading', level, of: parseInline(title) });
    } else if (item !== undefined) {
      if (lines.length > 0) end();
      items.push(parseInline(item));
    } else if (line === '') end();
    else {
      if (items.length > 0) end();
      lines.push(line);
    }
  }
  end();
  return blocks;
}

/** Each alternative ends where its own closing mark is first met: no text takes more than its length squared. */
const MARK = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\][]+)\]\(([^()\s]+)\)/;

export function parseInline(text: string): readonly Inline[] {
  const found: Inline[] = [];
  let rest = text;
  for (let match = MARK.exec(rest); match; match = MARK.exec(rest)) {
    if (match.index > 0) found.push({ kind: 'text', text: rest.slice(0, match.index) });
    found.push(inlineOf(match));
    rest = rest.slice(match.index + match[0].length);
  }
  return rest === '' ? found : [...found, { kind: 'text', text: rest }];
}

function inlineOf([whole, code, strong, emphasis, label, href]: RegExpExecArray): Inline {
  if (code !== undefined) return { kind: 'code', text: code };
  if (strong !== undefined) return { kind: 'strong', of: parseInline(strong) };
  if (emphasis !== undefined) return { kind: 'emphasis', of: parseInline(emphasis) };
  const safe = safeHref(href ?? '');
  return safe === undefined
    ? { kind: 'text', text: whole }
    : { kind: 'link', href: safe, of: [{ kind: 'text', text: label ?? '' }] };
}

/** Pages of the console, the web and mail; anything else (`javascript:`, `data:`, other paths of this origin) is no link. */
export function safeHref(href: string): string | undefined {
  if (href.startsWith('#/')) return href;
  if (!URL.canParse(href)) return undefined;
  const { protocol } = new URL(href);
  return ['https:', 'http:', 'mailto:'].includes(protocol) ? href : undefined;
}
