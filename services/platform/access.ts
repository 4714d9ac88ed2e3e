import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { TidemarkError } from '../kernel/errors.ts';
import { err, ok } from '../kernel/result.ts';
import type { Refusal } from '../kernel/errors.ts';
import type { Result } from '../kernel/result.ts';
import { isLoopback, strangeHost, strangeOrigin } from './callers.ts';
import type { Asking } from './callers.ts';

export const ROLES = [
  'ingest',
  'historical',
  'reader',
  'owner',
  'steward',
  'approver',
  'admin',
] as const;
export type Role = (typeof ROLES)[number];

/** What a role holds beside itself: who may change something may see it. Whoever only sends events sees nothing. */
export const INCLUDED: Readonly<Partial<Record<Role, readonly Role[]>>> = {
  owner: ['reader'],
  steward: ['reader'],
  approver: ['reader'],
  admin: ROLES,
};

export type Principal = {
  readonly person: `person:${string}`;
  /** With all that they include. */
  readonly roles: ReadonlySet<Role>;
  /** CloudEvents sources it may write; undefined = all. */
  readonly sources?: ReadonlySet<string>;
};

/** Who asks, and may they. Default deny: a request without a valid token has no principal. */
export type Access = {
  /** @param asking headers of the request */
  readonly authenticate: (asking: Asking) => Result<Principal, Refusal>;
};

const LOCAL: Principal = { person: 'person:local', roles: new Set(ROLES) };

type TokenEntry = {
  readonly person?: unknown;
  readonly roles?: unknown;
  readonly sources?: unknown;
};

/**
 * Reads the tokens file: SHA-256 of a token in hexadecimal → `{ person, roles, sources }`. Tokens are 256-bit random,
 * so a plain digest is enough and looking it up leaks nothing about another. Without the file whoever asks is everybody; then
 * no page of another site may ask, which a browser on this machine would do in its place.
 * @param options.names by which others than this machine know the service
 * @throws config_invalid when the file is faulty, or when there is none and the address is not loopback
 */
export function createAccess(options: {
  tokensFile: string;
  host: string;
  names?: readonly string[];
}): Access {
  if (!options.tokensFile) {
    if (!isLoopback(options.host))
      throw new TidemarkError(
        'config_invalid',
        `TIDEMARK_HOST is ${options.host} but TIDEMARK_TOKENS_FILE is not set: without tokens only loopback addresses are served`,
      );
    const { names = [] } = options;
    return {
      authenticate(asking) {
        const detail = strangeHost(asking, names) ?? strangeOrigin(asking, names);
        return detail === undefined ? ok(LOCAL) : err({ code: 'forbidden', detail });
      },
    };
  }
  const principals = readTokens(options.tokensFile);
  return {
    authenticate({ authorization }) {
      const token = /^Bearer ([^\s]+)$/.exec(authorization ?? '')?.[1];
      if (!token) return err({ code: 'unauthenticated', detail: 'no bearer token' });
      const principal = principals.get(createHash('sha256').update(token).digest('hex'));
      return principal
        ? ok(principal)
        : err({ code: 'unauthenticated', detail: 'the token is not known' });
    },
  };
}

function readTokens(file: string): ReadonlyMap<string, Principal> {
  const fail = (detail: string, cause?: unknown) =>
    new TidemarkError('config_invalid', `TIDEMARK_TOKENS_FILE ${file}: ${detail}`, { cause });
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw fail((cause as Error).message, cause);
  }
  if (!isObject(parsed)) throw fail('it must be an object of digests');
  return new Map(
    Object.entries(parsed).map(([digest, entry]) => {
      const principal = principalOf(digest, entry);
      if (!principal.ok) throw fail(principal.error);
      return [digest, principal.value];
    }),
  );
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @returns what is wrong with an entry, naming it by the start of its digest */
function principalOf(digest: string, entry: unknown): Result<Principal, string> {
  const shown = `${digest.slice(0, 8)}…`;
  if (!/^[0-9a-f]{64}$/.test(digest)) return err(`"${shown}" is no SHA-256 in hexadecimal`);
  const { person, roles, sources }: TokenEntry = isObject(entry) ? entry : {};
  if (typeof person !== 'string' || !/^person:.+/.test(person))
    return err(`person of ${shown} must be person:ID`);
  const unknown = Array.isArray(roles) ? roles.filter((role) => !ROLES.includes(role as Role)) : [];
  if (unknown.length > 0 || !Array.isArray(roles))
    return err(`unknown roles of ${shown}: ${unknown.join(', ') || 'none given'}`);
  if (sources !== undefined && !isTexts(sources))
    return err(`sources of ${shown} must be a list of texts`);
  return ok({
    person: person as Principal['person'],
    roles: new Set((roles as Role[]).flatMap((role) => [role, ...(INCLUDED[role] ?? [])])),
    ...(sources === undefined ? {} : { sources: new Set(sources) }),
  });
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');
