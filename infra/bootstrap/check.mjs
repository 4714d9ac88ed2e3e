// Plain JavaScript for Node 20: `npm run check` on a fresh clone installs first.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { prepareOrExit, repositoryDir, runtime } from './prepare.mjs';

await prepareOrExit();

const bin = (name) => join(repositoryDir, 'node_modules', '.bin', name);
const vitest = join(repositoryDir, 'node_modules', 'vitest', 'vitest.mjs');
/** Each says by itself what is wrong; all run at once. */
const CHECKS = [
  ['format', bin('oxfmt'), '--check'],
  // Folders are named: with node_modules in reach its type-aware part fails.
  ['lint', bin('oxlint'), '--type-aware', 'services', 'test', 'bench'],
  ['types', bin('tsc'), '--noEmit', '-p', '.'],
  ['dead code', bin('knip'), '--no-progress'],
  ['tests', runtime, vitest, 'run', '--project', 'unit', '--project', 'property'],
];

const startedAtMs = performance.now();
const outcomes = await Promise.all(CHECKS.map(run));
const failed = outcomes.filter(({ code }) => code !== 0);
for (const { output } of failed) process.stdout.write(`\n${output.trim()}\n`);
const took = ((performance.now() - startedAtMs) / 1000).toFixed(1);
process.stdout.write(
  `\n${outcomes.map(({ name, code, seconds }) => `${code === 0 ? 'ok    ' : 'FAILED'}  ${name.padEnd(10)} ${seconds} s`).join('\n')}\n${took} s\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

/** Output is kept until the end: five checks that print at once cannot be read. */
function run([name, command, ...args]) {
  const beganAtMs = performance.now();
  return new Promise((resolve) => {
    // The tools' own launchers ask for `node`: ours comes first.
    const PATH = `${join(repositoryDir, 'node_modules', '.bin')}:${process.env.PATH}`;
    const child = spawn(command, args, {
      cwd: repositoryDir,
      env: { ...process.env, PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    const end = (code) =>
      resolve({ name, code, output, seconds: ((performance.now() - beganAtMs) / 1000).toFixed(1) });
    child.on('error', (error) => {
      output += error.message;
      end(1);
    });
    child.on('close', end);
  });
}
