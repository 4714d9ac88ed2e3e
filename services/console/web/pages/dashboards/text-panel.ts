import { h } from 'preact';
import type { ComponentChildren, JSX } from 'preact';
import type { TextPanel } from '../../../../kernel/catalog/dashboard-panels.ts';
import { localized } from '../../i18n/text.ts';
import { parseMarkdown } from './markdown.ts';
import type { Block, Inline } from './markdown.ts';

/** Words between the figures. Whatever stands in them becomes text and a few elements of ours. */
export const TextView = (props: { readonly panel: TextPanel }): JSX.Element =>
  h('div', { class: 'prose' }, parseMarkdown(localized(props.panel.text)).map(drawBlock));

/** The page has the first heading, panels the second. */
const HEADINGS = { 1: 'h2', 2: 'h3', 3: 'h4' } as const;

function drawBlock(block: Block, key: number): JSX.Element {
  switch (block.kind) {
    case 'heading':
      return h(HEADINGS[block.level], { key }, drawAll(block.of));
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
