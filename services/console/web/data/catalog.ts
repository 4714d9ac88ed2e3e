import type { DocumentAnswer, DocumentItem, DocumentState } from '../../core/catalog/answers.ts';
import type { PruneCode } from '../../../kernel/catalog/prune.ts';
import { localized } from '../i18n/text.ts';

/** In the order in which a choice among them offers them. */
export const STATES = [
  'published',
  'in_review',
  'draft',
  'retired',
] as const satisfies readonly DocumentState[];

/** Views of one document. */
export const DOCUMENT_TABS = ['published', 'draft', 'changes', 'history'] as const;

/** `GET /v1/catalog/prune` */
export type PruneAnswer = {
  readonly at: string;
  readonly metrics: number;
  readonly findings: readonly {
    readonly metric: string;
    readonly code: PruneCode;
    readonly reason: string;
    readonly action: string;
  }[];
  readonly unjudged: readonly {
    readonly metric: string;
    readonly of: string;
    readonly reason: string;
  }[];
  readonly warnings: readonly string[];
};

const pathOf = (kind: string, id: string): string =>
  `${encodeURIComponent(kind)}/${encodeURIComponent(id)}`;
export const documentPath = (kind: string, id: string): string =>
  `/v1/catalog/documents/${pathOf(kind, id)}`;
export const draftPath = (kind: string, id: string): string =>
  `/v1/catalog/drafts/${pathOf(kind, id)}`;

type Newest = Pick<DocumentAnswer, 'published' | 'draft'>;

/** Which state was looked at: whoever does something about it says so, and is told when somebody else was faster. */
export const baseOf = ({ draft, published }: Newest): string | undefined =>
  draft?.at ?? published?.at;

/** What is there to be edited: the draft, else what is published. */
export const latestText = ({ draft, published }: Newest): string =>
  draft?.text ?? published?.text ?? '';

export type CatalogFilter = {
  readonly q?: string | undefined;
  readonly kind?: string | undefined;
  readonly domain?: string | undefined;
  readonly owner?: string | undefined;
  readonly state?: DocumentState | undefined;
};

/** Whether an item is wanted. One that is published and has a draft is found under both states. */
export function isWanted(item: DocumentItem, filter: CatalogFilter): boolean {
  const { q = '', kind, domain, owner, state } = filter;
  return (
    (kind === undefined || item.kind === kind) &&
    (domain === undefined || item.domain === domain) &&
    (owner === undefined || item.owner === owner) &&
    (state === undefined || isIn(item, state)) &&
    hasText(item, q)
  );
}

export function isIn(item: DocumentItem, state: DocumentState): boolean {
  if (state === 'published') return item.isPublished;
  return item.state === state || (state === 'draft' && item.hasDraft && item.state === 'published');
}

/** What a domain is called, by what definitions say. */
export const domainNames = (items: readonly DocumentItem[]): ReadonlyMap<string, string> =>
  new Map(
    items.flatMap(({ domain, domainName }) =>
      domain === null || domainName === null ? [] : [[domain, localized(domainName)] as const],
    ),
  );

function hasText(item: DocumentItem, q: string): boolean {
  const { kind, id, name, tags, owner, domain, domainName } = item;
  const words = q.toLowerCase().split(/\s+/);
  const named = [name, domainName].flatMap((one) => [one?.en, one?.zh]);
  const parts = [kind, id, ...named, owner, domain, ...tags];
  const searched = parts.map((part) => (part ?? '').toLowerCase());
  return words.every((word) => searched.some((part) => part.includes(word)));
}

/** The values that a property has, for a choice among them. */
export const valuesOf = (
  items: readonly DocumentItem[],
  property: 'kind' | 'domain' | 'owner',
): readonly string[] =>
  [...new Set(items.map((item) => item[property] ?? ''))]
    .filter((value) => value !== '')
    .toSorted((a, b) => (a < b ? -1 : 1));
