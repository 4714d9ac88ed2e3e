import type { ProjectionKeys } from '../../kernel/projection.ts';
import type { RedisClient } from '../../platform/redis.ts';

/** The series of one generation: numbers are given once, so what is known stays true until it ends. */
type SeriesOfGeneration = {
  readonly generation: string;
  readonly keys: ReadonlyMap<number, string>;
  readonly numbers: ReadonlyMap<string, number>;
};

/** Names of series by their numbers, as read last. Each read throws what Redis answers. */
export type SeriesNames = {
  readonly read: (keys: ProjectionKeys) => Promise<SeriesOfGeneration>;
  /** Names that know all these numbers, as far as they exist. */
  readonly covering: (
    keys: ProjectionKeys,
    numbers: readonly number[],
  ) => Promise<SeriesOfGeneration>;
  readonly forget: (keys: ProjectionKeys) => void;
};

export function createSeriesNames(client: RedisClient): SeriesNames {
  const known = new Map<string, SeriesOfGeneration>();
  const read: SeriesNames['read'] = async (keys) => {
    const [generation, series] = await ofOneInstant<[string | null, Record<string, string>]>(
      client.multi().hget(keys.meta, 'gen').hgetall(keys.series),
    );
    const numbers = new Map(Object.entries(series).map(([key, number]) => [key, Number(number)]));
    const fresh = {
      generation: generation ?? '',
      numbers,
      keys: new Map([...numbers].map(([key, number]) => [number, key])),
    };
    known.set(keys.series, fresh);
    return fresh;
  };
  return {
    read,
    async covering(keys, numbers) {
      const cached = known.get(keys.series);
      const isEnough = cached && numbers.every((number) => cached.keys.has(number));
      return isEnough ? cached : read(keys);
    },
    forget(keys) {
      known.delete(keys.series);
    },
  };
}

/** Answers of a transaction, all of one instant. */
export async function ofOneInstant<T>(transaction: {
  exec: () => Promise<[Error | null, unknown][] | null>;
}): Promise<T> {
  const replies = (await transaction.exec()) ?? [];
  return replies.map(([error, value]) => {
    if (error) throw error;
    return value;
  }) as T;
}
