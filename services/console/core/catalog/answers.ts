import { lastPublication } from '../../../kernel/catalog/life.ts';
import type { DocumentLife, Publication } from '../../../kernel/catalog/life.ts';
import type { Catalog, LocalizedText } from '../../../kernel/definitions.ts';
import type { Json } from '../../../kernel/json.ts';
import { formatRfc3339 } from '../../../kernel/time.ts';
import type { Grain } from '../../../kernel/window.ts';
import type { ImpactAnswer } from '../catalog-answers.ts';

export const DOCUMENT_STATES = ['published', 'draft', 'in_review', 'retired'] as const;
export type DocumentState = (typeof DOCUMENT_STATES)[number];
type Origin = 'file' | 'console';
type Name = { readonly en?: string; readonly zh?: string };

/** What is published, or was and is retired, under `KIND/ID`. */
export type PublishedDocument = {
  readonly state: 'published' | 'retired';
  /** Canonical JSON. */
  readonly document: string;
  readonly text?: string;
  readonly origin: Origin;
  readonly author: string;
  readonly atMs: number;
};
/** One document as the log tells of it: `published` is absent where nothing stands under its name. */
export type KnownDocument = {
  readonly kind: string;
  readonly id: string;
  readonly life: DocumentLife;
  readonly published?: PublishedDocument;
};

/** One row of `GET /v1/catalog/documents`. */
export type DocumentItem = {
  readonly kind: string;
  readonly id: string;
  readonly name: Name;
  readonly domain: string | null;
  /** What readers see of it, where the settings name it. */
  readonly domainName: LocalizedText | null;
  readonly owner: string | null;
  readonly tags: readonly string[];
  /** `in_review` before `published` before `draft`: what waits for somebody is seen. */
  readonly state: DocumentState;
  readonly hasDraft: boolean;
  readonly isPublished: boolean;
  readonly version: string | null;
  readonly origin: Origin;
  /** Who wrote what is newest, and when. */
  readonly author: string;
  readonly at: string;
};
export type DocumentsAnswer = { readonly items: readonly DocumentItem[]; readonly cursor?: string };

export type TextFaultAnswer = {
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly code: string;
  readonly message: string;
};
/** Another metric of the same inputs, and what the two differ in. */
export type NearAnswer = {
  readonly metric: string;
  readonly reason: string;
  readonly differs: readonly string[];
  /** Where both have values, and their totals rise and fall together: r above 0.95, over closed windows of a grain. */
  readonly alike?: {
    readonly correlation: string;
    readonly windows: number;
    readonly grain: Grain;
  };
};
/** What is to be said of a text. */
export type Findings = {
  readonly faults: readonly TextFaultAnswer[];
  /** Published definitions that compute exactly the same. */
  readonly duplicates: readonly { readonly kind: string; readonly id: string }[];
  readonly near: readonly NearAnswer[];
  readonly impacts: ImpactAnswer['impacts'];
};
/** `POST /v1/catalog/check` */
export type CheckAnswer = Findings & {
  readonly identity?: { readonly kind: string; readonly id: string };
};

/** `GET /v1/catalog/documents/{kind}/{id}` */
export type DocumentAnswer = {
  readonly kind: string;
  readonly id: string;
  readonly published?: {
    readonly text: string;
    readonly document: Json;
    readonly origin: Origin;
    readonly author: string;
    readonly at: string;
    readonly version: string | null;
  };
  /** What the fields of what is published are called, where the language has other words than the text. */
  readonly fieldNames?: Readonly<Record<string, string>>;
  /** It was published and is no more. */
  readonly retired?: { readonly by: string; readonly at: string; readonly reason?: string };
  readonly draft?: Findings & {
    readonly text: string;
    readonly document: Json;
    readonly state: 'draft' | 'in_review';
    readonly author: string;
    /** All who wrote on it: none of them may approve it. */
    readonly authors: readonly string[];
    readonly at: string;
    readonly note?: string;
  };
  /** Oldest first. */
  readonly reviews: readonly {
    readonly by: string;
    readonly at: string;
    readonly action: 'submitted' | 'withdrawn' | 'rejected' | 'approved';
    readonly reason?: string;
  }[];
};

/** `GET /v1/catalog/documents/{kind}/{id}/history` */
export type HistoryAnswer = {
  /** Newest first. */
  readonly items: readonly {
    readonly revision: number;
    readonly at: string;
    readonly author: string;
    readonly approvedBy?: string;
    readonly origin: Origin;
    readonly version: string | null;
    readonly state: 'published' | 'retired';
    readonly text: string;
    readonly reason?: string;
  }[];
};

