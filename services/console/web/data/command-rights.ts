import type { MeAnswer } from '../../core/overview/mine.ts';
import { get } from './api.ts';
import type { Resource } from './resource.ts';
import { useResource } from './resource.ts';

/**
 * Whether the reader may say something of an alert, and silence it: owners do. undefined while it is not known: what would
 * be refused is not offered meanwhile. Where it cannot be known nothing is kept back, as the server has the last word.
 */
export function mayTellOf(
  me: Resource<{ readonly roles: MeAnswer['roles'] }>,
): boolean | undefined {
  if (me.kind === 'loading') return undefined;
  return me.kind === 'failed' || me.data.roles.includes('owner');
}

export function useMayTell(): boolean | undefined {
  return mayTellOf(useResource('me', (signal) => get<MeAnswer>('/v1/me', signal)).resource);
}
