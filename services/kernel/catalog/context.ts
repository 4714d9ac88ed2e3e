import { compileExpression } from '../expression/compile.ts';
import type { Expression } from '../expression/ast.ts';
import type {
  Compiled,
  CompilePattern,
  Environment,
  ParseExpression,
} from '../expression/types.ts';
import type { Json } from '../json.ts';
import { nearest } from '../text.ts';
import type { DocumentPath, Report } from './fault.ts';

/** What building a catalogue needs from packages, which the kernel may not import. */
export type CatalogTools = {
  readonly parse: ParseExpression;
  readonly compilePattern: CompilePattern;
  /** @returns why the schema is not valid Avro, or must not be decoded; or undefined */
  readonly schemaFault: (schema: Json) => string | undefined;
  /** @returns why a text is no Liquid template, or undefined */
  readonly templateFault: (template: string) => string | undefined;
};

/** Ids that documents declare, per kind; a document with faults of its own is declared all the same. */
export type Declared = ReadonlyMap<string, ReadonlySet<string>>;

/** What checking one document needs. */
export type Context = {
  readonly tools: CatalogTools;
  readonly declared: Declared;
  readonly report: Report;
};

export type CheckedExpression = { readonly expression: Expression; readonly compiled: Compiled };

/** Reads, checks and compiles the expression at `path`. @returns undefined when it has a fault, which is reported */
export function checkExpression(
  text: string,
  { path, environment }: { path: DocumentPath; environment: Environment },
  { tools, report }: Context,
): CheckedExpression | undefined {
  const parsed = tools.parse(text);
  const compiled = parsed.ok
    ? compileExpression(parsed.value, { ...environment, compilePattern: tools.compilePattern })
    : parsed;
  if (!compiled.ok) {
    report(path, { code: 'expression_invalid', ...compiled.error });
    return undefined;
  }
  return parsed.ok ? { expression: parsed.value, compiled: compiled.value } : undefined;
}

/** Reports a reference to something that no document declares. @returns whether it is declared */
export function checkReference(
  { kind, id, path }: { kind: string; id: string; path: DocumentPath },
  { declared, report }: Context,
): boolean {
  const known = declared.get(kind);
  if (known?.has(id)) return true;
  const close = nearest(id, [...(known ?? [])]);
  const hint = close === undefined ? '' : `; did you mean ${close}?`;
  report(path, { code: 'reference_unknown', message: `there is no ${kind} ${id}${hint}` });
  return false;
}

/** As `checkReference`, of `person:ID` or `team:ID`. */
export function checkOwner(owner: string | undefined, path: DocumentPath, context: Context): void {
  if (owner === undefined) return;
  const [kind, id = ''] = owner.split(':');
  checkReference({ kind: kind === 'team' ? 'Team' : 'Person', id, path }, context);
}
