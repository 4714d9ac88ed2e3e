import { readFileSync } from 'node:fs';
import type { SecretRef } from '../../kernel/definitions.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';

/** Secrets by reference, read when they are needed, so that a rotated one counts at once. Err names the place only. */
export type Secrets = (ref: SecretRef) => Result<string, string>;

export function secretsFrom(env: Readonly<Record<string, string | undefined>>): Secrets {
  return (ref) => {
    if ('env' in ref) {
      const value = env[ref.env];
      return value ? ok(value) : err(`the environment variable ${ref.env} is not set`);
    }
    try {
      return ok(readFileSync(ref.file, 'utf8').trim());
    } catch (error) {
      return err(
        `the secret file ${ref.file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`,
      );
    }
  };
}
