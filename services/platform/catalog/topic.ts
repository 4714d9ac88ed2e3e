import type { Catalog } from '../../kernel/definitions.ts';
import type { Json } from '../../kernel/json.ts';
import { systemTopicSpec, ensureTopics } from '../kafka/topics.ts';
import type { CatalogView } from '../platform.ts';
import { openEntryCodec, readKey } from './entry.ts';
import type { CatalogEntry, CatalogSource, EntryKey } from './entry.ts';
import { createCatalogFold } from './fold.ts';
import { followCatalogLog } from './log.ts';
import { createLedgerFold, owedPublications } from './ledger.ts';
import type { Ledger, LedgerFold } from './ledger.ts';
import type { CatalogRecord } from './log.ts';
import { createShownLedger } from './shown-ledger.ts';

/** Documents of a metric that are remembered: most edits change no values, and what is looked for is one that did. */
const EARLIER_MAX = 8;

export type RunningCatalogView = CatalogView & { readonly stop: () => Promise<void> };

/**
 * The published catalogue, folded live from its topic. It has read the topic to its end when it resolves, and follows it
 * until it is stopped. Listeners are called in the order of changes, one change at a time.
 * @throws broker_unavailable, registry_unavailable, topic_mismatch
 */
export async function createCatalogView(source: CatalogSource): Promise<RunningCatalogView> {
  const { config, kafka, logger } = source;
  const spec = systemTopicSpec(config, 'catalog');
  await ensureTopics(kafka, [spec]);
  const codec = await openEntryCodec(source);
  const fold = createCatalogFold();
  const listeners = new Set<(catalog: Catalog) => void>();
  let folds = newFolds();
  let published: ReadonlyMap<string, string> = new Map();
  let reviewed: ReadonlyMap<string, string> = new Map();
  const shown = createShownLedger();

  const take = async (record: CatalogRecord, into: Folds): Promise<void> => {
    const { key, value } = record;
    const of = readKey(key);
    if (!of) return;
    const entry = value === null ? null : await readEntry(value, of.is);
    if (entry !== null && 'fault' in entry) {
      logger.error(
        { key, fault: entry.fault },
        'a catalogue entry cannot be read; the last good one stays',
      );
      return;
    }
    into.ledger.take(key, entry);
    if (of.is === 'document') takeDocument(key, entry, into);
  };

  const takeDocument = (
    key: string,
    entry: CatalogEntry | null,
    { documents, earlier }: Folds,
  ): void => {
    if (entry?.state !== 'published') {
      documents.delete(key);
      earlier.delete(key);
      return;
    }
    const { document } = entry;
    const before = documents.get(key);
    if (before !== undefined && before !== document && key.startsWith('Metric/'))
      earlier.set(key, [...(earlier.get(key) ?? []), before].slice(-EARLIER_MAX));
    documents.set(key, document);
  };

  const readEntry = async (
    value: Buffer,
    is: EntryKey['is'],
  ): Promise<CatalogEntry | { readonly fault: string }> => {
    const decoded = await codec.decode(value);
    if (!decoded.ok) return { fault: decoded.error };
    const { state } = decoded.value;
    const isOut = state === 'published' || state === 'retired';
    if (is === 'document' && !isOut) return { fault: `its state is ${state}` };
    return isJson(decoded.value.document) ? decoded.value : { fault: 'its document is no JSON' };
  };

  const publish = (): void => {
    const { documents, earlier, ledger } = folds;
    const inReview = inReviewOf(ledger.ledger());
    if (isSame(documents, published) && isSame(inReview, reviewed)) return;
    published = new Map(documents);
    reviewed = inReview;
    const parse = (text: string): Json => JSON.parse(text) as Json;
    const parsed = new Map([...documents].map(([key, text]) => [key, parse(text)]));
    const before = new Map([...earlier].map(([key, texts]) => [key, texts.map(parse)]));
    const drafts = new Map([...inReview].map(([key, text]) => [key, parse(text)]));
    for (const { key, message } of fold.update(parsed, { earlier: before, inReview: drafts }))
      logger.error(
        { key, fault: message },
        'a catalogue entry does not fit; the last good one stays',
      );
    const catalog = fold.current();
    for (const listener of listeners) listener(catalog);
  };

  const log = await followCatalogLog(kafka, spec.topic, {
    onStart() {
      folds = newFolds();
    },
    async onRecords(records, isAtEnd) {
      const into = folds;
      for (const record of records) await take(record, into);
      // Reading may have begun anew in the meantime: then this is a part, not the whole.
      if (!isAtEnd || into !== folds) return;
      publish();
      shown.show(into.ledger.ledger(), records.at(-1)?.offset ?? -1);
    },
    onFault: (error) => logger.warn({ err: error }, 'reading the catalogue begins anew'),
  });

  return {
    current: fold.current,
    documents: fold.documents,
    ledger: shown,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: log.stop,
  };
}

/** What records are folded into; all of it anew when the topic is read from its start. */
type Folds = {
  readonly documents: Map<string, string>;
  /** What was published before under the key of a metric, oldest first. */
  readonly earlier: Map<string, readonly string[]>;
  readonly ledger: LedgerFold;
};
const newFolds = (): Folds => ({
  documents: new Map(),
  earlier: new Map(),
  ledger: createLedgerFold(),
});

/** What is drafted and waits for somebody to decide on it, or was approved and is about to be published, by `KIND/ID`. */
function inReviewOf(ledger: Ledger): ReadonlyMap<string, string> {
  const drafts = [...ledger.lives].flatMap(([key, { draft }]) =>
    draft?.state === 'in_review' ? [[key, draft.document] as const] : [],
  );
  const owed = owedPublications(ledger).flatMap(({ key, publication }) =>
    publication.state === 'published' ? [[key, publication.document] as const] : [],
  );
  return new Map([...drafts, ...owed]);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** After a reconnection the whole topic is read again; listeners hear only of differences. */
const isSame = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean =>
  a.size === b.size && [...a].every(([key, text]) => b.get(key) === text);