type Words = {
  readonly metadata?: {
    readonly name?: string | Name;
    readonly domain?: string;
    readonly owner?: string;
    readonly tags?: readonly string[];
  } | null;
};

export function documentItem(
  { kind, id, life, published }: KnownDocument,
  catalog: Catalog,
): DocumentItem {
  const { draft } = life;
  const isOut = published?.state === 'published';
  const last = lastPublication(life);
  const shown = isOut ? published : (draft ?? published ?? last);
  const newest = draft ?? published ?? last;
  const { metadata } = (JSON.parse(shown?.document ?? 'null') ?? {}) as Words;
  const { name, domain, owner, tags } = metadata ?? {};
  return {
    kind,
    id,
    name: typeof name === 'string' ? { en: name } : (name ?? {}),
    domain: textOrNull(domain),
    domainName: catalog.settings.domains?.get(String(domain)) ?? null,
    owner: textOrNull(owner),
    tags: Array.isArray(tags) ? tags.map(String) : [],
    state: stateOf(life, isOut),
    hasDraft: draft !== undefined,
    isPublished: isOut,
    version: isOut ? versionIn(catalog, kind, id) : null,
    origin: isOut ? published.origin : draft ? 'console' : (last?.origin ?? 'file'),
    author: newest?.author ?? '',
    at: formatRfc3339(newest?.atMs ?? 0),
  };
}

function stateOf({ draft }: DocumentLife, isOut: boolean): DocumentState {
  if (draft?.state === 'in_review') return 'in_review';
  if (isOut) return 'published';
  return draft ? 'draft' : 'retired';
}

/** A draft is no document yet: what it says of itself may be anything. */
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

export const versionIn = (catalog: Catalog, kind: string, id: string): string | null =>
  (kind === 'Metric'
    ? catalog.metrics.get(id)?.version
    : kind === 'AlertRule'
      ? catalog.rules.get(id)?.version
      : undefined) ?? null;

/** @param textOf YAML of a document that nobody wrote here   @param findings of the draft, where there is one */
export function documentAnswer(
  { kind, id, life, published }: KnownDocument,
  catalog: Catalog,
  parts: { readonly textOf: (document: Json) => string; readonly findings: Findings | undefined },
): DocumentAnswer {
  const { draft } = life;
  const told = (one: { readonly document: string; readonly text?: string }) => {
    const document = JSON.parse(one.document) as Json;
    return { text: one.text ?? parts.textOf(document), document };
  };
  const isOut = published?.state === 'published';
  const gone = isOut ? undefined : lastPublication(life);
  return {
    kind,
    id,
    ...(isOut
      ? {
          published: {
            ...told(published),
            origin: published.origin,
            author: published.author,
            at: formatRfc3339(published.atMs),
            version: versionIn(catalog, kind, id),
          },
        }
      : {}),
    ...(gone
      ? { retired: { by: gone.author, at: formatRfc3339(gone.atMs), ...reasonOf(gone) } }
      : {}),
    ...(draft && parts.findings
      ? {
          draft: {
            ...told(draft),
            state: draft.state,
            author: draft.author,
            authors: draft.authors,
            at: formatRfc3339(draft.atMs),
            ...(draft.note === undefined ? {} : { note: draft.note }),
            ...parts.findings,
          },
        }
      : {}),
    reviews: life.reviews.map(({ by, atMs, action, reason }) => ({
      by,
      at: formatRfc3339(atMs),
      action,
      ...(reason === undefined ? {} : { reason }),
    })),
  };
}

/** @param versionOf the version that a document had: a hash, so it is found again */
export function historyAnswer(
  { life, published }: KnownDocument,
  parts: {
    readonly textOf: (document: Json) => string;
    readonly versionOf: (document: Json) => string | null;
  },
): HistoryAnswer {
  const isTold = published && !life.publications.some(({ atMs }) => atMs === published.atMs);
  // Published before steps were written down: it is all that is known of that time.
  const first: readonly Publication[] = isTold ? [{ revision: 0, ...published }] : [];
  const all = [...first, ...life.publications].toSorted((a, b) => b.revision - a.revision);
  return {
    items: all.map((one) => {
      const document = JSON.parse(one.document) as Json;
      return {
        revision: one.revision,
        at: formatRfc3339(one.atMs),
        author: one.author,
        ...(one.approvedBy === undefined ? {} : { approvedBy: one.approvedBy }),
        origin: one.origin,
        version: parts.versionOf(document),
        state: one.state,
        text: one.text ?? parts.textOf(document),
        ...reasonOf(one),
      };
    }),
  };
}

const reasonOf = ({ note }: Publication): { readonly reason?: string } =>
  note === undefined ? {} : { reason: note };
