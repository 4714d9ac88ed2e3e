import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { repositoryDir, runtime, serversDirectory } from '../../../infra/bootstrap/prepare.mjs';
import { startTimeOf } from '../../../services/platform/embedded/process.ts';
import { readRunFile } from '../../../services/platform/embedded/run-file.ts';
import { startServers } from '../../../services/platform/embedded/servers.ts';
import { silenceIdleTimer } from '../../../services/platform/kafka/idle-timer.ts';
import type {
  EmbeddedServers,
  StartServersOptions,
} from '../../../services/platform/embedded/servers.ts';

const START_TIMEOUT_MS = 90_000;
/** The same folder in every run: what a killed run left behind is found and stopped by the next. */
const dataDir = join(repositoryDir, 'test', 'output', 'embedded');
const serversDir = serversDirectory();

let running: EmbeddedServers | undefined;
let owner: ChildProcess | undefined;

async function start(options: Partial<StartServersOptions> = {}): Promise<EmbeddedServers> {
  running = await startServers({ dataDir, serversDir, trainArchives: false, ...options });
  return running;
}

type Held = Pick<EmbeddedServers, 'brokers' | 'registryUrl' | 'redisUrl'> & {
  readonly pids: readonly number[];
};

/** Servers of another process, which can be killed. */
async function hold(only: string): Promise<Held> {
  owner = spawn(runtime, [join(import.meta.dirname, 'hold.ts'), dataDir, only], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (!owner.stdout) throw new Error('no output');
  const failed = once(owner, 'exit').then(([code]) =>
    Promise.reject(new Error(`the owner ended with ${String(code)}`)),
  );
  const [line] = (await Promise.race([once(createInterface(owner.stdout), 'line'), failed])) as [
    string,
  ];
  failed.catch(() => undefined);
  return JSON.parse(line) as Held;
}

async function killOwner(): Promise<void> {
  owner?.kill('SIGKILL');
  if (owner && owner.exitCode === null && owner.signalCode === null) await once(owner, 'exit');
  owner = undefined;
}

silenceIdleTimer();
const kafkaOf = (brokers: readonly string[]): Kafka =>
  new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });

async function withRedis<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

async function endOffset(brokers: readonly string[], topic: string): Promise<string | undefined> {
  const admin = kafkaOf(brokers).admin();
  await admin.connect();
  const [offsets] = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  return offsets?.high;
}

beforeEach(async () => {
  // Stops what an aborted run left, then begins with nothing.
  await (await start({ only: [] })).stop();
  rmSync(dataDir, { recursive: true, force: true });
}, START_TIMEOUT_MS);

afterEach(async () => {
  await killOwner();
  await running?.stop();
  running = undefined;
}, START_TIMEOUT_MS);

