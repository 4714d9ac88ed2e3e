import { InvalidArgumentError } from 'commander';
import { documentKey, identityOf } from '../kernel/catalog/build.ts';
import { TidemarkError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import { changedFields } from '../platform/catalog/plan.ts';
import { readText } from '../platform/catalog/text.ts';
import type { Row } from './output.ts';

/** What a text has against it, as the console says; lines and columns count from 1. */
export type Fault = {
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
};
type Wording = { readonly text: string; readonly document: Json; readonly at: string };
/** `GET /v1/catalog/documents/{kind}/{id}`, as far as it is printed. */
export type DocumentAnswer = {
  readonly kind: string;
  readonly id: string;
  readonly published?: Wording & { readonly author: string; readonly version: string | null };
  readonly retired?: { readonly by: string; readonly at: string; readonly reason?: string };
  readonly draft?: Wording & {
    readonly state: 'draft' | 'in_review';
    readonly authors: readonly string[];
    readonly note?: string;
    readonly faults: readonly Fault[];
    readonly near: readonly { readonly metric: string; readonly reason: string }[];
    readonly impacts: readonly {
      readonly code: string;
      readonly subject: string;
      readonly message: string;
      readonly isBreaking: boolean;
    }[];
  };
  readonly reviews: readonly Row[];
};

/** Reads `KIND/ID`; a wrong one is wrong usage. @returns the part of a path that stands for it */
export function parseName(text: string): string {
  const [kind = '', id = '', more] = text.split('/');
  if (kind === '' || id === '' || more !== undefined)
    throw new InvalidArgumentError('A document is KIND/ID, such as Metric/net-sales.');
  return `${encodeURIComponent(kind)}/${encodeURIComponent(id)}`;
}

/** One document of a file; its first line is line `offset` + 1 of the file. */
export type Piece = { readonly key: string; readonly text: string; readonly offset: number };

/** A line that begins with it is a marker even within a block scalar. @see YAML 1.2.2, 9.1.2 */
const MARKER = /^---[ \t]*(?:#.*)?$/;

/**
 * The documents of a file, each as it is written.
 * @param file its name, for faults   @throws catalog_invalid where one has neither kind nor id, or is no YAML
 */
export function piecesOf(source: string, file: string): readonly Piece[] {
  const pieces: { lines: string[]; offset: number }[] = [{ lines: [], offset: 0 }];
  for (const [index, line] of source.split('\n').entries()) {
    if (MARKER.test(line.trimEnd())) pieces.push({ lines: [], offset: index + 1 });
    else pieces.at(-1)?.lines.push(line);
  }
  return pieces
    .filter(({ lines }) => lines.some((line) => /^[^#]/.test(line.trim())))
    .map(({ lines, offset }) => {
      const text = `${lines.join('\n').trimEnd()}\n`;
      const { json, faults } = readText(text);
      const identity = json === undefined ? undefined : identityOf(json);
      if (identity) return { key: documentKey(identity), text, offset };
      const [{ line, message } = NAMELESS] = json === undefined ? faults : [];
      throw new TidemarkError('catalog_invalid', `${file}:${offset + line} ${message}`);
    });
}
const NAMELESS = { line: 1, message: 'a document has a kind and a metadata.id' };

/** Where a document is in its life, in one record. */
export function headOf({ kind, id, published, retired, draft }: DocumentAnswer): Row {
  const document = `${kind}/${id}`;
  const version = published?.version ?? undefined;
  const out = published ? { published: published.at, publishedBy: published.author } : {};
  if (draft)
    return {
      document,
      state: draft.state,
      at: draft.at,
      authors: draft.authors.join(', '),
      ...(draft.note === undefined ? {} : { note: draft.note }),
      faults: draft.faults.length,
      ...out,
      ...(published
        ? { differs: changedFields(published.document, draft.document).join(', ') || 'nowhere' }
        : {}),
    };
  if (published)
    return { document, state: 'published', at: published.at, author: published.author, version };
  if (retired) {
    const { at, by, reason } = retired;
    return { document, state: 'retired', at, author: by, ...(reason ? { reason } : {}) };
  }
  return { document, state: 'none' };
}

/** What there is to say of a draft: faults where they stand, what it resembles, what publishing it would do. */
export function remarksOf(
  { draft }: DocumentAnswer,
  place: { readonly file: string; readonly offset: number },
): readonly string[] {
  if (!draft) return [];
  return [
    ...draft.faults.map(
      ({ line, column, code, message }) =>
        `${place.file}:${place.offset + line}:${column} ${code} ${message}`,
    ),
    ...draft.near.map(({ metric, reason }) => `resembles Metric/${metric}: ${reason}`),
    ...draft.impacts.map(
      ({ isBreaking, subject, code, message }) =>
        `${isBreaking ? 'breaks' : 'changes'}: ${subject} ${code} ${message}`,
    ),
  ];
}
