import { basename } from 'node:path';
import { TidemarkError } from '../../kernel/errors.ts';
import { batches } from '../../kernel/import/batch.ts';
import type { Batch } from '../../kernel/import/batch.ts';
import { beginning } from '../../kernel/import/ledger.ts';
import type { Beginning } from '../../kernel/import/ledger.ts';
import type { EventJson } from '../../kernel/import/mapping.ts';
import type { Row, TableOptions } from '../../kernel/import/row.ts';
import type { Ledger } from '../../platform/import/ledger.ts';
import type { Api } from '../api.ts';
import type { Output } from '../output.ts';
import { contentHash, readRows } from './rows.ts';
import { sendEvents } from './send-events.ts';
import type { EventResult } from './send-events.ts';

export type ImportRequest = {
  readonly file: string;
  /** How the file is read. */
  readonly table?: TableOptions;
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
  if (!begun.ok) throw new TidemarkError('invalid_parameter', `${file}: ${whyNot(begun.error)}`);
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
  for await (const batch of batches(readRows(file, request.table), start.rows, (row) =>
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

type Refused = Extract<Beginning, { readonly ok: false }>['error'];
const whyNot = ({ reason, entry }: Refused): string =>
  reason === 'imported'
    ? `this content was imported at ${entry.finishedAt} as ${entry.file} (${entry.accepted} accepted, ${entry.rejected} rejected); --force sends it again`
    : `an import of this content with other options was interrupted after ${entry.rows} rows; repeat those options to go on, or --force to begin anew`;

function describe({ index, error }: EventResult, { rows }: Batch): string {
  const where = error?.pointer === undefined ? '' : ` ${error.pointer}`;
  return `row ${rows[index]?.number}: ${error?.code}${where}: ${error?.detail}`;
}
