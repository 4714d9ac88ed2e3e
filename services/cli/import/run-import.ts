import { basename } from 'node:path';
import { TidemarkError } from '../../kernel/errors.ts';
import type { Api } from '../api.ts';
import type { Output } from '../output.ts';
import { beginning } from './ledger.ts';
import type { Ledger } from './ledger.ts';
import { contentHash, readRows } from './rows.ts';
import type { Row } from './rows.ts';
import { BATCH_CHARACTERS_MAX, BATCH_EVENTS_MAX, sendEvents } from './send-events.ts';
import type { EventJson, EventResult } from './send-events.ts';

export type ImportRequest = {
  readonly file: string;
  /** Says what is made of the content; the ledger keeps it. */
  readonly plan: string;
  /** Pure: the same row gives the same event, with the same id, each time. */
  readonly toEvent: (row: Row, hash: string) => EventJson;
  readonly isHistorical: boolean;
  readonly isForced: boolean;
};
export type ImportSummary = {
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: number;
};
type World = {
  readonly api: Api;
  readonly ledger: Ledger;
  readonly output: Output;
  readonly now: () => number;
};

/** Rejected rows that are shown one by one. */
const SHOWN_MAX = 10;
/** How long a batch is tried again while the installation is away or overloaded, ms. */
const RETRY_FOR_MS = 120_000;

/**
 * Sends a file's rows as events, batch after batch: the ledger notes each answered one, so that after a kill the import goes on
 * there, and at most the last batch is sent twice, with the same ids.
 * @throws invalid_parameter when the content was imported before; what keeps events from being sent
 */
export async function runImport(
  { api, ledger, output, now }: World,
  request: ImportRequest,
): Promise<ImportSummary> {
  const { file, plan } = request;
  const hash = await contentHash(file);
  const begun = beginning(ledger.read(hash), request);
  if (!begun.ok) throw new TidemarkError('invalid_parameter', `${file}: ${begun.error}`);
  const start = begun.value;
  if (start.rows > 0) output.note(`going on after row ${start.rows}`);
  const startedAt = new Date(now()).toISOString();
  let { rows, accepted, rejected } = start;
  const shown: string[] = [];
  const entry = (): Parameters<Ledger['write']>[1] => ({
    file,
    plan,
    startedAt,
    rows,
    accepted,
    rejected,
  });
  const progress = output.progress(basename(file));
  for await (const batch of batches(readRows(file), start.rows, (row) =>
    request.toEvent(row, hash),
  )) {
    const results = await sendEvents(api, batch.events, {
      isHistorical: request.isHistorical,
      retryForMs: RETRY_FOR_MS,
      onRetry: (error) => progress.update(batch.share, `waiting: ${error.message}`),
    });
    const refused = results.filter(({ status }) => status === 'rejected');
    shown.push(...refused.slice(0, SHOWN_MAX - shown.length).map((one) => describe(one, batch)));
    rows = batch.lastRow;
    rejected += refused.length;
    accepted += results.length - refused.length;
    ledger.write(hash, entry());
    progress.update(batch.share, `${accepted} accepted, ${rejected} rejected`);
  }
  ledger.write(hash, { ...entry(), finishedAt: new Date(now()).toISOString() });
  progress.done(`${accepted} accepted, ${rejected} rejected`);
  for (const line of shown) output.note(line);
  if (rejected > shown.length) output.note(`and ${rejected - shown.length} more`);
  return { rows, accepted, rejected };
}

type Batch = {
  readonly events: readonly EventJson[];
  readonly rowNumbers: readonly number[];
  readonly lastRow: number;
  readonly share: number;
};

async function* batches(
  rows: AsyncIterable<Row>,
  after: number,
  toEvent: (row: Row) => EventJson,
): AsyncIterable<Batch> {
  let taken: { event: EventJson; row: Row }[] = [];
  let characters = 0;
  const batch = (): Batch => {
    const last = taken.at(-1)?.row;
    const full = {
      events: taken.map(({ event }) => event),
      rowNumbers: taken.map(({ row }) => row.number),
      lastRow: last?.number ?? after,
      share: last?.share ?? 1,
    };
    taken = [];
    characters = 0;
    return full;
  };
  for await (const row of rows) {
    if (row.number <= after) continue;
    const event = toEvent(row);
    const size = JSON.stringify(event).length;
    if (taken.length > 0 && characters + size > BATCH_CHARACTERS_MAX) yield batch();
    taken.push({ event, row });
    characters += size;
    if (taken.length >= BATCH_EVENTS_MAX) yield batch();
  }
  if (taken.length > 0) yield batch();
}

function describe({ index, error }: EventResult, { rowNumbers }: Batch): string {
  const where = error?.pointer === undefined ? '' : ` ${error.pointer}`;
  return `row ${rowNumbers[index]}: ${error?.code}${where}: ${error?.detail}`;
}
