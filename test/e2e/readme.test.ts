import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryDir } from '../../infra/bootstrap/prepare.mjs';
import { declaredSeries, isDefaultSeries, seriesIn } from '../support/exposition.ts';
import { fits, stepsOf } from '../support/readme.ts';
import type { Block } from '../support/readme.ts';
import { startStack } from '../support/stack.ts';
import type { Stack } from '../support/stack.ts';

const checkout = join(repositoryDir, 'test', 'output', 'readme-checkout');
const PAGE = 'README.md';
const PRINTED_URL = 'http://127.0.0.1:7400';
const FITS_WITHIN_MS = 60_000;
const FITS_EVERY_MS = 500;

/** What the tour changes or writes is a copy, all else the repository itself. */
function makeCheckout(): void {
  rmSync(checkout, { recursive: true, force: true });
  mkdirSync(checkout, { recursive: true });
  // The tour's secret lies where the installation, which runs in the repository, looks for it.
  mkdirSync(join(repositoryDir, '.tidemark'), { recursive: true });
  for (const name of ['catalog', 'schemas'])
    cpSync(join(repositoryDir, name), join(checkout, name), { recursive: true });
  for (const name of [
    '.tidemark',
    'bin',
    'docs',
    'infra',
    'node_modules',
    'services',
    'test',
    'package.json',
  ])
    symlinkSync(join(repositoryDir, name), join(checkout, name));
}

let stack: Stack;
let background = '';
const children: ReturnType<typeof spawn>[] = [];

beforeAll(async () => {
  makeCheckout();
  stack = await startStack({
    name: 'readme',
    isDemo: true,
    environment: {
      TIDEMARK_WEBHOOK_ALLOW: '127.0.0.0/8',
      TIDEMARK_CATALOG: join(checkout, 'catalog'),
    },
  });
});
afterAll(async () => {
  for (const child of children) process.kill(-(child.pid ?? 0), 'SIGTERM');
  await stack.stop();
});

/** As in a user's shell, on this test's installation. */
function start(commands: string): ReturnType<typeof spawn> {
  return spawn('bash', ['-c', commands.replaceAll(PRINTED_URL, stack.url)], {
    cwd: checkout,
    detached: true,
    env: {
      ...process.env,
      NO_COLOR: '1',
      TIDEMARK_DATA_DIR: stack.dataDir,
      TIDEMARK_CATALOG: join(checkout, 'catalog'),
    },
  });
}

async function outputOf(commands: string): Promise<string> {
  const child = start(commands);
  let output = '';
  let notes = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (notes += text));
  const code = await new Promise((resolve) => child.once('close', resolve));
  return code === 0 ? output : `exit code ${String(code)}\n${output}${notes}`;
}

function runInBackground(commands: string): void {
  const child = start(commands);
  children.push(child);
  const take = (text: string): void => void (background += text);
  child.stdout?.setEncoding('utf8').on('data', take);
  child.stderr?.setEncoding('utf8').on('data', take);
}

async function check({ commands, mode, expected }: Block): Promise<void> {
  if (mode === 'background') return runInBackground(commands);
  if (expected === undefined) return void (await outputOf(commands));
  if (mode === 'once') return expectFit(expected, await outputOf(commands));
  let last = '';
  const isFit = async (): Promise<boolean> => fits(expected, (last = await outputOf(commands)));
  await expect
    .poll(isFit, { timeout: FITS_WITHIN_MS, interval: FITS_EVERY_MS })
    .toBe(true)
    .catch(() => expectFit(expected, last));
}

/** A difference is shown as one of two texts. */
function expectFit(expected: string, output: string): void {
  if (!fits(expected, output)) expect(output).toBe(expected);
}

describe('README', () => {
  const steps = stepsOf(readFileSync(join(repositoryDir, PAGE), 'utf8'));

  it('shows a tour to run', () => {
    expect(steps.length).toBeGreaterThan(5);
  });

  for (const step of steps)
    it(`does what it says at line ${step.kind === 'block' ? step.block.line : step.check.line}`, async () => {
      if (step.kind === 'block') return check(step.block);
      const { expected } = step.check;
      const lines = expected.split('\n').length;
      const sofar = (): string => background.split('\n').slice(0, lines).join('\n');
      await expect
        .poll(() => fits(expected, sofar()), { timeout: FITS_WITHIN_MS })
        .toBe(true)
        .catch(() => expectFit(expected, sofar()));
    });
});

describe('the exposition of a running installation', () => {
  const seriesOf = async (path: string): Promise<readonly string[]> => {
    const text = await (await fetch(`${stack.url}${path}`)).text();
    return [...text.matchAll(/^# TYPE (\S+) (\S+)/gm)].flatMap(([, name = '', type]) =>
      type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name],
    );
  };

  it('holds every series that dashboard and rules read', async () => {
    const exposed = new Set([...(await seriesOf('/metrics')), ...(await seriesOf('/metrics/kpi'))]);
    const read = ['infra/grafana/dashboards/tidemark.json', 'infra/prometheus/rules.yml'].flatMap(
      (file) => seriesIn(readFileSync(join(repositoryDir, file), 'utf8')),
    );
    expect(new Set(read).difference(exposed)).toEqual(new Set());
  });

  it('holds every series that the code declares, so that the reference page is true', async () => {
    const exposed = new Set(await seriesOf('/metrics'));
    const declared = [...declaredSeries()].filter(
      (name) => !isDefaultSeries(name) && !name.startsWith('tidemark_metric_'),
    );
    expect(new Set(declared).difference(exposed)).toEqual(new Set());
  });
});
