import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';

/** One violation each: the linter must refuse it by this rule, else a rule has silently stopped to work. */
const SEEDS: readonly { readonly rule: string; readonly path: string; readonly text: string }[] = [
  ...[
    ['services/aggregator/core/a.ts', '../adapters/redis.ts'],
    ['services/aggregator/core/b.ts', '../ports.ts'],
    ['services/aggregator/core/c.ts', '../../platform/redis.ts'],
    ['services/aggregator/core/d.ts', '../../ingest/core/decide.ts'],
    ['services/aggregator/core/deep/d.ts', '../../../ingest/core/decide.ts'],
    ['services/aggregator/core/e.ts', 'node:fs'],
    ['services/aggregator/core/f.ts', 'avsc'],
    ['services/aggregator/core/g.ts', 'zod'],
    ['services/kernel/a.ts', '../platform/redis.ts'],
    ['services/kernel/b.ts', 'node:crypto'],
    ['services/kernel/c.ts', 'avsc'],
    ['services/kernel/deep/c.ts', '@preact/signals'],
    ['services/aggregator/service.ts', './adapters/redis.ts'],
    ['services/aggregator/worker.ts', 'kafkajs'],
    ['services/aggregator/ports.ts', 'node:fs'],
    ['services/aggregator/adapters/a.ts', '../../ingest/adapters/a.ts'],
    ['services/aggregator/main.ts', '../ingest/core/decide.ts'],
    ['services/platform/a.ts', '../ingest/core/decide.ts'],
    ['services/cli/a.ts', '../ingest/core/decide.ts'],
    ['services/cli/deep/b.ts', '../../console/service.ts'],
  ].map(([path = '', from = '']) => ({
    rule: 'eslint(no-restricted-imports)',
    path,
    text: `import { x } from '${from}';\nexport const y = x;\n`,
  })),
  ...['Date.now()', 'Math.random()'].map((call, index) => ({
    rule: 'eslint(no-restricted-properties)',
    path: `services/ingest/core/world-${index}.ts`,
    text: `export const now = () => ${call};\n`,
  })),
  ...['process.pid', 'performance.now()', 'fetch("http://x")', 'setTimeout(() => {}, 1)'].map(
    (call, index) => ({
      rule: 'eslint(no-restricted-globals)',
      path: `services/ingest/core/global-${index}.ts`,
      text: `export const world = () => ${call};\n`,
    }),
  ),
  {
    rule: 'node(no-process-env)',
    path: 'services/platform/env.ts',
    text: "export const home = () => process.env['HOME'];\n",
  },
  {
    rule: 'import(no-cycle)',
    path: 'services/kernel/cycle-a.ts',
    text: "import { b } from './cycle-b.ts';\nexport const a = () => b();\n",
  },
  {
    rule: 'import(no-cycle)',
    path: 'services/kernel/cycle-b.ts',
    text: "import { a } from './cycle-a.ts';\nexport const b = (): unknown => a();\n",
  },
  {
    rule: 'oxc(no-barrel-file)',
    path: 'services/kernel/barrel.ts',
    text: "export * from './cycle-a.ts';\nexport * from './cycle-b.ts';\n",
  },
  {
    rule: 'typescript(no-floating-promises)',
    path: 'services/platform/floating.ts',
    text: 'export function f(work: () => Promise<void>): void {\n  work();\n}\n',
  },
  {
    rule: 'typescript(no-misused-promises)',
    path: 'services/platform/misused.ts',
    text: 'export const f = (list: number[]): void => list.forEach(async () => {});\n',
  },
  {
    rule: 'typescript(switch-exhaustiveness-check)',
    path: 'services/kernel/switch.ts',
    text: "export function f(kind: 'a' | 'b'): void {\n  switch (kind) {\n    case 'a':\n      break;\n  }\n}\n",
  },
  {
    rule: 'typescript(only-throw-error)',
    path: 'services/kernel/throw.ts',
    text: "export function f(): never {\n  throw 'no';\n}\n",
  },
  {
    rule: 'typescript(no-explicit-any)',
    path: 'services/kernel/any.ts',
    text: 'export const f = (value: any): unknown => value;\n',
  },
  {
    rule: 'import(no-default-export)',
    path: 'services/kernel/default.ts',
    text: 'export default 1;\n',
  },
  {
    rule: 'unicorn(filename-case)',
    path: 'services/kernel/camelCase.ts',
    text: 'export const a = 1;\n',
  },
  {
    rule: 'eslint(max-params)',
    path: 'services/kernel/params.ts',
    text: 'export const f = (a: number, b: number, c: number, d: number) => a + b + c + d;\n',
  },
  {
    rule: 'eslint(max-lines)',
    path: 'services/kernel/lines.ts',
    text:
      'export const a = () => 1;\n'.replace('a', 'a0') + '\n'.repeat(401) + 'export const b = 1;\n',
  },
  {
    rule: 'eslint(no-empty)',
    path: 'services/kernel/empty.ts',
    text: 'export function f(work: () => void): void {\n  try {\n    work();\n  } catch {}\n}\n',
  },
];
/** What the same rules must let pass. */
const SOUND: Readonly<Record<string, string>> = {
  'services/kernel/sound.ts':
    "import { z } from 'zod';\nimport { a } from './x.ts';\nexport const s = [z, a];\n",
  'services/kernel/deep/sound.ts': "import { a } from '../x.ts';\nexport const s = a;\n",
  'services/alerting/core/sound.ts':
    "import { a } from '../../kernel/x.ts';\nexport const s = a;\n",
  'services/alerting/adapters/sound.ts':
    "import { readFileSync } from 'node:fs';\nimport { r } from '../../platform/x.ts';\nimport { p } from '../ports.ts';\nexport const s = [readFileSync, r, p];\n",
  'services/alerting/main.ts':
    "import { s } from './adapters/sound.ts';\nexport const start = s;\n",
  'services/cli/sound.ts':
    "import { start } from '../alerting/main.ts';\nexport const s = start;\n",
};

/** Outside of the repository, whose .gitignore the linter heeds. */
const folder = mkdtempSync(join(tmpdir(), 'tidemark-tidy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let found: readonly { readonly code: string; readonly filename: string }[] = [];

beforeAll(() => {
  const files = [...SEEDS.map(({ path, text }) => [path, text] as const), ...Object.entries(SOUND)];
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  for (const name of ['.oxlintrc.json', 'tsconfig.json'])
    cpSync(join(repositoryDir, name), join(folder, name));
  symlinkSync(join(repositoryDir, 'node_modules'), join(folder, 'node_modules'));
  const { stdout } = spawnSync(
    join(repositoryDir, 'node_modules', '.bin', 'oxlint'),
    ['--type-aware', '-f', 'json', 'services'],
    { cwd: folder, encoding: 'utf8' },
  );
  found = (JSON.parse(stdout) as { diagnostics: typeof found }).diagnostics;
}, 60_000);

test.each(SEEDS)('$path breaks $rule, and the linter says so', ({ rule, path }) => {
  expect(found).toContainEqual(expect.objectContaining({ code: rule, filename: path }));
});

test('what the dependency rule allows passes', () => {
  expect(found.filter(({ filename }) => filename in SOUND)).toEqual([]);
});
