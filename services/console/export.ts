import type { Catalog, MetricDefinition } from '../kernel/definitions.ts';
import type { Refusal } from '../kernel/errors.ts';
import { err, ok } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';
import { targetsOf } from '../kernel/target.ts';
import { parseWindowSize } from '../kernel/window-size.ts';
import type { ValuesAnswer } from './core/answers.ts';
import { COMPARISONS } from './core/compare.ts';
import { BYTE_ORDER_MARK, csvHead, csvRow } from './core/export/csv.ts';
import type { ExportQuery } from './core/export/export-query.ts';
import { localTimes } from './core/export/local-time.ts';
import { sheetWriter, workbookParts } from './core/export/sheet.ts';
import { tableHead, tableRows } from './core/export/table.ts';
import { LIMIT_MAX, parseChoice } from './core/values-query.ts';
import type { Parameters } from './core/values-query.ts';
import { areNamed } from './core/window-names.ts';

/** Rows of a file: some 15 MB of CSV. Spreadsheets take a million. */
const ROWS_MAX = 100_000;
/** Files made at once. */
const AT_ONCE_MAX = 4;

export type ExportedFile = { readonly name: string; readonly content: Buffer };
type Answer = Promise<Result<ValuesAnswer, Refusal>>;

/** Makes files of values. A file is whole, or there is none: it is sent once its last page was read. */
export type Exports = (
  id: string,
  asked: {
    readonly query: ExportQuery;
    readonly question: Parameters;
    readonly authorization: string | undefined;
  },
) => Promise<Result<ExportedFile, Refusal>>;

export type ExportPorts = {
  readonly values: (id: string, parameters: Parameters, authorization?: string) => Answer;
  readonly metric: (id: string) => MetricDefinition | undefined;
  readonly targets: () => Pick<Catalog, 'targets'>;
  /** An archive of these files; their text is made while it is compressed. */
  readonly zip: (
    entries: readonly {
      readonly path: string;
      readonly text: AsyncIterable<string> | Iterable<string>;
    }[],
  ) => Promise<Buffer>;
  /** Of a file. */
  readonly rowsMax?: number;
};

export function createExports(ports: ExportPorts): Exports {
  const { rowsMax = ROWS_MAX } = ports;
  let running = 0;
  return async (id, { query, question, authorization }) => {
    if (running >= AT_ONCE_MAX)
      return err({ code: 'overloaded', detail: `${AT_ONCE_MAX} files are made at once` });
    running++;
    try {
      const page = (cursor?: string): Answer => {
        const parameters = { ...question, limit: String(LIMIT_MAX) };
        return ports.values(
          id,
          cursor === undefined ? parameters : { ...parameters, cursor },
          authorization,
        );
      };
      const first = await page();
      const metric = ports.metric(id);
      if (!first.ok) return first;
      if (!metric) return err({ code: 'not_found', detail: `no published metric is called ${id}` });
      const pages = pagesOf(first.value, page, rowsMax);
      const content = await contentOf({ ...ports, metric, query, question, pages });
      const fault = pages.fault();
      const name = `${id}-${first.value.grain.replaceAll(/[^A-Za-z0-9-]/g, '_')}.${query.format}`;
      return fault ? err(fault) : ok({ name, content });
    } finally {
      running--;
    }
  };
}

/** The pages of an answer, one after the other. */
type Pages = {
  readonly first: ValuesAnswer;
  readonly read: () => AsyncGenerator<ValuesAnswer>;
  /** What ended the reading early. */
  readonly fault: () => Refusal | undefined;
};

function pagesOf(first: ValuesAnswer, next: (cursor: string) => Answer, rowsMax: number): Pages {
  let fault: Refusal | undefined;
  return {
    first,
    fault: () => fault,
    async *read() {
      let rows = 0;
      for (let answer = first; ;) {
        rows += rowsOf(answer);
        if (rows > rowsMax) {
          const detail = `the file would have more than ${rowsMax} rows: ask for a shorter range, a longer grain or fewer series (where)`;
          fault = { code: 'span_too_long', detail };
          return;
        }
        yield answer;
        if (answer.cursor === undefined) return;
        const following = await next(answer.cursor);
        if (!following.ok) {
          fault = following.error;
          return;
        }
        answer = following.value;
      }
    },
  };
}

const rowsOf = ({ series, other }: ValuesAnswer): number =>
  series.reduce((sum, { points }) => sum + points.length, other?.points.length ?? 0);

async function contentOf(of: {
  readonly metric: MetricDefinition;
  readonly query: ExportQuery;
  readonly question: Parameters;
  readonly pages: Pages;
  readonly zip: ExportPorts['zip'];
  readonly targets: ExportPorts['targets'];
}): Promise<Buffer> {
  const { metric, query, question, pages } = of;
  const { first } = pages;
  const choice = parseChoice(metric, question);
  const dimensions = choice.ok ? choice.value.dimensions : [];
  const asked = [question['compare'] ?? []].flat().flatMap((names) => names.split(','));
  const size = parseWindowSize(first.grain);
  const shape = {
    dimensions,
    compare: COMPARISONS.filter((name) => asked.includes(name)),
    isNamed: areNamed(metric, size),
    hasTarget:
      size !== undefined &&
      targetsOf(of.targets(), metric, { by: dimensions, window: size }) !== undefined,
  };
  const head = tableHead(metric, first, shape);
  const timeOf = localTimes(first.timezone);
  if (query.format === 'csv') {
    const chunks = [(query.hasMark ? BYTE_ORDER_MARK : '') + csvHead(head, query.hasAbout)];
    for await (const page of pages.read())
      chunks.push([...tableRows(page, shape)].map((row) => csvRow(row, timeOf)).join(''));
    return Buffer.from(chunks.join(''));
  }
  const sheet = sheetWriter(head, { hasAbout: query.hasAbout, timeOf });
  async function* text(): AsyncGenerator<string> {
    yield sheet.begin();
    for await (const page of pages.read())
      yield [...tableRows(page, shape)].map((row) => sheet.row(row)).join('');
    yield sheet.end();
  }
  const parts = Object.entries(workbookParts(metric.id, metric.unit.scale));
  return of.zip([
    ...parts.map(([path, part]) => ({ path, text: [part] })),
    { path: 'xl/worksheets/sheet1.xml', text: text() },
  ]);
}
