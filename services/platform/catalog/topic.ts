import type { Catalog } from '../../kernel/definitions.ts';
import type { Json } from '../../kernel/json.ts';
import { systemTopicSpec, ensureTopics } from '../kafka/topics.ts';
import type { CatalogView } from '../platform.ts';
import { openEntryCodec } from './entry.ts';
import type { CatalogSource } from './entry.ts';
import { createCatalogFold } from './fold.ts';
import { followCatalogLog } from './log.ts';
import type { CatalogRecord } from './log.ts';

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
  let documents = new Map<string, string>();
  /** What was published before under the key of a metric, oldest first. */
  let earlier = new Map<string, readonly string[]>();
  let published = new Map<string, string>();

  const take = async ({ key, value }: CatalogRecord, into: Map<string, string>): Promise<void> => {
    const read = value === null ? null : await readEntry(value);
    if (read === null) {
      into.delete(key);
      earlier.delete(key);
    } else if (typeof read === 'string') {
      const before = into.get(key);
      if (before !== undefined && before !== read && key.startsWith('Metric/'))
        earlier.set(key, [...(earlier.get(key) ?? []), before].slice(-EARLIER_MAX));
      into.set(key, read);
    } else
      logger.error(
        { key, fault: read.fault },
        'a catalogue entry cannot be read; the last good one stays',
      );
  };

  /** @returns the document's text, null when the entry withdraws it, or why it cannot be read */
  const readEntry = async (value: Buffer): Promise<string | null | { readonly fault: string }> => {
    const decoded = await codec.decode(value);
    if (!decoded.ok) return { fault: decoded.error };
    const { state, document } = decoded.value;
    if (state === 'retired') return null;
    if (state !== 'published') return { fault: `its state is ${state}` };
    return isJson(document) ? document : { fault: 'its document is no JSON' };
  };

  const publish = (): void => {
    if (isSame(documents, published)) return;
    published = new Map(documents);
    const parse = (text: string): Json => JSON.parse(text) as Json;
    const parsed = new Map([...documents].map(([key, text]) => [key, parse(text)]));
    const before = new Map([...earlier].map(([key, texts]) => [key, texts.map(parse)]));
    for (const { key, message } of fold.update(parsed, before))
      logger.error(
        { key, fault: message },
        'a catalogue entry does not fit; the last good one stays',
      );
    const catalog = fold.current();
    for (const listener of listeners) listener(catalog);
  };

  const log = await followCatalogLog(kafka, spec.topic, {
    onStart() {
      documents = new Map();
      earlier = new Map();
    },
    async onRecords(records, isAtEnd) {
      const into = documents;
      for (const record of records) await take(record, into);
      // Reading may have begun anew in the meantime: then this is a part, not the whole.
      if (isAtEnd && into === documents) publish();
    },
    onFault: (error) => logger.warn({ err: error }, 'reading the catalogue begins anew'),
  });

  return {
    current: fold.current,
    documents: fold.documents,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: log.stop,
  };
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
