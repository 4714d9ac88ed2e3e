import type { LineageEdge, LineageNode } from '../../../kernel/catalog/lineage.ts';
import type { PruneCode } from '../../../kernel/catalog/prune.ts';

/** The catalogue as its desk's API writes it. Times are RFC 3339, `text` is YAML. */

export const DOCUMENT_STATES = ['published', 'draft', 'in_review', 'retired'] as const;
export type DocumentState = (typeof DOCUMENT_STATES)[number];
/** Views of one document. */
export const DOCUMENT_TABS = ['published', 'draft', 'changes', 'history'] as const;

/** Whether a document was published from the catalogue's files or from here. */
export type Origin = 'file' | 'console';

export type CatalogItem = {
  readonly kind: string;
  readonly id: string;
  readonly name: { readonly en?: string; readonly zh?: string };
  readonly domain?: string | null;
  readonly owner?: string | null;
  readonly tags: readonly string[];
  readonly state: DocumentState;
  readonly hasDraft: boolean;
  readonly version?: string | null;
  readonly origin: Origin;
  readonly author: string | null;
  readonly at: string | null;
};
/** `GET /v1/catalog/documents` */
export type DocumentsAnswer = {
  readonly items: readonly CatalogItem[];
  readonly cursor?: string;
};

export type Fault = {
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly code: string;
  readonly message: string;
};
export type ImpactNote = {
  readonly code: string;
  readonly subject: string;
  readonly message: string;
  readonly isBreaking: boolean;
  readonly affects: readonly string[];
};
/** A published metric that tells much the same. */
export type NearNote = { readonly metric: string; readonly reason: string };
export type Findings = {
  readonly faults: readonly Fault[];
  readonly impacts: readonly ImpactNote[];
  readonly near: readonly NearNote[];
};
/** `POST /v1/catalog/check` */
export type CheckAnswer = Findings & {
  readonly identity?: { readonly kind: string; readonly id: string };
};

export type Published = {
  readonly text: string;
  readonly document: unknown;
  readonly origin: Origin;
  readonly author: string | null;
  readonly at: string;
  readonly version?: string | null;
};
export type Draft = Findings & {
  readonly text: string;
  readonly state: 'draft' | 'in_review';
  readonly author: string;
  readonly at: string;
  readonly note?: string | null;
};
export type Review = {
  readonly by: string;
  readonly at: string;
  readonly action: 'submitted' | 'withdrawn' | 'rejected' | 'approved';
  readonly reason?: string | null;
};
/** `GET /v1/catalog/documents/{kind}/{id}` */
export type DocumentAnswer = {
  readonly kind: string;
  readonly id: string;
  readonly published?: Published;
  readonly draft?: Draft;
  readonly reviews: readonly Review[];
};

/** `GET /v1/catalog/documents/{kind}/{id}/history`, newest first */
export type Revision = {
  readonly revision: number;
  readonly at: string;
  readonly author: string | null;
  readonly approvedBy?: string | null;
  readonly origin: Origin;
  readonly version?: string | null;
  readonly state: DocumentState;
  readonly text: string;
};
export type HistoryAnswer = { readonly items: readonly Revision[] };

/** `GET /v1/catalog/drafts/{kind}/{id}/difference`: what the draft would make of the metric's stored windows. */
export type DifferenceAnswer = {
  readonly state: 'none' | 'filling' | 'ready';
  /** Share that is filled, 0–1. */
  readonly progress?: number;
  readonly from: string;
  readonly to: string;
  readonly grain: string;
  readonly windows: {
    readonly total: number;
    readonly changed: number;
    readonly added: number;
    readonly removed: number;
  };
  readonly items: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly start: string;
    readonly end: string;
    readonly before: string | null;
    readonly after: string | null;
    readonly change: string | null;
  }[];
  readonly total: { readonly before: string | null; readonly after: string | null };
};

/** `GET /v1/catalog/lineage/{metric}` */
export type LineageAnswer = {
  readonly metric: string;
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
};

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

/** Where a draft was begun from: who saves it says so, and is told when somebody else was faster. */
export const baseOf = (document: Pick<DocumentAnswer, 'published' | 'draft'>): string | undefined =>
  document.draft?.at ?? document.published?.at;

export type CatalogFilter = {
  readonly q?: string | undefined;
  readonly kind?: string | undefined;
  readonly domain?: string | undefined;
  readonly owner?: string | undefined;
  readonly state?: DocumentState | undefined;
};

/** Whether an item is wanted. One that is published and has a draft is found under both states. */
export function isWanted(item: CatalogItem, filter: CatalogFilter): boolean {
  const { q = '', kind, domain, owner, state } = filter;
  return (
    (kind === undefined || item.kind === kind) &&
    (domain === undefined || item.domain === domain) &&
    (owner === undefined || item.owner === owner) &&
    (state === undefined || isIn(item, state)) &&
    hasText(item, q)
  );
}

export const isIn = (item: CatalogItem, state: DocumentState): boolean =>
  item.state === state || (state === 'draft' && item.hasDraft && item.state === 'published');

function hasText({ kind, id, name, tags, owner, domain }: CatalogItem, q: string): boolean {
  const words = q.toLowerCase().split(/\s+/);
  const parts = [kind, id, name.en, name.zh, owner, domain, ...tags];
  const searched = parts.map((part) => (part ?? '').toLowerCase());
  return words.every((word) => searched.some((part) => part.includes(word)));
}

/** The values that a property has, for a choice among them. */
export const valuesOf = (
  items: readonly CatalogItem[],
  property: 'kind' | 'domain' | 'owner',
): readonly string[] =>
  [...new Set(items.map((item) => item[property] ?? ''))]
    .filter((value) => value !== '')
    .toSorted((a, b) => (a < b ? -1 : 1));
