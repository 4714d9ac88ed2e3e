import type { FastifyInstance } from 'fastify';
import type { Platform } from '../../platform/platform.ts';
import type { StreamHub } from '../stream-hub.ts';
import { notificationsRoute } from './http-notifications.ts';
import { redisNotifications } from './redis-notifications.ts';
import { repeat } from './repeat.ts';

const LOOK_EVERY_MS = 1_000;

/**
 * Messages to browsers: the list, and over the stream what is new, looked for once a second while somebody watches. What
 * came while nobody did is told then too; who has it already knows it by its id. It ends with the HTTP server.
 */
export function browserNotifications(
  platform: Pick<Platform, 'redis' | 'config' | 'access' | 'catalog' | 'logger'>,
  { hub, http }: { hub: Pick<StreamHub, 'readers' | 'onNotification'>; http: FastifyInstance },
): void {
  const { redis, config, access, catalog, logger } = platform;
  const { newest, news } = redisNotifications(redis, config.TIDEMARK_TOPIC_PREFIX);
  let isPlaced = false;
  const look = async (): Promise<void> => {
    if (isPlaced && hub.readers() === 0) return;
    for (const notification of await news()) hub.onNotification(notification);
    isPlaced = true;
  };
  const failed = (error: unknown): void =>
    logger.debug({ err: error }, 'messages to browsers could not be read');
  // Its place is taken before the first reader comes: what is kept from now on is told.
  void look().catch(failed);
  const rounds = repeat(LOOK_EVERY_MS, look, failed);
  notificationsRoute(http, access, { newest, catalog: catalog.current });
  http.addHook('onClose', rounds.stop);
}
