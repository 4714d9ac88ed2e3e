// Plain JavaScript for Node 20: `npm test` on a fresh clone runs it before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { OPTIONAL_NAMES, isThere, whatIsMissed } from './optional.mjs';
import { prepareOrExit, repositoryDir, runtime } from './prepare.mjs';

/** These always run, on the embedded servers at least; naming them turns skipped contract tests into failures. */
const SERVERS = ['kafka', 'redis', 'registry'];
const OUTPUT = join(repositoryDir, 'test', 'output');

const { required, filters } = parseArguments(process.argv.slice(2));
const { serversDir } = await prepareOrExit({ servers: true });
requireRedis(serversDir);

const env = { ...process.env, TEST_REQUIRE: required.join(',') };
delete env.TEST_SERVERS_DIR;
mkdirSync(OUTPUT, { recursive: true });
const reports = [await vitest('all', filters, env)];
// Whatever Redis is on the PATH, the one from Maven must do as well.
if (filters.length === 0)
  reports.push(
    await vitest('maven-redis', ['--project', 'contract'], { ...env, TEST_REDIS: 'maven' }),
  );
process.exitCode = summarize(reports);

/** `--require=a,b`; all else goes to vitest: files, `--project unit`, … */
function parseArguments(args) {
  const isRequire = (arg) => arg.startsWith('--require=');
  const names = args
    .filter(isRequire)
    .flatMap((arg) => arg.slice('--require='.length).split(','))
    .filter((name) => name !== '');
  const known = [...SERVERS, ...OPTIONAL_NAMES];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`--require knows ${known.join(', ')}, not ${unknown.join(', ')}\n`);
    process.exit(2);
  }
  return { required: names, filters: args.filter((arg) => !isRequire(arg)) };
}

/** Without a Redis nothing real can be tested: said before the tests, with the way out. */
function requireRedis(serversDir) {
  const script = join(repositoryDir, 'infra', 'bootstrap', 'find-redis.ts');
  const { status, stderr } = spawnSync(runtime, [script, serversDir], { encoding: 'utf8' });
  if (status === 0) return;
  process.stderr.write(stderr);
  process.exit(1);
}

/** @returns the report of one run of vitest, whose own output goes to the terminal */
async function vitest(name, args, environment) {
  const file = join(OUTPUT, `results-${name}.json`);
  rmSync(file, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const main = join(repositoryDir, 'node_modules', 'vitest', 'vitest.mjs');
  const child = spawn(runtime, [main, 'run', ...reporters, ...args], {
    cwd: repositoryDir,
    env: environment,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { name, code, ...read(file) };
}

/** One entry per test; a file that failed before its tests counts as one failed test. */
function read(file) {
  let results;
  try {
    results = JSON.parse(readFileSync(file, 'utf8')).testResults;
  } catch (error) {
    return { tests: [{ status: 'failed', title: `vitest wrote no report: ${error.message}` }] };
  }
  const tests = results.flatMap(({ name, status, assertionResults, message }) => {
    const path = relative(repositoryDir, name);
    const own = assertionResults.map((test) => ({
      status: test.status,
      title: `${path} > ${[...test.ancestorTitles, test.title].join(' > ')}`,
    }));
    const isWithoutCause = status === 'failed' && !own.some((test) => test.status === 'failed');
    return isWithoutCause
      ? [...own, { status: 'failed', title: `${path}: ${message.split('\n')[0]}` }]
      : own;
  });
  return { tests };
}

/** Prints what was not tested and why, what failed, and the count as the last line. @returns the exit code */
function summarize(reports) {
  const tests = reports.flatMap(({ tests, name }) =>
    tests.map((test) => ({
      ...test,
      title: name === 'all' ? test.title : `[${name}] ${test.title}`,
    })),
  );
  const passed = tests.filter(({ status }) => status === 'passed');
  const isRequired = ({ title }) =>
    required.some((name) => SERVERS.includes(name)) && title.includes('test/contract/');
  const notRun = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');
  const skipped = notRun.filter((test) => !isRequired(test));
  const failed = [
    ...tests.filter(({ status }) => status === 'failed'),
    ...notRun.filter(isRequired).map((test) => ({ ...test, title: `${test.title} (skipped)` })),
    ...required
      .filter((name) => OPTIONAL_NAMES.includes(name) && !isThere(name))
      .map((name) => ({ title: `--require=${name}: ${whatIsMissed(name)}` })),
  ];
  if (failed.length === 0 && reports.some(({ code }) => code !== 0))
    failed.push({ title: 'vitest ended with an error outside of all tests; see above' });
  const list = (heading, lines) =>
    lines.length === 0 ? '' : `\n${heading}\n${lines.map((line) => `  - ${line}`).join('\n')}\n`;
  const titles = (some) => some.map(({ title }) => title);
  const missing = OPTIONAL_NAMES.filter((name) => !isThere(name)).map(whatIsMissed);
  process.stdout.write(
    list('MISSING HERE', missing) +
      list('SKIPPED', titles(skipped)) +
      list('FAILED', titles(failed)) +
      `\n${passed.length} passed, ${failed.length} failed, ${skipped.length} skipped\n`,
  );
  return failed.length === 0 ? 0 : 1;
}
