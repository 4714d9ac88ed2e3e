import { documentKey, identityOf } from '../../kernel/catalog/build.ts';
import type { Impact } from '../../kernel/catalog/impact.ts';
import { KINDS } from '../../kernel/catalog/read-document.ts';
import { canonicalJson } from '../../kernel/json.ts';
import type { Json } from '../../kernel/json.ts';
import type { CatalogEntry } from './entry.ts';
import { impactOfChanges } from './impact.ts';

export type CatalogChange = {
  readonly action: 'add' | 'change' | 'withdraw';
  readonly key: string;
  /** Absent when it is withdrawn. */
  readonly document?: Json;
  /** What stood there before; absent when it is added. */
  readonly previous?: Json;
  /** As somebody wrote it, where that is known. */
  readonly text?: string;
};
/** `at` is epoch ms. */
export type CatalogConflict = {
  readonly key: string;
  readonly author: string;
  readonly at: number;
};
export type CatalogPlan = {
  readonly changes: readonly CatalogChange[];
  /** Their published version was made in the console and differs: they are kept, only `force` replaces them. */
  readonly conflicts: readonly CatalogConflict[];
  readonly unchanged: number;
  /** What the changes do to those who rely on what is published. */
  readonly impacts: readonly Impact[];
};

type PlanOptions = {
  readonly force?: boolean;
  readonly textOf?: (key: string) => string | undefined;
};

/**
 * What has to be written so that the topic says what the files say. Documents that came from files and are in no file any
 * more are withdrawn; those of the console stay. Pure.
 * @param documents of the files, without faults   @param entries of the topic, by key
 * @param textOf what was written of a document: another text of the same document is a change too, as comments are
 */
export function planChanges(
  documents: readonly Json[],
  entries: ReadonlyMap<string, CatalogEntry>,
  { force = false, textOf = () => undefined }: PlanOptions = {},
): CatalogPlan {
  const wanted = new Map(documents.map((document) => [keyOf(document), document]));
  const changes: CatalogChange[] = [];
  const conflicts: CatalogConflict[] = [];
  let unchanged = 0;
  for (const [key, document] of inOrder(wanted)) {
    const entry = entries.get(key);
    const text = textOf(key);
    const written = text === undefined ? {} : { text };
    const isSame = entry?.document === canonicalJson(document) && entry.state === 'published';
    const isText = text === undefined || entry?.text === text || entry?.origin === 'console';
    if (isSame && isText) unchanged++;
    else if (entry?.origin === 'console' && !force)
      conflicts.push({ key, author: entry.author, at: entry.at });
    else if (entry)
      changes.push({
        action: 'change',
        key,
        document,
        previous: parse(entry.document),
        ...written,
      });
    else changes.push({ action: 'add', key, document, ...written });
  }
  const gone = [...entries].filter(([key, { origin }]) => origin === 'file' && !wanted.has(key));
  for (const [key, entry] of inOrder(new Map(gone)).toReversed())
    changes.push({ action: 'withdraw', key, previous: parse(entry.document) });
  return {
    changes,
    conflicts,
    unchanged,
    impacts: impactOfChanges(publishedOf(entries), changes),
  };
}

/** The published ones among the entries of the topic. */
export const publishedOf = (
  entries: ReadonlyMap<string, CatalogEntry>,
): ReadonlyMap<string, Json> =>
  new Map(
    [...entries]
      .filter(([, { state }]) => state === 'published')
      .map(([key, { document }]) => [key, parse(document)]),
  );

/** The fields in which two documents differ, as dotted paths: lists are compared whole. */
export function changedFields(
  before: Json,
  after: Json,
  path: readonly string[] = [],
): readonly string[] {
  if (canonicalJson(before) === canonicalJson(after)) return [];
  if (!isObject(before) || !isObject(after)) return [path.join('.')];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) =>
    changedFields(before[name] ?? null, after[name] ?? null, [...path, name]),
  );
}

const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Key of a checked document on the topic. */
export function keyOf(document: Json): string {
  const identity = identityOf(document);
  if (!identity) throw new Error('invariant_broken: a checked document has no kind and id');
  return documentKey(identity);
}

const parse = (text: string): Json => JSON.parse(text) as Json;

/** What is named before what names it, so that a reader of the topic meets no gaps. */
const inOrder = <T>(byKey: ReadonlyMap<string, T>): readonly (readonly [string, T])[] =>
  [...byKey].toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
const rank = (key: string): number => (KINDS as readonly string[]).indexOf(key.split('/')[0] ?? '');
