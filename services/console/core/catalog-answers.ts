import { documentKey, identityOf } from '../../kernel/catalog/build.ts';
import type { Impact } from '../../kernel/catalog/impact.ts';
import type { LineageEdge, LineageNode } from '../../kernel/catalog/lineage.ts';
import type { Refusal } from '../../kernel/errors.ts';
import type { Json } from '../../kernel/json.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';

/** `GET /v1/catalog/lineage/{metric}` */
export type LineageAnswer = {
  readonly metric: string;
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly (LineageEdge & {
    /** `as` in the reader's language, where that is not English. */
    readonly words?: string;
  })[];
};

/** `POST /v1/catalog/impact` */
export type ImpactAnswer = {
  /** Whether `catalog apply` would demand `--force`, or refuse. */
  readonly isBreaking: boolean;
  readonly impacts: readonly (Omit<Impact, 'path'> & {
    /** JSON pointer (RFC 6901) into the document of the subject. */
    readonly pointer?: string;
  })[];
};

/** Documents of one question. */
const DOCUMENTS_MAX = 1_000;

export type ImpactQuestion = readonly { readonly key: string; readonly document?: Json }[];

/** Reads `{ documents: [...], withdraw: ["Metric/ID", ...] }`, of which one suffices. */
export function parseImpactQuestion(body: unknown): Result<ImpactQuestion, Refusal> {
  const { documents = [], withdraw = [], ...others } = (body ?? {}) as Record<string, unknown>;
  const refuse = (detail: string): Result<never, Refusal> =>
    err({ code: 'invalid_parameter', detail });
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return refuse(`there are documents and withdraw, no ${unknown}`);
  if (!Array.isArray(documents) || !Array.isArray(withdraw))
    return refuse('documents and withdraw are lists');
  if (documents.length + withdraw.length === 0 || documents.length > DOCUMENTS_MAX)
    return refuse(`between 1 and ${DOCUMENTS_MAX} documents can be asked about at once`);
  const changes: { key: string; document?: Json }[] = [];
  for (const [i, document] of (documents as readonly Json[]).entries()) {
    const identity = identityOf(document);
    if (!identity)
      return err({
        code: 'invalid_parameter',
        detail: 'a document has a kind and a metadata.id',
        pointer: `/documents/${i}`,
      });
    const { spec } = document as { readonly spec?: { readonly avro?: Json } | null };
    if (identity.kind === 'EventType' && spec?.avro === undefined)
      return err({
        code: 'invalid_parameter',
        detail: 'an event type has its Avro schema in spec.avro here: there are no files',
        pointer: `/documents/${i}/spec`,
      });
    changes.push({ key: documentKey(identity), document });
  }
  for (const key of withdraw as readonly unknown[]) changes.push({ key: String(key) });
  return ok(changes);
}

export const impactAnswer = (impacts: readonly Impact[]): ImpactAnswer => ({
  isBreaking: impacts.some(({ isBreaking }) => isBreaking),
  impacts: impacts.map(({ path, ...impact }) => ({
    ...impact,
    ...(path === undefined ? {} : { pointer: pointerOf(path) }),
  })),
});

const pointerOf = (path: readonly (string | number)[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
