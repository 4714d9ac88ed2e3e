// Plain JavaScript for Node 20, as the test runner that prints it.
import { relative } from 'node:path';
import { repositoryDir } from './prepare.mjs';

/** These always run, on the embedded servers at least; naming them turns skipped contract tests into failures. */
export const SERVERS = ['kafka', 'redis', 'registry'];

/**
 * One entry per test of vitest's JSON report; a file that failed before its tests counts as one failed test.
 * @param {string | undefined} report undefined when vitest wrote none
 */
export function testsOf(report) {
  if (report === undefined) return [{ status: 'failed', title: 'vitest wrote no report' }];
  return JSON.parse(report).testResults.flatMap(({ name, status, assertionResults, message }) => {
    const path = relative(repositoryDir, name);
    const own = assertionResults.map((test) => ({
      status: test.status,
      title: `${path} > ${[...test.ancestorTitles, test.title].join(' > ')}`,
    }));
    if (status !== 'failed' || own.some((test) => test.status === 'failed')) return own;
    return [...own, { status: 'failed', title: `${path}: ${message.split('\n')[0]}` }];
  });
}

/**
 * What was not tested and why, what failed, and the count as the last line.
 * @param {{ name: string, code: number | null, tests: { status: string, title: string }[] }[]} reports of runs of vitest
 * @param {{ required: string[], missing: [string, string][] }} options missing: programs and what their lack means
 * @returns {{ text: string, exitCode: 0 | 1 }}
 */
export function summarize(reports, { required, missing }) {
  const tests = reports.flatMap(({ name, tests }) =>
    tests.map(({ status, title }) => ({
      status,
      title: name === 'all' ? title : `[${name}] ${title}`,
    })),
  );
  const areServersRequired = required.some((name) => SERVERS.includes(name));
  const isRequired = ({ title }) => areServersRequired && title.includes('test/contract/');
  const notRun = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');
  const titles = (some) => some.map(({ title }) => title);
  const failed = [
    ...titles(tests.filter(({ status }) => status === 'failed')),
    ...titles(notRun.filter(isRequired)).map((title) => `${title} (skipped)`),
    ...missing
      .filter(([name]) => required.includes(name))
      .map(([name, what]) => `--require=${name}: ${what}`),
  ];
  if (failed.length === 0 && reports.some(({ code }) => code !== 0))
    failed.push('vitest ended with an error outside of all tests; see above');
  const skipped = titles(notRun.filter((test) => !isRequired(test)));
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const text = [
    list(
      'MISSING HERE',
      missing.map(([, what]) => what),
    ),
    list('SKIPPED', skipped),
    list('FAILED', failed),
    `\n${passed} passed, ${failed.length} failed, ${skipped.length} skipped\n`,
  ].join('');
  return { text, exitCode: failed.length === 0 ? 0 : 1 };
}

const list = (heading, lines) =>
  lines.length === 0 ? '' : `\n${heading}\n${lines.map((line) => `  - ${line}`).join('\n')}\n`;
