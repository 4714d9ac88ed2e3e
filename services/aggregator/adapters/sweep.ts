import type { ProjectionKeys } from '../../kernel/projection.ts';
import { mastersOf } from '../../platform/redis.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { SCRIPTS } from './lua.ts';

const KEYS_AT_ONCE = 500;

/** What the scripts that look at a projection as a whole begin with. */
export const headKeys = ({ meta, watermarks, series, dirty, due }: ProjectionKeys): string[] => [
  meta,
  watermarks,
  series,
  dirty,
  due,
];

/**
 * Removes all that a damaged projection left, whatever its keys: those that would name them may be the ones that are damaged.
 * Looks through the whole key space, which a damage is rare enough for. Stops when a new generation has begun.
 */
export async function sweepProjection(client: RedisClient, keys: ProjectionKeys): Promise<void> {
  const tag = keys.meta.slice(0, keys.meta.lastIndexOf(':'));
  const pattern = `${tag.replaceAll(/[*?[\]\\]/g, String.raw`\$&`)}:*`;
  for (const node of mastersOf(client)) {
    let cursor = '0';
    do {
      const [next, found] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', KEYS_AT_ONCE);
      const left = found.filter((key) => key !== keys.meta);
      const isOver =
        left.length > 0 && (await SCRIPTS.sweep(client, [keys.meta, ...left], [])) === 0;
      if (isOver) return;
      cursor = next;
    } while (cursor !== '0');
  }
  await SCRIPTS.sweep(client, [keys.meta], []);
}
