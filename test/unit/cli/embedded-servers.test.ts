import { expect, it } from 'vitest';
import { withEmbedded } from '../../../services/cli/embedded-servers.ts';
import { parseConfig } from '../../../services/platform/config.ts';
import type { Config } from '../../../services/platform/config.ts';

const SERVERS = { brokers: ['127.0.0.1:1'], registryUrl: 'http://r', redisUrl: 'redis://r' };

const config = (env: Readonly<Record<string, string>>): Config => {
  const parsed = parseConfig(env);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
};

it('only what is embedded gets its address', () => {
  const given = config({ REDIS_URL: 'redis://mine' });
  expect(withEmbedded(given, ['kafka', 'registry'], SERVERS)).toMatchObject({
    KAFKA_BROKERS: ['127.0.0.1:1'],
    SCHEMA_REGISTRY_URL: 'http://r',
    REDIS_URL: ['redis://mine'],
  });
});

it('sessions are short where the embedded broker allows it, and as the user says where he does', () => {
  const session = (
    env: Readonly<Record<string, string>>,
    kinds: readonly ('kafka' | 'redis')[],
  ): number => withEmbedded(config(env), kinds, SERVERS).TIDEMARK_SESSION_TIMEOUT_MS;
  expect(session({}, ['kafka'])).toBe(1_500);
  expect(session({ TIDEMARK_SESSION_TIMEOUT_MS: '9000' }, ['kafka'])).toBe(9_000);
  expect(session({}, ['redis'])).toBe(0);
});
