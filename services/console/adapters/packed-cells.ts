import type { RedisClient } from '../../platform/redis.ts';
import { redisScript } from '../../platform/redis-script.ts';

/** Most fields of one HMGET within a script: Lua passes so many arguments. */
const FIELDS_PER_CALL = 4_000;
/** Stands between fields of a window; no field holds one. */
export const SEPARATOR = '\n';

/**
 * Head, and the wanted fields of all windows as one text: a reply of one text is parsed many times faster than one of a
 * hundred thousand, and the names of the fields are sent once. A window that is not stored is one empty field.
 * KEYS: meta, watermarks, windows. ARGV: names of fields, the first one there in every window.
 */
const READ = redisScript(`
local out, n = {}, 0
local size = ${FIELDS_PER_CALL}
local count = #ARGV
for k = 3, #KEYS do
  for from = 1, count, size do
    local values = redis.call('HMGET', KEYS[k], unpack(ARGV, from, math.min(from + size - 1, count)))
    n = n + 1
    if from == 1 and not values[1] then
      out[n] = ''
      break
    end
    -- Joined window by window: one list of all fields would be grown and walked once more.
    for i = 1, #values do if not values[i] then values[i] = '' end end
    out[n] = table.concat(values, '\\n')
  end
end
return { redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2]), table.concat(out, '\\n') }`);

export type PackedCells = {
  readonly meta: Readonly<Record<string, string>>;
  readonly watermarks: Readonly<Record<string, string>>;
  /** The fields of all windows with `SEPARATOR` between, each '' where it is not there; one '' for a window that is not stored. */
  readonly text: string;
};

/** One atomic view of a projection's head and some of its windows. @param fields the first one there in every window */
export async function readPackedCells(
  client: RedisClient,
  keys: { readonly meta: string; readonly watermarks: string; readonly windows: readonly string[] },
  fields: readonly string[],
): Promise<PackedCells> {
  const all = [keys.meta, keys.watermarks, ...keys.windows];
  const [meta, watermarks, text] = (await READ(client, all, fields)) as [
    string[],
    string[],
    string,
  ];
  return {
    meta: recordOf(meta),
    watermarks: recordOf(watermarks),
    text,
  };
}

/** @param flat name, value, name, value */
function recordOf(flat: readonly string[]): Readonly<Record<string, string>> {
  const record: Record<string, string> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) record[flat[i] as string] = flat[i + 1] as string;
  return record;
}
