import type { Step } from '../kernel/catalog/life.ts';
import { KINDS } from '../kernel/catalog/read-document.ts';
import type { Catalog } from '../kernel/definitions.ts';
import { TidemarkError } from '../kernel/errors.ts';
import type { Refusal } from '../kernel/errors.ts';
import { canonicalJson } from '../kernel/json.ts';
import { err, ok } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';
import type { CatalogSource } from '../platform/catalog/entry.ts';
import { owedPublications } from '../platform/catalog/ledger.ts';
import type { ShownLedger } from '../platform/catalog/shown-ledger.ts';
import { readText, writeText } from '../platform/catalog/text.ts';
import type { CatalogWriter } from '../platform/catalog/writer.ts';
import type { SecretPlaces } from '../platform/webhook/secret.ts';
import type { JudgeAlike } from './catalog-alike.ts';
import { checkText, versionOf } from './catalog-check.ts';
import type { PublishedCatalog } from './catalog-check.ts';
import { assertPublishable, documentNow, knownIn } from './catalog-documents.ts';
import { documentAnswer, documentItem, historyAnswer } from './core/catalog/answers.ts';
import type {
  CheckAnswer,
  DocumentAnswer,
  DocumentsAnswer,
  HistoryAnswer,
  KnownDocument,
} from './core/catalog/answers.ts';
import { decideStep, publishedBy, stale } from './core/catalog/decide.ts';
import type { Asking, CatalogCommand, DocumentNow } from './core/catalog/decide.ts';
import { documentsPage, parseDocumentsQuery } from './core/catalog/list.ts';
import type { Parameters } from './core/values-query.ts';

export type DocumentName = { readonly kind: string; readonly id: string };
/** Who asks, and what they say of publishing. */
export type Terms = Omit<Asking, 'nowMs' | 'isOpen'> & { readonly acceptsBreaks?: boolean };
/** A save brings a text; what it says is found here. */
export type DeskCommand =
  | Exclude<CatalogCommand, { readonly kind: 'save' }>
  | { readonly kind: 'save'; readonly text: string; readonly note?: string };

/** Where people shape the catalogue: questions about its documents, and the steps from a draft to what is published. */
export type DocumentDesk = {
  readonly list: (parameters: Parameters) => Result<DocumentsAnswer, Refusal>;
  readonly show: (name: DocumentName) => Promise<Result<DocumentAnswer, Refusal>>;
  readonly history: (name: DocumentName) => Result<HistoryAnswer, Refusal>;
  readonly check: (text: string) => Promise<CheckAnswer>;
  /** @throws broker_unavailable, registry_unavailable */
  readonly tell: (
    name: DocumentName,
    command: DeskCommand,
    terms: Terms,
  ) => Promise<Result<DocumentAnswer, Refusal>>;
  /** Publishes what was decided so long ago that whoever decided it must have been cut off. */
  readonly publishOwed: () => Promise<void>;
};

/** Longer than a publication takes, so that nobody does what another is about to do. */
export const OWED_AFTER_MS = 10_000;

export type DeskParts = {
  readonly source: CatalogSource;
  readonly ledger: ShownLedger;
  readonly writer: CatalogWriter;
  readonly published: () => PublishedCatalog;
  readonly judgeAlike: JudgeAlike;
  readonly now: () => number;
  /** Where this installation has the secrets that definitions may name. */
  readonly places: SecretPlaces;
  /** There is no tokens file: everyone is the same person. */
  readonly isOpen: boolean;
};

