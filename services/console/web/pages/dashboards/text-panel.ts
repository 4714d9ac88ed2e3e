import { h } from 'preact';
import type { ComponentChildren, JSX } from 'preact';
import type { TextPanel } from '../../../../kernel/catalog/dashboard-panels.ts';
import { localized } from '../../i18n/text.ts';
import { parseMarkdown } from './markdown.ts';
import type { Block, Inline } from './markdown.ts';

/** Words between the figures. Whatever stands in them becomes text and a few elements of ours. */
export const TextView = (props: { readonly panel: TextPanel }): JSX.Element =>
  h(
    'div',
    { class: 'prose' },
    withRanks(parseMarkdown(localized(props.panel.text)), props.panel.title ? 3 : 2).map(drawBlock),
  );

/** A heading's place among those of the page; whatever marks the text uses, no rank between them is left out. */
type Ranked = Exclude<Block, { kind: 'heading' }> | (Heading & { readonly rank: number });
type Heading = Extract<Block, { kind: 'heading' }>;

/** @param first rank of the text's largest headings: the page has the first, the panel's title the second */
export function withRanks(blocks: readonly Block[], first: number): readonly Ranked[] {
  const levels = [...new Set(blocks.flatMap((one) => (one.kind === 'heading' ? [one.level] : [])))];
  return blocks.map((block) =>
    block.kind === 'heading'
      ? { ...block, rank: first + levels.filter((level) => level < block.level).length }
      : block,
  );
}

function drawBlock(block: Ranked, key: number): JSX.Element {
  switch (block.kind) {
    case 'heading':
      return h(`h${block.rank}`, { key }, drawAll(block.of));
    case 'paragraph':
      return h('p', { key }, drawAll(block.of));
    case 'list':
      return h(
        'ul',
        { key },
        block.items.map((item, i) => h('li', { key: i }, drawAll(item))),
      );
  }
}

const drawAll = (parts: readonly Inline[]): ComponentChildren => parts.map(drawInline);

function drawInline(part: Inline, key: number): ComponentChildren {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'code':
      return h('code', { key }, part.text);
    case 'strong':
      return h('strong', { key }, drawAll(part.of));
    case 'emphasis':
      return h('em', { key }, drawAll(part.of));
    case 'link': {
      const outside = part.href.startsWith('#')
        ? {}
        : { target: '_blank', rel: 'noreferrer noopener' };
      return h('a', { key, href: part.href, ...outside }, drawAll(part.of));
    }
  }
}
