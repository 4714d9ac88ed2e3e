import { randomUUID } from 'node:crypto';
import type { Publication, Step } from '../../kernel/catalog/life.ts';
import { TidemarkError } from '../../kernel/errors.ts';
import type { Json } from '../../kernel/json.ts';
import type { Codec } from '../avro/codec.ts';
import { createRecordProducer } from '../kafka/producer.ts';
import type { RecordProducer } from '../kafka/producer.ts';
import { entryOfStep, openEntryCodec, stepKey } from './entry.ts';
import type { CatalogEntry, CatalogSource } from './entry.ts';
import { appendEntries, eventTypesOf, prepareEventTypes } from './publish.ts';
import type { EntryRecord } from './publish.ts';
import type { ShownLedger } from './shown-ledger.ts';

/** Writes to the catalogue's topic and reads back what came of it. All throw broker_unavailable, registry_unavailable. */
export type CatalogWriter = {
  /**
   * @param of `KIND/ID`
   * @returns whether the log took the step: of those made upon one state it takes the first
   */
  readonly append: (of: string, step: Step) => Promise<boolean>;
  /** Writes what a step has decided, with its topic and schema where it is an event type; twice does no harm. */
  readonly publish: (of: string, publication: Publication) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Until one's own record is read; the broker has it then, so it only takes this long where reading begins anew. */
const READ_BACK_WITHIN_MS = 10_000;

export function openCatalogWriter(source: CatalogSource, ledger: ShownLedger): CatalogWriter {
  let codec: Promise<Codec<CatalogEntry>> | undefined;
  let producer: RecordProducer | undefined;

  const write = async (records: readonly EntryRecord[]): Promise<void> => {
    codec ??= openEntryCodec(source);
    const opened = await codec.catch((error: unknown) => {
      codec = undefined;
      throw error;
    });
    producer ??= createRecordProducer(source.kafka, { logger: source.logger });
    const { config } = source;
    await readBack(await appendEntries(producer, { config, codec: opened, records }));
  };

  const readBack = async (offset: number): Promise<void> => {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () =>
        late.reject(
          new TidemarkError(
            'broker_unavailable',
            `what was written to the catalogue was not read back within ${READ_BACK_WITHIN_MS} ms; whether it counts will show`,
          ),
        ),
      READ_BACK_WITHIN_MS,
    );
    try {
      await Promise.race([ledger.reached(offset), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    async append(of, step) {
      const key = stepKey(of, randomUUID());
      await write([{ key, entry: entryOfStep(of, step) }]);
      return !ledger.current().refused.has(key);
    },
    async publish(of, publication) {
      const { state, document } = publication;
      if (state === 'published')
        await prepareEventTypes(source, eventTypesOf(source, [JSON.parse(document) as Json]));
      await write([{ key: of, entry: entryOfPublication(of, publication) }]);
    },
    close: async () => producer?.close(),
  };
}

/** @returns null for what was in files and is in none any more */
function entryOfPublication(of: string, publication: Publication): CatalogEntry | null {
  const { state, origin, revision, document, text, author, atMs, note } = publication;
  if (state === 'retired' && origin === 'file') return null;
  const slash = of.indexOf('/');
  return {
    kind: of.slice(0, slash),
    id: of.slice(slash + 1),
    state,
    document,
    origin,
    author,
    at: atMs,
    text: text ?? null,
    action: null,
    sequence: revision,
    note: note ?? null,
  };
}
