import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { TidemarkError } from '../kernel/errors.ts';
import { err, ok } from '../kernel/result.ts';
import type { Refusal } from '../kernel/errors.ts';
import type { Result } from '../kernel/result.ts';

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

export type Principal = {
  readonly person: `person:${string}`;
  readonly roles: ReadonlySet<Role>;
  /** CloudEvents sources it may write; undefined = all. */
  readonly sources?: ReadonlySet<string>;
};

/** Who asks, and may they. Default deny: a request without a valid token has no principal. */
export type Access = {
  readonly authenticate: (authorization: string | undefined) => Result<Principal, Refusal>;
};

const LOCAL: Principal = { person: 'person:local', roles: new Set(ROLES) };
const LOOPBACK = /^(127\.|::1$|localhost$)/;

type TokenEntry = { person: string; roles: string[]; sources?: string[] };

/**
 * Reads the tokens file: SHA-256 of a token in hexadecimal → `{ person, roles, sources }`. Tokens are 256-bit random,
 * so a plain digest is enough and looking it up leaks nothing about another.
 * @throws config_invalid when the file is faulty, or when there is none and the address is not loopback
 */
export function createAccess(options: { tokensFile: string; host: string }): Access {
  if (!options.tokensFile) {
    if (!LOOPBACK.test(options.host))
      throw new TidemarkError(
        'config_invalid',
        `TIDEMARK_HOST is ${options.host} but TIDEMARK_TOKENS_FILE is not set: without tokens only loopback addresses are served`,
      );
    return { authenticate: () => ok(LOCAL) };
  }
  const principals = readTokens(options.tokensFile);
  return {
    authenticate(authorization) {
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
  let parsed: Record<string, TokenEntry>;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8')) as Record<string, TokenEntry>;
  } catch (cause) {
    throw fail((cause as Error).message, cause);
  }
  const principals = new Map<string, Principal>();
  for (const [digest, entry] of Object.entries(parsed)) {
    if (!/^[0-9a-f]{64}$/.test(digest))
      throw fail(`"${digest.slice(0, 8)}…" is no SHA-256 in hexadecimal`);
    if (!/^person:.+/.test(entry.person ?? ''))
      throw fail(`person of ${digest.slice(0, 8)}… must be person:ID`);
    const unknown = (entry.roles ?? []).filter((role) => !ROLES.includes(role as Role));
    if (unknown.length > 0 || !Array.isArray(entry.roles))
      throw fail(`unknown roles: ${unknown.join(', ') || 'none given'}`);
    principals.set(digest, {
      person: entry.person as Principal['person'],
      roles: new Set(entry.roles as Role[]),
      ...(entry.sources ? { sources: new Set(entry.sources) } : {}),
    });
  }
  return principals;
}
