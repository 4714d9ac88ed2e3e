import type { AddressInfo } from 'node:net';
import { Command } from 'commander';
import type { FastifyInstance } from 'fastify';
import { vi } from 'vitest';

/** From now on commands ask this server; `vi.unstubAllEnvs()` takes that back. */
export async function serveCommands(http: FastifyInstance): Promise<void> {
  await http.listen({ port: 0, host: '127.0.0.1' });
  vi.stubEnv('TIDEMARK_PORT', String((http.server.address() as AddressInfo).port));
  vi.stubEnv('TIDEMARK_DATA_DIR', '/nonexistent');
}

export type Written = { readonly out: string; readonly notes: string };

/**
 * Runs `tidemark …` in this process, where a process of its own would take most of a second; what becomes of an
 * error there (its message, the exit code) is main.ts' affair.
 * @param register of the file that has the command
 * @returns what it wrote to stdout and to stderr; rejects with what it refuses
 */
export async function runHere(
  register: (program: Command) => void,
  ...args: readonly string[]
): Promise<Written> {
  const written = { out: '', notes: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      written[stream === 'stdout' ? 'out' : 'notes'] += String(text);
      return true;
    }),
  );
  const program = new Command('tidemark').option('--output <format>', '', 'table');
  register(program);
  silence(program);
  try {
    await program.parseAsync([...args], { from: 'user' });
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return written;
}

/** Wrong usage is thrown, not printed. */
function silence(command: Command): void {
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  command.commands.forEach(silence);
}
