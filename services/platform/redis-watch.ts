import { assertNoEviction, mastersOf } from './redis.ts';
import type { RedisClient } from './redis.ts';

/** Looks at the server all the time that it is used: what was right at the start may be changed later. */
export type RedisWatch = {
  /** Why it cannot be relied upon now, one sentence each. */
  readonly missing: () => readonly string[];
  readonly stop: () => void;
};

const LOOK_EVERY_MS = 5_000;

/** @param observer told how much of its memory limit the fullest server uses, 0 to 1; 0 where there is no limit */
export function watchRedis(
  client: RedisClient,
  observer: { readonly memoryRatio: (ratio: number) => void },
): RedisWatch {
  let fault: string | undefined;

  const look = async (): Promise<void> => {
    try {
      observer.memoryRatio(await memoryRatioOf(client));
      await assertNoEviction(client);
      fault = undefined;
    } catch (error) {
      if (client.status === 'ready') fault = (error as Error).message;
    }
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  void look();
  return {
    missing: () =>
      client.status === 'ready'
        ? [fault ?? []].flat()
        : ['Redis does not answer, or is loading its data'],
    stop: () => clearInterval(timer),
  };
}

async function memoryRatioOf(client: RedisClient): Promise<number> {
  const ratios = mastersOf(client).map(async (node) => {
    const info = await node.info('memory');
    const valueOf = (name: string): number =>
      Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
    const limit = valueOf('maxmemory');
    return limit === 0 ? 0 : valueOf('used_memory') / limit;
  });
  return Math.max(...(await Promise.all(ratios)));
}
