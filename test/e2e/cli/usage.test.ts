import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runTidemark, stackDirectory } from '../../support/stack.ts';

test('wrong usage ends with 2 and points to the help', async () => {
  for (const args of [
    ['no-such-verb'],
    ['dev', '--no-such-option'],
    ['serve', 'nobody'],
    ['serve'],
  ]) {
    const { code, stdout, stderr } = await runTidemark(args);
    expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' });
    expect(stderr).toContain('--help');
  }
});

test('help is a result: it ends with 0 and has an example', async () => {
  for (const args of [['--help'], ['dev', '--help'], ['serve', '--help'], ['doctor', '--help']]) {
    const { code, stdout } = await runTidemark(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Example:\n {2}\$ /);
  }
});

test('every fault of the configuration is listed at once, and it ends with 2', async () => {
  const { code, stderr } = await runTidemark(['dev'], {
    TIDEMARK_PORT: 'many',
    LOG_LEVEL: 'loud',
    TIDEMARK_PROT: '7400',
  });
  expect(code).toBe(2);
  expect(stderr.trimEnd().split('\n')).toEqual([
    'error: TIDEMARK_PORT must be an integer from 0 to 65535, not "many"',
    'error: LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent, not "loud"',
    'error: TIDEMARK_PROT is not a setting; see docs/reference/config.md',
  ]);
});

test('without tokens an address that is not loopback is refused before anything is started', async () => {
  const { code, stderr } = await runTidemark(['dev'], { TIDEMARK_HOST: '0.0.0.0' });
  expect(code).toBe(1);
  expect(stderr).toContain('TIDEMARK_TOKENS_FILE is not set');
});

test('without Java it says so and how to get it', async () => {
  // A PATH with what the launcher needs, and nothing else.
  const bin = join(stackDirectory('e2e-no-java'), 'bin');
  rmSync(bin, { recursive: true, force: true });
  mkdirSync(bin, { recursive: true });
  for (const tool of ['dirname', 'readlink']) symlinkSync(`/usr/bin/${tool}`, join(bin, tool));
  const { code, stderr } = await runTidemark(
    ['--data', stackDirectory('e2e-no-java'), 'dev', '--port', '0'],
    { PATH: bin, JAVA_HOME: '' },
  );
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: Java is missing: .*Java 17 or later\.\n/);
  expect(stderr).toContain('Get it:');
});
