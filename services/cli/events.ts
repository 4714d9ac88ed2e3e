import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import { TidemarkError } from '../kernel/errors.ts';
import { BATCH_EVENTS_MAX } from '../kernel/import/batch.ts';
import { otherSheet, sourceOf } from '../kernel/import/content.ts';
import { parseLossless } from '../kernel/import/lossless-json.ts';
import type { DateOrder } from '../kernel/import/local-time.ts';
import { compileMapping, planOf } from '../kernel/import/mapping.ts';
import type { EventJson, Mapping } from '../kernel/import/mapping.ts';
import { openLedger } from '../platform/import/ledger.ts';
import { apiOf, problemOf } from './api.ts';
import { readConfig, withRunningServers } from './environment.ts';
import { parseColumn } from './import/options.ts';
import { readSheets } from './import/rows.ts';
import { runImport } from './import/run-import.ts';
import { dataSchemaOf } from './import/schema.ts';
import { sendEvents } from './import/send-events.ts';
import type { EventResult } from './import/send-events.ts';
import { outputOf } from './output.ts';
import type { Row } from './output.ts';

/** How long `send` tries again while the installation is overloaded, ms. */
const SEND_RETRY_FOR_MS = 30_000;

export function register(program: Command): void {
  const events = program.command('events').description('send, import and trace events');
  registerSend(events);
  registerImport(events);
  registerTrace(events);
}

function registerSend(events: Command): void {
  events
    .command('send')
    .description('send CloudEvents: one as JSON, a JSON array, or one per line')
    .argument('<file>', 'file, or - for standard input')
    .option('--historical', 'mark them as events of the past')
    .addHelpText('after', '\nExample:\n  $ tidemark events send order.json')
    .action(async (file: string, options: { historical?: true }, command: Command) => {
      const output = outputOf(command);
      const api = apiOf(readConfig(command));
      const all = eventsOf(readInput(file), file);
      const results: EventResult[] = [];
      for (let from = 0; from < all.length; from += BATCH_EVENTS_MAX) {
        const sent = await sendEvents(api, all.slice(from, from + BATCH_EVENTS_MAX), {
          isHistorical: options.historical === true,
          retryForMs: SEND_RETRY_FOR_MS,
          onRetry: (error) => output.note(`waiting: ${error.message}`),
        });
        results.push(...sent.map((result) => ({ ...result, index: result.index + from })));
      }
      output.rows(results.map(resultRow));
      if (results.some(({ status }) => status === 'rejected')) process.exitCode = 1;
    });
}

const resultRow = ({ id, status, position, error }: EventResult): Row => ({
  id,
  status,
  position,
  code: error?.code,
  pointer: error?.pointer,
  detail: error?.detail,
});

const STANDARD_INPUT = 0;

function readInput(file: string): string {
  try {
    return readFileSync(file === '-' ? STANDARD_INPUT : file, 'utf8');
  } catch (cause) {
    throw new TidemarkError('invalid_parameter', `${file}: ${(cause as Error).message}`, { cause });
  }
}

/** @throws not_parseable naming the line */
function eventsOf(text: string, file: string): readonly EventJson[] {
  try {
    const whole = parseLossless(text);
    return (Array.isArray(whole) ? whole : [whole]) as readonly EventJson[];
  } catch (cause) {
    const lines = text.split('\n').map((line, index) => ({ line, number: index + 1 }));
    const filled = lines.filter(({ line }) => line.trim() !== '');
    if (filled.length < 2)
      throw new TidemarkError('not_parseable', `${file}: ${(cause as Error).message}`, { cause });
    return filled.map(({ line, number }) => {
      try {
        return parseLossless(line) as EventJson;
      } catch (error) {
        throw new TidemarkError('not_parseable', `${file}:${number}: ${(error as Error).message}`, {
          cause: error,
        });
      }
    });
  }
}

type ImportOptions = {
  readonly type: string;
  readonly map: readonly string[];
  readonly id?: string;
  readonly source?: string;
  readonly subject?: string;
  readonly time?: string;
  readonly timezone?: string;
  readonly sheet?: string;
  readonly decimalComma?: true;
  readonly dates?: DateOrder;
  readonly historical: boolean;
  readonly force?: true;
};

