// Tries worlds that no test named: random faults from a seed, for as long as it is told.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepareOrExit, repositoryDir, runtime } from './prepare.mjs';

/** Tiers that have a campaign. Each reads CAMPAIGN_MINUTES, its own part of the time, and CAMPAIGN_SEED. */
const PROJECTS = [
  { name: 'simulation', servers: false, files: [] },
  { name: 'chaos', servers: true, files: ['test/chaos/campaign.test.ts'] },
];
const USAGE = 'npm run campaign -- [--minutes N] [--seed S] [--project simulation|chaos]';

const { minutes, seed, projects } = parseArguments(process.argv.slice(2));
await prepareOrExit({ servers: projects.some(({ servers }) => servers) });
for (const { name, files } of projects) {
  const code = await vitest(['--project', name, ...files], {
    CAMPAIGN_MINUTES: String(minutes / projects.length),
    CAMPAIGN_SEED: String(seed),
  });
  if (code !== 0) process.exitCode = 1;
}

function parseArguments(args) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        minutes: { type: 'string', default: '10' },
        seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
        project: { type: 'string' },
      },
    });
    const of = { minutes: Number(values.minutes), seed: Number(values.seed) };
    if (!(of.minutes > 0) || !Number.isSafeInteger(of.seed)) throw new Error('not a number');
    const wanted = PROJECTS.filter(({ name }) => (values.project ?? name) === name);
    if (wanted.length === 0) throw new Error(`there is no campaign of ${values.project}`);
    return { ...of, projects: wanted };
  } catch (error) {
    process.stderr.write(`${error.message}\n${USAGE}\n`);
    process.exit(2);
  }
}

function vitest(args, environment) {
  const main = join(repositoryDir, 'node_modules', 'vitest', 'vitest.mjs');
  const child = spawn(runtime, [main, 'run', ...args], {
    cwd: repositoryDir,
    env: { ...process.env, ...environment },
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.once('close', resolve));
}
