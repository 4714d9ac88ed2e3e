import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { SecretRef } from '../../kernel/definitions.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import type { Config } from '../config.ts';

/** Secrets by reference, read when they are needed, so that a rotated one counts at once. Err names the place only. */
export type Secrets = (ref: SecretRef) => Result<string, string>;

/** Where the operator has put what definitions may read. */
export type SecretPlaces = Pick<Config, 'TIDEMARK_SECRETS_DIR' | 'TIDEMARK_SECRETS_ENV'>;

/**
 * Why no definition may read this, if so: whoever may change definitions chooses also who is sent what they read, so that
 * any other file and variable of the process would be his. Folders within are none: that of /run/secrets that Kubernetes
 * makes holds the pod's own token. Pure: nothing is read, whatever lies there.
 */
export function secretFault(ref: SecretRef, places: SecretPlaces): string | undefined {
  if ('env' in ref)
    return places.TIDEMARK_SECRETS_ENV.some((name) => isNamed(ref.env, name))
      ? undefined
      : `no definition may read the environment variable ${ref.env}: TIDEMARK_SECRETS_ENV names those that may be read`;
  const folder = dirname(resolve(ref.file));
  return places.TIDEMARK_SECRETS_DIR.some((one) => one === '*' || resolve(one) === folder)
    ? undefined
    : `no definition may read the file ${ref.file}: TIDEMARK_SECRETS_DIR names the folders in which secrets lie`;
}

/** Tidemark's own are never among those that only a beginning names: one of them signs the links in messages. */
const isNamed = (name: string, allowed: string): boolean =>
  name === allowed ||
  (allowed.endsWith('*') && name.startsWith(allowed.slice(0, -1)) && !name.startsWith('TIDEMARK_'));

export function secretsFrom(
  env: Readonly<Record<string, string | undefined>>,
  places: SecretPlaces,
): Secrets {
  return (ref) => {
    const fault = secretFault(ref, places);
    if (fault !== undefined) return err(fault);
    if ('env' in ref) {
      const value = env[ref.env];
      return value ? ok(value) : err(`the environment variable ${ref.env} is not set`);
    }
    try {
      // The path that was judged: read as it is written, `LINK/..` would be the parent of where the link leads.
      return ok(readFileSync(resolve(ref.file), 'utf8').trim());
    } catch {
      // One sentence for all causes: answers to it are no way to look around.
      return err(`the secret file ${ref.file} is missing or cannot be read`);
    }
  };
}
