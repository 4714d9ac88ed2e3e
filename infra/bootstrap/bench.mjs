import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { prepareOrExit, repositoryDir, runtime } from './prepare.mjs';

await prepareOrExit({ servers: true });

const main = join(repositoryDir, 'bench', 'main.ts');
const child = spawn(runtime, [main, ...process.argv.slice(2)], {
  cwd: repositoryDir,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  process.stderr.write(`cannot run ${runtime}: ${error.message}\n`);
  process.exitCode = 1;
});
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
