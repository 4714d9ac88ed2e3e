import { readFileSync } from 'node:fs';
import { hashText } from '../../kernel/hash.ts';
import { TidemarkError } from '../../kernel/errors.ts';
import { redisScript } from '../../platform/redis-script.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { LAYOUT, lookField } from '../core/partition/partition-fields.ts';
import type { Fields } from '../core/partition/partition-state.ts';
import type { AlertStore, DisabledReceivers, ReceiverAddress } from '../ports.ts';

const script = (name: string) =>
  redisScript(readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8'));
const SCRIPTS = { claim: script('claim'), create: script('create'), commit: script('commit') };

async function guard<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const detail = `${what}: ${(cause as Error).message}`;
    throw new TidemarkError('redis_unavailable', detail, { cause });
  }
}

/**
 * Alerting's state in Redis: per partition of `metric-updates` one slot (`{PREFIXalerting/P}`) with three hashes, `:meta`
 * (layout, owner, cursor, times), `:fields` (cells, progress, tracks, looks, slots) and `:documents` (alerts by fingerprint).
 */
export function redisAlertStore(client: RedisClient, prefix: string): AlertStore {
  const keysOf = (partition: number): readonly string[] => {
    const tag = `{${prefix}alerting/${partition}}`;
    return [`${tag}:meta`, `${tag}:fields`, `${tag}:documents`];
  };
  return {
    claim: (partition, owner) =>
      guard('claim', async () => {
        const reply = await SCRIPTS.claim(client, keysOf(partition), [owner, LAYOUT]);
        const [meta, fields, documents] = (reply as string[][]).map(fromPairs);
        if (!meta) return undefined;
        const number = (name: string): number => Number(meta.get(name));
        return {
          cursor: number('cursor'),
          activeFrom: number('activeFrom'),
          logMs: number('logMs'),
          awakeMs: number('awakeMs'),
          alertsNext: number('alertsNext'),
          fields: fields ?? new Map(),
          documents: documents ?? new Map(),
        };
      }),
    create: (partition, owner, { cursor, activeFrom, logMs, awakeMs, alertsNext }) =>
      guard('create', async () => {
        const args = [owner, cursor, activeFrom, logMs, awakeMs, alertsNext, LAYOUT];
        return (await SCRIPTS.create(client, keysOf(partition), args)) === 1;
      }),
    commit: (partition, owner, commit) =>
      guard('commit', async () => {
        const { from, to, activeFrom, logMs, awakeMs, alertsNext, changes } = commit;
        const head = [owner, from, to, activeFrom, logMs, awakeMs, alertsNext];
        const args = [...head, ...writesOf(changes.fields), ...writesOf(changes.documents)];
        return (await SCRIPTS.commit(client, keysOf(partition), args)) === 1;
      }),
    documents: (partition) =>
      guard('documents', async () => {
        const [meta = '', fields = '', documents = ''] = keysOf(partition);
        const [layout, found] = await Promise.all([
          client.hget(meta, 'layout'),
          client.hgetall(documents),
        ]);
        if (layout !== String(LAYOUT)) return undefined;
        const ids = Object.keys(found);
        const looks = ids.length > 0 ? await client.hmget(fields, ...ids.map(lookField)) : [];
        return ids.map((id, i) => ({ document: found[id] ?? '', look: looks[i] ?? undefined }));
      }),
    document: (partition, alert) =>
      guard('document', async () => {
        const [meta = '', fields = '', documents = ''] = keysOf(partition);
        const [layout, document, look] = await answersOf(
          client.multi().hget(meta, 'layout').hget(documents, alert).hget(fields, lookField(alert)),
        );
        if (layout !== String(LAYOUT)) return undefined;
        return typeof document === 'string' ? { document, look: look ?? undefined } : 'unknown';
      }),
  };
}

/** What one transaction answered, in the order of its commands. */
async function answersOf(
  transaction: ReturnType<RedisClient['multi']>,
): Promise<readonly (string | null)[]> {
  const answers = (await transaction.exec()) ?? [];
  for (const [error] of answers) if (error) throw error;
  return answers.map(([, answer]) => answer as string | null);
}

function writesOf(fields: Fields): (string | number)[] {
  const set = [...fields].filter(([, value]) => value !== null) as [string, string][];
  const deleted = [...fields].filter(([, value]) => value === null).map(([name]) => name);
  return [set.length, ...set.flat(), deleted.length, ...deleted];
}

const fromPairs = (pairs: readonly string[]): ReadonlyMap<string, string> =>
  new Map(pairs.flatMap((name, i) => (i % 2 === 0 ? [[name, pairs[i + 1] ?? '']] : [])));

/** URLs may hold secrets, so what is kept is their hash. Lost with Redis, and learnt again by the next 410. */
export function redisDisabledReceivers(client: RedisClient, prefix: string): DisabledReceivers {
  const key = `${prefix}alerting:disabled-receivers`;
  const fieldOf = ({ id, url }: ReceiverAddress): string => `${id} ${hashText(url)}`;
  return {
    isDisabled: (receiver) =>
      guard('isDisabled', async () => (await client.hexists(key, fieldOf(receiver))) === 1),
    disable: (receiver) =>
      guard('disable', async () => {
        await client.hset(key, fieldOf(receiver), '410');
      }),
    enable: (receiver) =>
      guard('enable', async () => (await client.hdel(key, fieldOf(receiver))) === 1),
  };
}
