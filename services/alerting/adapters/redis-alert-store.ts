import { readFileSync } from 'node:fs';
import { hashText } from '../../kernel/hash.ts';
import { TidemarkError } from '../../kernel/errors.ts';
import { redisScript } from '../../platform/redis-script.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { LAYOUT } from '../core/partition/partition-fields.ts';
import type { Fields } from '../core/partition/partition-state.ts';
import type { AlertStore, DisabledReceivers, ReceiverAddress } from '../ports.ts';

const script = (name: string) =>
  redisScript(readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8'));
const SCRIPTS = {
  claim: script('claim'),
  create: script('create'),
  commit: script('commit'),
  documents: script('documents'),
};

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
 * (layout, owner, cursor, times), `:fields` (cells, progress, tracks, looks, what looks share, slots) and `:documents` (alerts by fingerprint).
 */
export function redisAlertStore(client: RedisClient, prefix: string): AlertStore {
  const keysOf = (partition: number): readonly string[] => {
    const tag = `{${prefix}alerting/${partition}}`;
    return [`${tag}:meta`, `${tag}:fields`, `${tag}:documents`];
  };
  const stored = async (partition: number, ...alerts: readonly string[]) => {
    const reply = await SCRIPTS.documents(client, keysOf(partition), [LAYOUT, ...alerts]);
    return (reply as (readonly (string | null)[])[] | null)?.map(toDocument);
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
      guard('documents', async () => (await stored(partition))?.flatMap((one) => one ?? [])),
    document: (partition, alert) =>
      guard('document', async () => {
        const found = await stored(partition, alert);
        return found && (found[0] ?? 'unknown');
      }),
  };
}

function writesOf(fields: Fields): (string | number)[] {
  const set = [...fields].filter(([, value]) => value !== null) as [string, string][];
  const deleted = [...fields].filter(([, value]) => value === null).map(([name]) => name);
  return [set.length, ...set.flat(), deleted.length, ...deleted];
}

/** @returns undefined where there is no document */
const toDocument = ([document, look, sight]: readonly (string | null)[]) =>
  typeof document === 'string'
    ? { document, look: look ?? undefined, sight: sight ?? undefined }
    : undefined;

const fromPairs = (pairs: readonly string[]): ReadonlyMap<string, string> =>
  new Map(pairs.flatMap((name, i) => (i % 2 === 0 ? [[name, pairs[i + 1] ?? '']] : [])));

/** URLs may hold secrets, so what is kept is their hash. What is lost with Redis `commands` has (disabled-receivers.ts). */
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
