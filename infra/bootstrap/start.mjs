import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { prepareOrExit, repositoryDir, runtime } from './prepare.mjs';

await prepareOrExit({ servers: true });

const main = join(repositoryDir, 'services', 'cli', 'main.ts');
const child = spawn(
  runtime,
  ['--disable-warning=ExperimentalWarning', main, 'dev', ...process.argv.slice(2)],
  {
    cwd: repositoryDir,
    // As bin/tidemark does: what was compiled at the last start is not compiled again.
    env: {
      NODE_COMPILE_CACHE: join(repositoryDir, 'node_modules', '.cache', 'tidemark'),
      ...process.env,
    },
    stdio: 'inherit',
  },
);
// A terminal sends Ctrl-C to the child as well, which takes copies within a second for one.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  process.stderr.write(`cannot run ${runtime}: ${error.message}\n`);
  process.exitCode = 1;
});
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