export function createDocumentDesk(parts: DeskParts): DocumentDesk {
  const { ledger, writer, published, now } = parts;
  const known = ({ kind, id }: DocumentName): KnownDocument | undefined =>
    knownIn(ledger.current(), `${kind}/${id}`);

  const found = (text: string, key?: string): CheckAnswer & { readonly view: Catalog } => {
    const { json: _json, ...answer } = checkText(text, published(), { key, places: parts.places });
    return answer;
  };
  /** What is said of a text, with the figures of those that it resembles. */
  const judged = async (text: string, key?: string): Promise<CheckAnswer> => {
    const { view, ...answer } = found(text, key);
    const { id } = answer.identity ?? {};
    if (id === undefined) return answer;
    return { ...answer, near: await parts.judgeAlike(answer.near, { id, view }) };
  };
  const answerOf = (name: DocumentName, findings: CheckAnswer | undefined) => {
    const one = known(name);
    if (!one) return absent(name);
    return ok(documentAnswer(one, published().catalog, { textOf: writeText, findings }));
  };
  const draftOf = (name: DocumentName): string | undefined => {
    const draft = known(name)?.life.draft;
    return draft && (draft.text ?? '');
  };
  /** At once, without figures: a step is not held up by them. */
  const shownNow = (name: DocumentName): Result<DocumentAnswer, Refusal> => {
    const text = draftOf(name);
    if (text === undefined) return answerOf(name, undefined);
    const { view: _view, ...findings } = found(text, keyOf(name));
    return answerOf(name, findings);
  };

  const take = async (
    name: DocumentName,
    command: DeskCommand,
    terms: Terms,
  ): Promise<Result<DocumentAnswer, Refusal>> => {
    const current = documentNow(ledger.current(), keyOf(name));
    const asking = { ...terms, isOpen: parts.isOpen, nowMs: now() };
    const step = decideStep(worded(command), current, asking);
    if (!step.ok) return step;
    if (command.kind === 'submit') {
      const sound = assertSound(current, published(), parts.places);
      if (!sound.ok) return sound;
    }
    const publishes = PUBLISHING.has(step.value.action);
    if (publishes)
      await assertPublishable(
        { source: parts.source, published: published().documents, places: parts.places },
        {
          key: current.key,
          document: publishedBy(step.value)?.document,
          acceptsBreaks: terms.acceptsBreaks === true,
        },
      );
    if (!(await writer.append(current.key, step.value)))
      return stale(current, 'somebody else was faster');
    if (publishes) await publishNow(current.key, step.value.sequence);
    const after = shownNow(name);
    // A draft of something that never was published leaves nothing when it is discarded.
    return after.ok ? after : ok({ ...name, reviews: [] });
  };

  const publishNow = async (key: string, revision: number): Promise<void> => {
    const life = ledger.current().lives.get(key);
    const publication = life?.publications.findLast((one) => one.revision === revision);
    if (publication) await writer.publish(key, publication);
  };

  /** What is published is checked against what is published: one after the other. */
  const inTurn = createTurns();

  return {
    list(parameters) {
      const query = parseDocumentsQuery(parameters);
      if (!query.ok) return query;
      const { lives, entries } = ledger.current();
      const keys = new Set([...entries.keys(), ...lives.keys()]);
      const { catalog } = published();
      const items = [...keys].flatMap((key) => {
        const one = knownIn(ledger.current(), key);
        return one ? [documentItem(one, catalog)] : [];
      });
      return ok(documentsPage(items, query.value));
    },
    async show(name) {
      const text = draftOf(name);
      return answerOf(name, text === undefined ? undefined : await judged(text, keyOf(name)));
    },
    history(name) {
      const found = known(name);
      if (!found) return absent(name);
      const publishedNow = published();
      return ok(
        historyAnswer(found, {
          textOf: writeText,
          versionOf: (document) => versionOf(document, publishedNow),
        }),
      );
    },
    check: (text) => judged(text),
    async tell(name, command, terms) {
      const unknown = unknownKind(name);
      if (unknown) return unknown;
      try {
        return await inTurn(() => take(name, command, terms));
      } catch (error) {
        // What must hold before something is published is said by the codes of `catalog apply`.
        if (error instanceof TidemarkError && REFUSALS.has(error.code))
          return err({ code: error.code, detail: error.message });
        throw error;
      }
    },
    publishOwed: () =>
      inTurn(async () => {
        for (const { key, publication } of owedPublications(ledger.current()))
          if (publication.atMs < now() - OWED_AFTER_MS) await writer.publish(key, publication);
      }),
  };
}

const PUBLISHING: ReadonlySet<Step['action']> = new Set(['approved', 'rolled_back', 'retired']);
const REFUSALS: ReadonlySet<string> = new Set([
  'catalog_invalid',
  'change_breaks',
  'schema_invalid',
  'topic_mismatch',
]);

const keyOf = ({ kind, id }: DocumentName): string => `${kind}/${id}`;
const absent = (name: DocumentName): Result<never, Refusal> =>
  err({ code: 'not_found', detail: `there is no document ${keyOf(name)}` });

/** Only what can be published some day is drafted, and its name is one that the topic's keys can hold. */
function unknownKind({ kind, id }: DocumentName): Result<never, Refusal> | undefined {
  if (!(KINDS as readonly string[]).includes(kind))
    return err({
      code: 'not_found',
      detail: `there is no kind ${kind}; there are ${KINDS.join(', ')}`,
    });
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/.test(id)) return undefined;
  return err({
    code: 'invalid_parameter',
    detail: 'an id is of letters, digits, . _ and -, at most 200 of them',
  });
}

function worded(command: DeskCommand): CatalogCommand {
  if (command.kind !== 'save') return command;
  const { text, note } = command;
  const document = canonicalJson(readText(text).json ?? null);
  return { kind: 'save', wording: { document, text }, ...(note === undefined ? {} : { note }) };
}

/** What is handed in for review is free of faults of its own. */
function assertSound(
  { key, life }: DocumentNow,
  published: PublishedCatalog,
  places: SecretPlaces,
): Result<void, Refusal> {
  const { draft } = life;
  if (!draft) return ok(undefined);
  const { faults } = checkText(draft.text ?? '', published, { key, places });
  if (faults.length === 0) return ok(undefined);
  return err({
    code: 'catalog_invalid',
    detail: faults
      .map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`)
      .join('; '),
  });
}

/** One after the other, whatever became of the one before. */
function createTurns(): <T>(action: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (action) => {
    const next = last.then(action);
    last = next.catch(() => undefined);
    return next;
  };
}
