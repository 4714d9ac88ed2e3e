import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, test } from 'vitest';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';

export type RowOptions = {
  /** What keeps the promise: with it taken out this test fails. Stands in the table of docs/reliability.md. */
  readonly guard: string;
  readonly timeoutMs?: number;
  /** What this machine lacks for it: the test is skipped and its name says why. */
  readonly lacks?: string | undefined;
};

type Result = {
  readonly name: string;
  readonly seconds: number;
  readonly passed: boolean;
  readonly notes: Readonly<Record<string, unknown>>;
};

const results: Result[] = [];

/** Notes of the row that runs, such as how long it took to recover; they go to test/output/chaos. */
export type Notes = Record<string, unknown>;

/**
 * A test of one or more rows of the fault matrix: their numbers begin its name, which the table of docs/reliability.md is
 * made from. Numbers, sentence and guard must be literals there.
 * @see docs/generator/fault-rows.ts
 */
export function row(
  numbers: number | readonly number[],
  sentence: string,
  options: RowOptions,
  run: (notes: Notes) => Promise<void>,
): void {
  const { lacks, timeoutMs: timeout } = options;
  const full = `${[numbers].flat().map(rowName).join(' ')} ${sentence}`;
  const name = lacks === undefined ? full : `${full} (not run here: ${lacks})`;
  test.skipIf(lacks !== undefined)(name, timeout === undefined ? {} : { timeout }, async () => {
    const startedMs = performance.now();
    const notes: Notes = {};
    let passed = false;
    try {
      await run(notes);
      passed = true;
    } finally {
      const seconds = Math.round(performance.now() - startedMs) / 1_000;
      results.push({ name, seconds, passed, notes });
    }
  });
}

const rowName = (number: number): string => `F-${String(number).padStart(3, '0')}`;

/** To be called once at the top of a file: what its rows came to goes to test/output/chaos/NAME.json. */
export function keepResults(name: string): void {
  afterAll(() => {
    const folder = join(repositoryDir, 'test', 'output', 'chaos');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(results, null, 2)}\n`);
  });
}
