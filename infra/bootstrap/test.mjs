// Plain JavaScript for Node 20: `npm test` on a fresh clone runs it before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { OPTIONAL_NAMES, isThere, whatIsMissed } from './optional.mjs';
import { SERVERS, summarize, testsOf } from './summary.mjs';
import { prepareOrExit, repositoryDir, runtime } from './prepare.mjs';

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
const { text, exitCode } = summarize(reports, {
  required,
  missing: OPTIONAL_NAMES.filter((name) => !isThere(name)).map((name) => [
    name,
    whatIsMissed(name),
  ]),
});
process.stdout.write(text);
process.exitCode = exitCode;

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
  return { name, code, tests: testsOf(existsSync(file) ? readFileSync(file, 'utf8') : undefined) };
}
