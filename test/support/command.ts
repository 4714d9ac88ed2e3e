import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { repositoryDir } from '../../infra/bootstrap/prepare.mjs';

export type CommandOutcome = {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
};

/** Runs the command line against what listens at this address, as a user does. */
export function command(url: string, ...args: readonly string[]): Promise<CommandOutcome> {
  const environment = { TIDEMARK_PORT: new URL(url).port, TIDEMARK_DATA_DIR: '/nonexistent' };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(repositoryDir, 'services', 'cli', 'main.ts'), ...args],
      { env: { ...process.env, NO_COLOR: '1', ...environment } },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}
