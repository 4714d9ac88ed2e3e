// Plain JavaScript for Node 20: it runs before anything is installed, so it imports nothing but `node:` modules.
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createProgress } from './progress.mjs';

export const repositoryDir = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const POM = join(repositoryDir, 'infra', 'embedded', 'pom.xml');
const JAVA_MINIMUM = 17;
const COMMAND_OUTPUT_MAX_CHARACTERS = 1_000_000;
const FAILURE_LINES = 15;
/** Kafka's jars and the two archives of infra/embedded/pom.xml: only the length of the progress bar. */
const SERVER_ARCHIVES = 47;

/** What stops the preparation and how to get on, as one printable text. */
export class PrepareError extends Error {}

/** The runtime that `npm ci` installs. */
export const runtime = join(repositoryDir, 'node_modules', '.bin', 'node');

/** @returns the folder that holds the servers of this version of infra/embedded/pom.xml, fetched or not */
export function serversDirectory() {
  const key = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12);
  return join(repositoryDir, '.tidemark', 'servers', key);
}

/** @returns the `java` to use: that of JAVA_HOME if it has one, else the one on the PATH */
export function javaCommand(env = process.env) {
  const home = env.JAVA_HOME ? join(env.JAVA_HOME, 'bin', 'java') : '';
  return home && existsSync(home) ? home : 'java';
}

/**
 * Makes the checkout able to run: installs packages when node_modules does not match the lock file, and makes the
 * console's page of them; with `servers`, fetches Kafka, registry and Redis by Maven when they are not there. Both at
 * once; progress on stderr.
 * When all is in place it reads a few files and asks Java for its version.
 * @param {{ servers?: boolean }} [wanted]
 * @returns {Promise<{ serversDir: string, java: string }>}
 * @throws {PrepareError} with the remedy in its message
 */
export async function prepare({ servers = false } = {}) {
  const serversDir = serversDirectory();
  const fetching = servers && !existsSync(join(serversDir, 'complete'));
  await Promise.all([servers && requireJava(), fetching && requireMaven()]);
  const tasks = [];
  const progress = createProgress(process.stderr);
  if (!packagesMatchLock())
    tasks.push(
      installPackages(progress.task('packages (npm ci)')).then(() =>
        makePage(progress.task('the console’s page')),
      ),
    );
  if (fetching)
    tasks.push(fetchServers(serversDir, progress.task('Kafka, schema registry, Redis (Maven)')));
  const outcomes = await Promise.allSettled(tasks);
  progress.close();
  const failed = outcomes
    .filter((outcome) => outcome.status === 'rejected')
    .map((outcome) => outcome.reason);
  if (failed.length > 0) throw new PrepareError(failed.map((error) => error.message).join('\n'));
  return { serversDir, java: javaCommand() };
}

/** Runs prepare; on failure prints why and exits with 1. */
export async function prepareOrExit(wanted) {
  try {
    return await prepare(wanted);
  } catch (error) {
    process.stderr.write(`${error instanceof PrepareError ? error.message : error.stack}\n`);
    return process.exit(1);
  }
}

/** npm writes down what it installed; every package of the lock file must be there, but for those of other systems. */
function packagesMatchLock() {
  const installedPath = join(repositoryDir, 'node_modules', '.package-lock.json');
  if (!existsSync(installedPath) || !existsSync(runtime)) return false;
  const installed = JSON.parse(readFileSync(installedPath, 'utf8')).packages;
  return lockedPackages().every(
    ([path, entry]) =>
      (installed[path] === undefined && entry.optional) ||
      (installed[path]?.version === entry.version &&
        installed[path]?.integrity === entry.integrity),
  );
}

function lockedPackages() {
  const { packages } = JSON.parse(readFileSync(join(repositoryDir, 'package-lock.json'), 'utf8'));
  return Object.entries(packages).filter(([path]) => path !== '');
}

