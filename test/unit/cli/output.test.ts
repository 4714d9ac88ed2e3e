import { describe, expect, test } from 'vitest';
import { createOutput } from '../../../services/cli/output.ts';
import type { OutputFormat } from '../../../services/cli/output.ts';

function capture(format: OutputFormat, options: { readonly isErrorTty?: boolean } = {}) {
  const written = { out: '', error: '' };
  let nowMs = 0;
  const output = createOutput(format, {
    writeOut: (text) => {
      written.out += text;
    },
    writeError: (text) => {
      written.error += text;
    },
    isErrorTty: options.isErrorTty ?? false,
    columns: 80,
    nowMs: () => nowMs,
  });
  return {
    output,
    written,
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('results', () => {
  test('as a table stand in columns, numbers to the right, Chinese counted as two places', () => {
    const { output, written } = capture('table');
    output.rows([
      { name: '销售净额', value: '7.5' },
      { name: 'orders', value: '12' },
    ]);
    expect(written.out).toBe('NAME      VALUE\n销售净额    7.5\norders       12\n');
  });

  test('as a table show only the columns that are named', () => {
    const { output, written } = capture('table');
    output.rows([{ id: 'a', detail: 'b' }], ['id']);
    expect(written.out).toBe('ID\na\n');
  });

  test('as a table say so when there is nothing', () => {
    const { output, written } = capture('table');
    output.rows([]);
    expect(written.out).toBe('(none)\n');
  });

  test('as JSON are whole, with big integers as texts', () => {
    const { output, written } = capture('json');
    output.rows(
      [{ id: 'a', sum: 12345678901234567890n, labels: new Map([['store', 'S1']]) }],
      ['id'],
    );
    expect(JSON.parse(written.out)).toEqual([
      { id: 'a', sum: '12345678901234567890', labels: { store: 'S1' } },
    ]);
  });

  test('as YAML are one document', () => {
    const { output, written } = capture('yaml');
    output.record({ id: 'a', list: [1, 2] });
    expect(written.out).toBe('id: a\nlist:\n  - 1\n  - 2\n');
  });

  test('of one thing are aligned lines', () => {
    const { output, written } = capture('table');
    output.record({ id: 'a', position: { offset: 1 }, missing: null });
    expect(written.out).toBe('id        a\nposition  offset=1\nmissing   \n');
  });
});

describe('progress', () => {
  test('goes to stderr, seldom, where there is no terminal', () => {
    const { output, written, advance } = capture('table');
    const progress = output.progress('import');
    progress.update(0.1);
    advance(1_000);
    progress.update(0.2);
    advance(5_000);
    progress.update(0.5, '5 of 10');
    progress.done();
    expect(written.out).toBe('');
    expect(written.error).toBe('import   10 %\nimport   50 %  5 of 10\nimport  done  6.0 s\n');
  });

  test('is drawn over itself on a terminal', () => {
    const { output, written } = capture('table', { isErrorTty: true });
    output.progress('import').update(0.5);
    expect(written.error).toBe(`\r\x1b[2Kimport  ${'█'.repeat(12)}${'░'.repeat(12)}  50 %`);
  });
});
