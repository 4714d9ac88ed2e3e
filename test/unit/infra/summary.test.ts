import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';
import { summarize, testsOf } from '../../../infra/bootstrap/summary.mjs';

const run = (tests: readonly [string, string][], code = 0) => ({
  name: 'all',
  code,
  tests: tests.map(([status, title]) => ({ status, title })),
});
const NOTHING = { required: [], missing: [] };
const lastLine = (text: string): string | undefined => text.trimEnd().split('\n').at(-1);

test('the last line counts the tests of all runs', () => {
  const maven = { ...run([['passed', 'test/contract/b']]), name: 'maven-redis' };
  const { text, exitCode } = summarize([run([['passed', 'a']]), maven], NOTHING);
  expect(text).toBe('\n2 passed, 0 failed, 0 skipped\n');
  expect(exitCode).toBe(0);
});

test('what is missing, skipped and failed is named above it', () => {
  const { text, exitCode } = summarize(
    [
      run(
        [
          ['failed', 'a'],
          ['pending', 'b'],
          ['passed', 'c'],
        ],
        1,
      ),
    ],
    { required: [], missing: [['docker', 'no Docker engine']] },
  );
  expect(text).toContain('MISSING HERE\n  - no Docker engine\n');
  expect(text).toContain('SKIPPED\n  - b\n');
  expect(text).toContain('FAILED\n  - a\n');
  expect(lastLine(text)).toBe('1 passed, 1 failed, 1 skipped');
  expect(exitCode).toBe(1);
});

test('what is required and missing has failed', () => {
  const { text, exitCode } = summarize([run([['passed', 'a']])], {
    required: ['browser'],
    missing: [
      ['browser', 'no Chromium'],
      ['docker', 'no Docker engine'],
    ],
  });
  expect(text).toContain('FAILED\n  - --require=browser: no Chromium\n');
  expect(lastLine(text)).toBe('1 passed, 1 failed, 0 skipped');
  expect(exitCode).toBe(1);
});

test('a skipped contract test has failed where the real servers are required', () => {
  const reports = [run([['skipped', 'test/contract/sink.test.ts > Kafka']])];
  expect(summarize(reports, NOTHING).exitCode).toBe(0);
  const { text, exitCode } = summarize(reports, { required: ['kafka'], missing: [] });
  expect(lastLine(text)).toBe('0 passed, 1 failed, 0 skipped');
  expect(exitCode).toBe(1);
});

test('an error outside of all tests is a failure, and so is a run without a report', () => {
  expect(summarize([run([['passed', 'a']], 1)], NOTHING).exitCode).toBe(1);
  expect(testsOf(undefined)).toMatchObject([{ status: 'failed' }]);
});

test('a file that fails before its tests counts as one failed test', () => {
  const report = {
    testResults: [
      {
        name: join(repositoryDir, 'test', 'unit', 'a.test.ts'),
        status: 'failed',
        message: 'Cannot find module\nat …',
        assertionResults: [],
      },
      {
        name: join(repositoryDir, 'test', 'unit', 'b.test.ts'),
        status: 'passed',
        message: '',
        assertionResults: [{ status: 'passed', ancestorTitles: ['b'], title: 'is' }],
      },
    ],
  };
  expect(testsOf(JSON.stringify(report))).toEqual([
    { status: 'failed', title: 'test/unit/a.test.ts: Cannot find module' },
    { status: 'passed', title: 'test/unit/b.test.ts > b > is' },
  ]);
});