describe('embedded servers', () => {
  test(
    'give a Kafka, a registry that refuses incompatible schemas, and a Redis that evicts nothing',
    { timeout: START_TIMEOUT_MS },
    async () => {
      const servers = await start();
      const admin = kafkaOf(servers.brokers).admin();
      await admin.connect();
      const cluster = await admin.describeCluster();
      await admin.disconnect();
      expect(cluster.brokers.map(({ host, port }) => `${host}:${port}`)).toEqual(servers.brokers);

      const register = (fields: readonly object[]): Promise<number> =>
        fetch(`${servers.registryUrl}/subjects/sales-value/versions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            schema: JSON.stringify({ type: 'record', name: 'Sale', fields }),
          }),
        }).then(({ status }) => status);
      expect(await register([{ name: 'amount', type: 'long' }])).toBe(200);
      expect(await register([{ name: 'amount', type: 'string' }])).toBe(409);

      await withRedis(servers.redisUrl, async (redis) => {
        const settings = (await redis.config(
          'GET',
          'maxmemory-policy',
          'appendonly',
          'appendfsync',
        )) as string[];
        expect(settings).toEqual(expect.arrayContaining(['noeviction', 'yes', 'everysec']));
      });
    },
  );

  test(
    'keep their data and addresses when everything is killed with -9',
    { timeout: 2 * START_TIMEOUT_MS },
    async () => {
      const held = await hold('kafka,registry,redis');
      const producer = kafkaOf(held.brokers).producer();
      const admin = kafkaOf(held.brokers).admin();
      await admin.connect();
      await admin.createTopics({
        topics: [{ topic: 'kept', numPartitions: 1, replicationFactor: 1 }],
        waitForLeaders: true,
      });
      await producer.connect();
      await producer.send({
        topic: 'kept',
        acks: -1,
        messages: Array.from({ length: 1_000 }, (_, index) => ({ value: `record ${index}` })),
      });
      await Promise.all([producer.disconnect(), admin.disconnect()]);
      const schemaUrl = `${held.registryUrl}/subjects/kept-value/versions`;
      await fetch(schemaUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ schema: '"long"' }),
      });
      await withRedis(held.redisUrl, async (redis) => {
        await redis.set('kept', 'yes');
        // With everysec the last second may be lost; wait until the file has it.
        await redis
          .call('WAITAOF', '1', '0', '0')
          .catch(() => redis.config('SET', 'appendfsync', 'always'));
        await redis.set('kept-too', 'yes');
      });

      for (const pid of held.pids) process.kill(pid, 'SIGKILL');
      await killOwner();
      const servers = await start();

      expect(servers.brokers).toEqual(held.brokers);
      expect(servers.registryUrl).toBe(held.registryUrl);
      expect(servers.redisUrl).toBe(held.redisUrl);
      expect(await endOffset(servers.brokers, 'kept')).toBe('1000');
      expect(await (await fetch(schemaUrl)).json()).toEqual([1]);
      expect(await withRedis(servers.redisUrl, (redis) => redis.get('kept'))).toBe('yes');
    },
  );

  test(
    'that outlived their killed owner are stopped by the next one',
    { timeout: START_TIMEOUT_MS },
    async () => {
      const held = await hold('kafka,redis');
      await killOwner();
      expect(held.pids.every((pid) => startTimeOf(pid) !== undefined)).toBe(true);
      const servers = await start({ only: ['redis'] });
      expect(held.pids.every((pid) => startTimeOf(pid) === undefined)).toBe(true);
      expect(servers.redisUrl).toBe(held.redisUrl);
    },
  );

  test(
    'refuse a second owner of the same folder and say who has it',
    { timeout: START_TIMEOUT_MS },
    async () => {
      await start({ only: ['redis'] });
      await expect(startServers({ dataDir, serversDir })).rejects.toMatchObject({
        code: 'already_running',
        message: expect.stringContaining(`process ${process.pid}`),
      });
    },
  );

  test('can be killed and started again one by one', { timeout: START_TIMEOUT_MS }, async () => {
    const { redis, redisUrl } = await start({ only: ['redis'] });
    await withRedis(redisUrl, (client) => client.set('kept', 'yes'));
    const before = redis.pid();
    await redis.restart();
    expect(redis.pid()).not.toBe(before);
    expect(await withRedis(redisUrl, (client) => client.get('kept'))).toBe('yes');
    await redis.kill();
    expect(redis.pid()).toBeUndefined();
    await redis.start();
    expect(await withRedis(redisUrl, (client) => client.ping())).toBe('PONG');
  });

  test(
    'leave no process behind when they stop, and forget none in between',
    { timeout: START_TIMEOUT_MS },
    async () => {
      const servers = await start({ only: ['redis', 'registry'] });
      const pids = [servers.redis.pid(), servers.registry.pid()];
      expect(new Set(readRunFile(dataDir).processes.map(({ pid }) => pid))).toEqual(new Set(pids));
      await servers.stop();
      expect(pids.map((pid) => startTimeOf(pid ?? 0))).toEqual([undefined, undefined]);
      expect(readRunFile(dataDir).processes).toEqual([]);
    },
  );

  test(
    'run the Redis that Maven fetched, whatever is on the PATH',
    { timeout: START_TIMEOUT_MS },
    async () => {
      const servers = await start({ only: ['redis'], redis: 'maven' });
      await withRedis(servers.redisUrl, async (redis) => {
        expect(await redis.info('server')).toMatch(
          new RegExp(`executable:.*${serversDir}/redis/redis-server-`),
        );
        expect(
          await redis.eval('return redis.call("HSET", KEYS[1], "a", ARGV[1])', 1, 'cell', '5'),
        ).toBe(1);
        expect(await redis.config('GET', 'hash-max-ziplist-entries')).toEqual([
          'hash-max-ziplist-entries',
          '32',
        ]);
      });
    },
  );

  test(
    'that cannot start say why, with the end of their log',
    { timeout: START_TIMEOUT_MS },
    async () => {
      await expect(
        startServers({
          dataDir,
          serversDir,
          only: ['kafka'],
          kafkaSettings: { 'num.io.threads': 'many' },
        }),
      ).rejects.toThrow(/kafka-1 .*num\.io\.threads|num\.io\.threads/s);
      expect(readFileSync(join(dataDir, 'logs', 'kafka-1.log'), 'utf8')).toContain(
        'num.io.threads',
      );
      await start({ only: ['redis'] });
    },
  );
});

test(
  'three brokers form one cluster that survives the death of one',
  { timeout: 2 * START_TIMEOUT_MS },
  async () => {
    const servers = await start({ only: ['kafka'], brokers: 3 });
    const admin = kafkaOf(servers.brokers).admin();
    await admin.connect();
    await admin.createTopics({
      topics: [{ topic: 'replicated', numPartitions: 1, replicationFactor: 3 }],
      waitForLeaders: true,
    });
    await admin.disconnect();
    await servers.kafka[0]?.kill();
    const rest = servers.brokers.slice(1);
    const producer = kafkaOf(rest).producer({
      retry: { retries: 20, initialRetryTime: 100, maxRetryTime: 500 },
    });
    await producer.connect();
    await producer.send({ topic: 'replicated', acks: -1, messages: [{ value: 'one' }] });
    await producer.disconnect();
    expect(await endOffset(rest, 'replicated')).toBe('1');
  },
);
