import { styleText } from 'node:util';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { cellText } from './cell-text.ts';

export const OUTPUT_FORMATS = ['table', 'json', 'yaml'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];
export type Row = Readonly<Record<string, unknown>>;

/** Results go to stdout in the wanted format; all else goes to stderr, so that results can be piped. */
export type Output = {
  readonly format: OutputFormat;
  /** A list: a table of the columns named (default: all of the first row), or the rows whole as JSON or YAML. */
  readonly rows: (rows: readonly Row[], columns?: readonly string[]) => void;
  /** One thing: aligned `key  value` lines, or whole as JSON or YAML. */
  readonly record: (value: Row) => void;
  /** What the next table or record is of, where there are several; JSON and YAML name it by themselves. */
  readonly title: (text: string) => void;
  /** A line for the person at the terminal. */
  readonly note: (text: string) => void;
  readonly progress: (label: string) => Progress;
};

export type Progress = {
  /** @param share done, 0–1 @param detail short text after the bar */
  readonly update: (share: number, detail?: string) => void;
  readonly done: (detail?: string) => void;
};

/** Where things are written; tests pass their own. */
export type Terminal = {
  readonly writeOut: (text: string) => void;
  readonly writeError: (text: string) => void;
  readonly isErrorTty: boolean;
  readonly columns: number;
  readonly nowMs: () => number;
};

export function processTerminal(): Terminal {
  return {
    writeOut: (text) => process.stdout.write(text),
    writeError: (text) => process.stderr.write(text),
    isErrorTty: process.stderr.isTTY === true && process.env['TERM'] !== 'dumb',
    columns: process.stderr.columns ?? 80,
    nowMs: () => performance.now(),
  };
}

export function outputOf(command: Command): Output {
  return createOutput(
    command.optsWithGlobals<{ output: OutputFormat }>().output,
    processTerminal(),
  );
}

export function createOutput(format: OutputFormat, terminal: Terminal): Output {
  const whole = (value: unknown): void =>
    terminal.writeOut(
      format === 'json' ? `${JSON.stringify(plain(value), null, 2)}\n` : stringify(plain(value)),
    );
  return {
    format,
    rows(rows, columns) {
      if (format === 'table')
        terminal.writeOut(renderTable(rows, columns ?? Object.keys(rows[0] ?? {})));
      else whole(rows);
    },
    record(value) {
      if (format === 'table') terminal.writeOut(renderRecord(value));
      else whole(value);
    },
    title(text) {
      if (format === 'table') terminal.writeOut(`\n${text}\n`);
    },
    note: (text) => terminal.writeError(`${text}\n`),
    progress: (label) => createProgress(label, terminal),
  };
}

/** Colour where stderr is a terminal that wants it (NO_COLOR, FORCE_COLOR are heeded). */
export function emphasize(style: Parameters<typeof styleText>[0], text: string): string {
  return styleText(style, text, { stream: process.stderr });
}

/** JSON has no big integers, maps or sets: texts, objects and lists in their place. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, item: unknown) => {
      if (typeof item === 'bigint') return item.toString();
      if (item instanceof Map) return Object.fromEntries(item);
      if (item instanceof Set) return [...item];
      return item;
    }),
  );
}

/** Columns aligned by what a terminal shows: Chinese takes two places. Numbers stand right. */
export function renderTable(rows: readonly Row[], columns: readonly string[]): string {
  if (rows.length === 0) return '(none)\n';
  const cells = rows.map((row) => columns.map((column) => cellText(row[column])));
  const headers = columns.map((column) => column.toUpperCase());
  const widths = columns.map((_, index) =>
    Math.max(...[headers, ...cells].map((line) => displayWidth(line[index] ?? ''))),
  );
  const isNumeric = columns.map((_, index) =>
    cells.every((line) => /^-?[\d.]*$/.test(line[index] ?? '')),
  );
  const render = (line: readonly string[]): string =>
    line
      .map((text, index) =>
        pad(text, { width: widths[index] ?? 0, isRight: isNumeric[index] === true }),
      )
      .join('  ')
      .trimEnd();
  return `${[headers, ...cells].map(render).join('\n')}\n`;
}

function renderRecord(value: Row): string {
  const entries = Object.entries(value);
  const width = Math.max(0, ...entries.map(([key]) => displayWidth(key)));
  return entries
    .map(([key, item]) => `${pad(key, { width, isRight: false })}  ${cellText(item)}\n`)
    .join('');
}

function pad(
  text: string,
  { width, isRight }: { readonly width: number; readonly isRight: boolean },
): string {
  const blanks = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return isRight ? blanks + text : text + blanks;
}

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303F\uFF01-\uFF60]/gu;
const displayWidth = (text: string): number => [...text].length + (text.match(WIDE)?.length ?? 0);

const BAR_PLACES = 24;
/** Without a terminal a line this often shows life without flooding a log. */
const REPORT_INTERVAL_MS = 5_000;
const REDRAW_INTERVAL_MS = 100;

function createProgress(label: string, terminal: Terminal): Progress {
  const startedAtMs = terminal.nowMs();
  let shownAtMs = -Infinity;
  const show = (text: string, isLast: boolean): void => {
    shownAtMs = terminal.nowMs();
    const line = `${label}  ${text}`;
    if (terminal.isErrorTty)
      terminal.writeError(`\r\x1b[2K${line.slice(0, terminal.columns - 1)}${isLast ? '\n' : ''}`);
    else terminal.writeError(`${line}\n`);
  };
  const seconds = (): string => `${((terminal.nowMs() - startedAtMs) / 1000).toFixed(1)} s`;
  return {
    update(share, detail = '') {
      if (
        terminal.nowMs() - shownAtMs <
        (terminal.isErrorTty ? REDRAW_INTERVAL_MS : REPORT_INTERVAL_MS)
      )
        return;
      const filled = Math.round(Math.min(1, Math.max(0, share)) * BAR_PLACES);
      const bar = terminal.isErrorTty
        ? `${'█'.repeat(filled)}${'░'.repeat(BAR_PLACES - filled)} `
        : '';
      show(`${bar}${String(Math.floor(share * 100)).padStart(3)} %  ${detail}`.trimEnd(), false);
    },
    done: (detail = '') => show(`${detail || 'done'}  ${seconds()}`, true),
  };
}
