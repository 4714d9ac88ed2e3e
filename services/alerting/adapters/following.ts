import { randomUUID } from 'node:crypto';
import type { Platform } from '../../platform/platform.ts';
import { unsubscribedOf } from '../core/people/unsubscribed.ts';
import type { LaneViews } from '../lane-views.ts';
import type { CommandLog } from '../ports.ts';
import { createFollowingView } from '../unsubscribed.ts';
import { peopleRoutes } from './http-people.ts';
import { startRestating } from './restating.ts';

/** Answers who is told, and keeps what people said about following from being forgotten. @returns how to end the latter */
export function startFollowing(
  { access, catalog, http, logger, now }: Platform,
  { commands }: { readonly commands: CommandLog },
  kept: LaneViews['unsubscribed'],
): { readonly stop: () => Promise<void> } {
  const followings = createFollowingView(commands);
  const unsubscribed = async () => unsubscribedOf((await followings()).followings);
  peopleRoutes(http, access, { catalog: catalog.current, unsubscribed, now });
  return startRestating({ commands, followings, now, newId: randomUUID }, { kept, logger });
}
