import { basename } from 'node:path';
import { TidemarkError } from '../../kernel/errors.ts';
import { batches } from '../../kernel/import/batch.ts';
import type { Batch } from '../../kernel/import/batch.ts';
import { beginning } from '../../kernel/import/ledger.ts';
import type { Beginning } from '../../kernel/import/ledger.ts';
import type { EventJson } from '../../kernel/import/mapping.ts';
import { contentId } from '../../kernel/import/content.ts';
import type { Sheet } from '../../kernel/import/content.ts';
import { eventMaker } from '../../kernel/import/row-events.ts';
import type { Made } from '../../kernel/import/row-events.ts';
import { ROW_IDS_MAX } from '../../kernel/import/row-ids.ts';
import type { First } from '../../kernel/import/row-ids.ts';
import type { Row } from '../../kernel/import/row.ts';
import type { Json } from '../../kernel/json.ts';
import type { Ledger } from '../../platform/import/ledger.ts';
import type { Api } from '../api.ts';
import type { Output } from '../output.ts';
import { contentHash, readRows } from './rows.ts';
import { sendEvents } from './send-events.ts';
import type { EventResult } from './send-events.ts';

export type ImportRequest = {
  readonly file: string;
  /** Of a workbook, another one than the first. */
  readonly sheet?: Sheet;
  /** Says what is made of the content; the ledger keeps it. */
  readonly plan: string;
  /** Pure: the same row gives the same event, with the same id, each time. */
  readonly toEvent: (row: Row, hash: string) => EventJson;
  /** Whether ids are of the row's number, so that none repeats. */
  readonly isNumbered?: boolean;
  /** Of the events' data: with it, 1.5 and 1.50 are one amount where ids repeat. */
  readonly schema?: Json;
  readonly isHistorical: boolean;
  readonly isForced: boolean;
};
export type ImportSummary = {
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Rows that are the same event as an earlier one of the file: they count once and were not sent. */
  readonly repeated: number;
};
type World = {
  readonly api: Api;
  readonly ledger: Ledger;
  readonly output: Output;
  readonly now: () => number;
};

/** Rejected rows, and repeated ones, that are shown one by one. */
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
  const { file, plan, sheet } = request;
  const hash = contentId(await contentHash(file), sheet);
  const begun = beginning(ledger.read(hash), request);
  if (!begun.ok) throw new TidemarkError('invalid_parameter', `${file}: ${whyNot(begun.error)}`);
  const start = begun.value;
  if (start.rows > 0) output.note(`going on after row ${start.rows}`);
  const startedAt = new Date(now()).toISOString();
  let { rows, accepted, rejected } = start;
  let repeated = 0;
  const refusals = firstLines(SHOWN_MAX);
  const repeats = firstLines(SHOWN_MAX);
  const entry = (): Parameters<Ledger['write']>[1] => ({
    file,
    ...(sheet === undefined ? {} : { sheet }),
    plan,
    startedAt,
    rows,
    accepted,
    rejected,
  });
  const state = (): string =>
    `${accepted} accepted, ${rejected} rejected${repeated > 0 ? `, ${repeated} repeated` : ''}`;
  const progress = output.progress(basename(file));
  const maker = eventMaker((row) => request.toEvent(row, hash), {
    isNumbered: request.isNumbered === true,
    ...(request.schema === undefined ? {} : { schema: request.schema }),
  });
  const toEvent = (row: Row): EventJson | undefined => {
    rows = row.number;
    const made = maker.make(row);
    if (made.kind === 'event') {
      if (made.twin) repeats.note(describeTwin(row, made.twin));
      return made.event;
    }
    if (made.kind === 'conflict') rejected++;
    else repeated++;
    (made.kind === 'conflict' ? refusals : repeats).note(describeRepeat(row, made));
    return undefined;
  };
  const passBy = (row: Row): void => {
    if (maker.make(row).kind === 'same') repeated++;
  };
  for await (const batch of batches(
    readRows(file, sheet === undefined ? {} : { sheet }),
    start.rows,
    {
      toEvent,
      passBy,
    },
  )) {
    const results = await sendEvents(api, batch.events, {
      isHistorical: request.isHistorical,
      retryForMs: RETRY_FOR_MS,
      onRetry: (error) => progress.update(batch.share, `waiting: ${error.message}`),
    });
    const refused = results.filter(({ status }) => status === 'rejected');
    for (const one of refused) refusals.note(describe(one, batch));
    rows = batch.lastRow;
    rejected += refused.length;
    accepted += results.length - refused.length;
    ledger.write(hash, entry());
    progress.update(batch.share, state());
  }
  ledger.write(hash, { ...entry(), finishedAt: new Date(now()).toISOString() });
  progress.done(state());
  for (const line of [...refusals.all(), ...repeats.all()]) output.note(line);
  if (maker.isFull())
    output.note(`of rows after ${ROW_IDS_MAX} it was not checked whether their ids repeat`);
  return { rows, accepted, rejected, repeated };
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

const describeRepeat = (
  { number }: Row,
  { kind, first, id }: Exclude<Made, { readonly kind: 'event' }>,
): string =>
  kind === 'same'
    ? `row ${number}: the same as row ${first.number} (id ${id}), counts once`
    : `row ${number}: conflict /id: row ${first.number} has the id ${id} with other contents`;

const describeTwin = ({ number }: Row, first: First): string =>
  `row ${number}: the same contents as row ${first.number}; without --id both count`;

/** The first lines, and how many more there were. */
function firstLines(max: number): {
  readonly note: (line: string) => void;
  readonly all: () => readonly string[];
} {
  const lines: string[] = [];
  let more = 0;
  return {
    note(line) {
      if (lines.length < max) lines.push(line);
      else more++;
    },
    all: () => (more > 0 ? [...lines, `and ${more} more`] : lines),
  };
}
