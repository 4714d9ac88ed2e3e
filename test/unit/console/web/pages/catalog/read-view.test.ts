import type { VNode } from 'preact';
import { expect, it } from 'vitest';
import { texts } from '../../../../../../services/console/web/i18n/language.ts';
import { ReadView } from '../../../../../../services/console/web/pages/catalog/read-view.ts';
import { Link } from '../../../../../../services/console/web/parts/link.ts';

type Node = VNode<{ children?: unknown; to?: unknown }>;
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'props' in value;

/** Where the links of the page lead: its parts are functions of their props. */
function linksIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(linksIn);
  if (!isNode(value)) return [];
  const { type, props } = value;
  if (type === Link) return [props.to];
  if (typeof type !== 'function') return linksIn(props.children);
  return linksIn((type as (of: object) => unknown)(props));
}

it('a rule leads to the page of its metric', () => {
  const document = {
    kind: 'AlertRule',
    metadata: { id: 'low' },
    spec: { metric: 'net-sales', when: 'value < 1', notify: { group: { by: 'rule' } } },
  };
  texts.value = new Proxy({}, { get: (_texts, key) => String(key) }) as typeof texts.value;
  const published = { document, text: '' } as unknown as Parameters<
    typeof ReadView
  >[0]['published'];
  expect(linksIn(ReadView({ published, names: undefined }))).toEqual([
    { page: 'metric', id: 'net-sales', by: [] },
  ]);
});