async function installPackages(task) {
  const paths = lockedPackages()
    .filter(([, entry]) => !entry.optional)
    .map(([path]) => join(repositoryDir, path, 'package.json'));
  task.measure(() => paths.filter((path) => existsSync(path)).length / paths.length);
  // npm names its own script in npm_execpath, which need not be on the PATH.
  const npm = process.env.npm_execpath?.endsWith('.js')
    ? [process.execPath, process.env.npm_execpath]
    : ['npm'];
  const [command, ...first] = npm;
  const { code, output } = await run(command, [
    ...first,
    'ci',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
  ]);
  if (code === 0 && !existsSync(runtime)) {
    task.fail();
    throw new PrepareError(
      `npm installed no runtime for ${process.platform}-${process.arch}; Linux and macOS on x64 and arm64 have one. Or run: docker compose up`,
    );
  }
  finish(task, code, `npm ci failed:\n${lastLines(output)}`);
}

/**
 * The page is kept beside the packages, so it went with them. Where it cannot be made here the console tries again when
 * it starts, and says why.
 */
async function makePage(task) {
  const maker = pathToFileURL(
    join(repositoryDir, 'services', 'console', 'adapters', 'web-assets.ts'),
  );
  const { code } = await run(runtime, [
    '--input-type=module',
    '--eval',
    `import { openWebAssets } from '${maker}'; await openWebAssets();`,
  ]);
  if (code === 0) task.done();
  else task.fail();
}

async function fetchServers(serversDir, task) {
  const partial = `${serversDir}.${randomUUID().slice(0, 8)}.partial`;
  mkdirSync(partial, { recursive: true });
  let done = 0;
  const onText = (text) => {
    done += text.match(/^\[INFO\] (Copying|Unpacking) /gm)?.length ?? 0;
  };
  task.measure(() => done / SERVER_ARCHIVES);
  const { code, output } = await run(
    'mvn',
    ['-B', '-f', POM, 'generate-resources', `-Dservers.dir=${partial}`],
    {
      onText,
      env: {
        ...process.env,
        MAVEN_OPTS: `-XX:TieredStopAtLevel=1 -XX:+UseSerialGC ${process.env.MAVEN_OPTS ?? ''}`,
      },
    },
  );
  if (code === 0) {
    writeFileSync(join(partial, 'complete'), '');
    moveOrKeep(partial, serversDir);
  } else rmSync(partial, { recursive: true, force: true });
  const errors = output
    .split('\n')
    .filter((line) => line.startsWith('[ERROR]'))
    .join('\n');
  finish(task, code, `Maven did not get the servers:\n${lastLines(errors || output)}`);
}

/** Another run may have been faster: then its folder stands. */
function moveOrKeep(partial, serversDir) {
  if (existsSync(join(serversDir, 'complete'))) rmSync(partial, { recursive: true, force: true });
  else {
    rmSync(serversDir, { recursive: true, force: true });
    renameSync(partial, serversDir);
  }
}

function finish(task, code, failure) {
  if (code === 0) return task.done();
  task.fail();
  throw new PrepareError(failure);
}

async function requireMaven() {
  const { code } = await run('mvn', ['--version']);
  if (code !== 0)
    throw new PrepareError(
      'Maven (mvn) is missing: it fetches Kafka, the schema registry and Redis.\n' +
        remedy('maven', 'maven'),
    );
}

async function requireJava() {
  const { code, output } = await run(javaCommand(), ['-version']);
  const version = Number(/version "(?:1\.)?(\d+)/.exec(output)?.[1] ?? 0);
  if (code === 0 && version >= JAVA_MINIMUM) return;
  const found = code === 0 ? `Java ${version} is too old` : 'Java is missing';
  throw new PrepareError(
    `${found}: Kafka and the schema registry need Java ${JAVA_MINIMUM} or later.\n` +
      remedy('openjdk-17-jre-headless', 'openjdk@17'),
  );
}

function remedy(debian, brew) {
  const install =
    process.platform === 'darwin'
      ? `brew install ${brew}`
      : `sudo apt-get install ${debian}   (or your system's package)`;
  return `  Get it:           ${install}\n  Or with Docker:   docker compose up`;
}

function lastLines(output) {
  return output
    .trimEnd()
    .split('\n')
    .slice(-FAILURE_LINES)
    .map((line) => `  ${line}`)
    .join('\n');
}

/** Runs a command quietly. A command that does not exist gives code 127. */
function run(command, args, { onText = () => {}, env = process.env } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: repositoryDir,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const take = (chunk) => {
      onText(chunk);
      output = (output + chunk).slice(-COMMAND_OUTPUT_MAX_CHARACTERS);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