function registerImport(events: Command): void {
  events
    .command('import')
    .description(
      'import a .csv, .xlsx or .ndjson file as historical events; goes on where it was stopped',
    )
    .argument('<file>', '.csv or .xlsx with a header line, or .ndjson with an object per line')
    .requiredOption('--type <type>', 'event type')
    .option(
      '--map <field=column...>',
      'field of the schema from a column; others take the column of their name',
      [],
    )
    .option('--id <template>', 'event id, e.g. "{order}-{line}" (default: content hash and row)')
    .option(
      '--source <source>',
      'CloudEvents source (default: /import/FILE, of another sheet than the first /import/FILE/SHEET)',
    )
    .option('--subject <template>', 'CloudEvents subject, e.g. "{order}"')
    .option('--time <column>', 'column of the event time')
    .option('--timezone <zone>', 'zone of times that name none, e.g. Europe/London')
    .addOption(
      new Option(
        '--dates <order>',
        'order of dates such as 31.1.2026 or 1/31/2026; those with the year first are read anyhow',
      ).choices(['dmy', 'mdy']),
    )
    .option('--decimal-comma', 'numbers such as 1.234,50')
    .option('--sheet <name>', 'sheet of a workbook (default: the first)')
    .option('--no-historical', 'send them as live events: old ones then count as late')
    .option('--force', 'send content that was imported before again')
    .addHelpText(
      'after',
      '\nExample:\n  $ tidemark events import orders.csv --type com.example.sales.order-booked \\\n      --map amount=net_amount store_id=store --id "{order_no}" --time booked_at --timezone Asia/Shanghai',
    )
    .action(async (file: string, options: ImportOptions, command: Command) => {
      const config = withRunningServers(readConfig(command));
      const output = outputOf(command);
      const sheets = await readSheets(file);
      const sheet = otherSheet(options.sheet, sheets);
      if (sheets.length > 1 && options.sheet === undefined)
        output.note(`reading the first sheet of ${sheets.join(', ')}; --sheet names another`);
      const mapping: Mapping = {
        type: options.type,
        source: options.source ?? sourceOf(basename(file), sheet),
        id: options.id,
        subject: options.subject,
        time: options.time,
        timezone: options.timezone,
        columns: new Map(options.map.map(parseColumn)),
        ...(options.decimalComma ? { decimalComma: true } : {}),
        ...(options.dates ? { dateOrder: options.dates } : {}),
      };
      const schema = await dataSchemaOf(config, options.type);
      const summary = await runImport(
        { api: apiOf(config), ledger: openLedger(config.TIDEMARK_DATA_DIR), output, now: Date.now },
        {
          file,
          plan: planOf(mapping, options.historical),
          sheet,
          toEvent: compileMapping(mapping, schema),
          isNumbered: mapping.id === undefined,
          schema,
          isHistorical: options.historical,
          isForced: options.force === true,
        },
      );
      output.record({ file, ...summary });
      if (summary.rejected > 0) process.exitCode = 1;
    });
}

function registerTrace(events: Command): void {
  events
    .command('trace')
    .description('say where an event is, and why it was (not) counted')
    .argument('<source>', 'CloudEvents source')
    .argument('<id>', 'CloudEvents id')
    .option('--position <position>', 'topic/partition/offset, as the answer to the event named it')
    .option('--time <time>', 'about when it was sent, RFC 3339')
    .addHelpText('after', '\nExample:\n  $ tidemark events trace /demo/retail 536365-1')
    .action(
      async (
        source: string,
        id: string,
        options: { readonly position?: string; readonly time?: string },
      ) => {
        await trace(events, { source, id, ...options });
      },
    );
}

async function trace(
  command: Command,
  event: { source: string; id: string; position?: string; time?: string },
): Promise<void> {
  const query = new URLSearchParams();
  if (event.position !== undefined) query.set('position', event.position);
  if (event.time !== undefined) query.set('time', event.time);
  const path = `/v1/events/${encodeURIComponent(event.source)}/${encodeURIComponent(event.id)}`;
  const answer = await apiOf(readConfig(command))(query.size > 0 ? `${path}?${query}` : path);
  if (answer.status !== 200) throw problemOf(answer);
  const output = outputOf(command);
  const { metrics = [], ...where } = answer.body as Row & { metrics?: readonly Row[] };
  if (output.format !== 'table') return output.record(answer.body as Row);
  output.record(where);
  if (metrics.length > 0) output.rows(metrics);
}
