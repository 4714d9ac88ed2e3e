import { parseLossless } from './lossless-json.ts';
import type { FileSource, Row } from './row.ts';
import { textOf } from './text-stream.ts';

const LINE_CHARACTERS_MAX = 1024 * 1024;

/** Rows of a file with one JSON object per line. A line that is none is a row with a fault. */
export async function* ndjsonRows(source: FileSource): AsyncIterable<Row> {
  const total = Math.max(1, source.sizeBytes);
  let rest = '';
  let line = 0;
  let number = 0;
  const rowOf = (text: string, bytes: number): Row | undefined => {
    line++;
    const trimmed = line === 1 ? text.replace(/^\ufeff/, '') : text;
    if (trimmed.trim() === '') return undefined;
    return { number: ++number, line, share: Math.min(1, bytes / total), ...contentOf(trimmed) };
  };
  let bytes = 0;
  for await (const part of textOf(source, 'utf-8')) {
    bytes = part.bytes;
    const lines = (rest + part.text).split('\n');
    rest = lines.pop() ?? '';
    // What is longer is cut, so that it is refused: no line takes all memory.
    if (rest.length > LINE_CHARACTERS_MAX) rest = rest.slice(0, LINE_CHARACTERS_MAX + 1);
    for (const text of lines) {
      const row = rowOf(text, bytes);
      if (row) yield row;
    }
  }
  const row = rowOf(rest, bytes);
  if (row) yield row;
}

function contentOf(text: string): Pick<Row, 'values' | 'fault'> {
  if (text.length > LINE_CHARACTERS_MAX)
    return { values: {}, fault: 'the line is longer than 1 MiB' };
  try {
    const value = parseLossless(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return { values: value as Readonly<Record<string, unknown>> };
    return { values: {}, fault: 'a line must be a JSON object' };
  } catch (error) {
    return { values: {}, fault: (error as Error).message };
  }
}
