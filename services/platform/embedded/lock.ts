import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { identityOf, isAlive } from './process.ts';
import type { ProcessIdentity } from './process.ts';

export type LockDecision =
  | { readonly kind: 'free' }
  | { readonly kind: 'held'; readonly owner: ProcessIdentity }
  | { readonly kind: 'abandoned' };

/**
 * Who holds a lock file with this content. A file that cannot be read counts as abandoned: it is written whole or not
 * at all, so nobody living wrote it.
 * @param text the file's content, undefined when there is none
 */
export function decideLock(
  text: string | undefined,
  isOwnerAlive: (owner: ProcessIdentity) => boolean,
): LockDecision {
  if (text === undefined) return { kind: 'free' };
  const owner = parseOwner(text);
  return owner && isOwnerAlive(owner) ? { kind: 'held', owner } : { kind: 'abandoned' };
}

function parseOwner(text: string): ProcessIdentity | undefined {
  const [pid, startTime] = text.trim().split(' ');
  return /^\d+$/.test(pid ?? '') && startTime ? { pid: Number(pid), startTime } : undefined;
}

/** Who holds a lock file now. @returns undefined when nobody living does */
export function lockOwner(path: string): ProcessIdentity | undefined {
  const decision = decideLock(readIfPresent(path), isAlive);
  return decision.kind === 'held' ? decision.owner : undefined;
}

const TAKE_TRIES_MAX = 10;

/**
 * Takes a lock file for this process. A lock of a dead owner is taken over.
 * @returns how to give it back, or who holds it
 */
export function takeLock(
  path: string,
):
  | { readonly kind: 'taken'; readonly release: () => void }
  | { readonly kind: 'held'; readonly owner: ProcessIdentity } {
  mkdirSync(dirname(path), { recursive: true });
  const self = identityOf(process.pid);
  const own = `${path}.${process.pid}`;
  // A link to a finished file appears at once with its content: no reader sees an empty lock.
  writeFileSync(own, `${self.pid} ${self.startTime}\n`);
  try {
    for (let attempt = 0; attempt < TAKE_TRIES_MAX; attempt += 1) {
      if (tryLink(own, path))
        return { kind: 'taken', release: () => rmSync(path, { force: true }) };
      const decision = decideLock(readIfPresent(path), isAlive);
      if (decision.kind === 'held') return decision;
      if (decision.kind === 'abandoned') removeAbandoned(path);
    }
  } finally {
    rmSync(own, { force: true });
  }
  throw new Error(`the lock ${path} changes hands too fast`);
}

/** Two may find the same dead lock: whoever moved a living one away puts it back. */
function removeAbandoned(path: string): void {
  const aside = `${path}.${process.pid}.abandoned`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (decideLock(readIfPresent(aside), isAlive).kind === 'held') tryLink(aside, path);
  rmSync(aside, { force: true });
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
