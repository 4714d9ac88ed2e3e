import { err, ok } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';

type Setting<T> = {
  readonly default: string;
  readonly unit: string;
  readonly meaning: string;
  readonly parse: (text: string) => T | undefined;
  readonly expected: string;
};

const text = (meaning: string, fallback = ''): Setting<string> => ({
  default: fallback,
  unit: 'text',
  meaning,
  parse: (value) => value,
  expected: 'a text',
});
const list = (meaning: string, fallback = ''): Setting<readonly string[]> => ({
  default: fallback,
  unit: 'comma-separated',
  meaning,
  parse: (value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  expected: 'a comma-separated list',
});
const flag = (meaning: string): Setting<boolean> => ({
  default: 'false',
  unit: 'true | false',
  meaning,
  parse: (value) => (value === 'true' ? true : value === 'false' ? false : undefined),
  expected: 'true or false',
});
const choice = <const T extends string>(
  meaning: string,
  values: readonly T[],
  fallback: NoInfer<T>,
): Setting<T> => ({
  default: fallback,
  unit: values.join(' | '),
  meaning,
  parse: (value) => values.find((candidate) => candidate === value),
  expected: `one of ${values.join(', ')}`,
});
const integer = (
  meaning: string,
  bounds: { min: number; max: number; fallback: string; unit: string },
): Setting<number> => ({
  default: bounds.fallback,
  unit: bounds.unit,
  meaning,
  parse: (value) => {
    const number = Number(value);
    return /^\d+$/.test(value) && number >= bounds.min && number <= bounds.max ? number : undefined;
  },
  expected: `an integer from ${bounds.min} to ${bounds.max}`,
});

/** Every setting: one table gives name, type, unit, default and meaning; docs/reference/config.md is generated from it. */
export const SETTINGS = {
  KAFKA_BROKERS: list('Kafka brokers, host:port. Empty: the embedded broker.'),
  KAFKA_SSL: flag('TLS to Kafka.'),
  KAFKA_SASL_MECHANISM: choice(
    'SASL mechanism.',
    ['', 'plain', 'scram-sha-256', 'scram-sha-512'],
    '',
  ),
  KAFKA_SASL_USERNAME: text('SASL user.'),
  KAFKA_SASL_PASSWORD: text('SASL password. Never logged.'),
  SCHEMA_REGISTRY_URL: text(
    'Schema registry with the Confluent API. Empty: the embedded registry.',
  ),
  REDIS_URL: list(
    'redis:// or rediss://. Several nodes: Redis Cluster. Empty: the embedded Redis.',
  ),
  TIDEMARK_CATALOG: text('Folder of definitions.', 'catalog'),
  TIDEMARK_DATA_DIR: text("Folder of the embedded servers' data.", '.tidemark'),
  TIDEMARK_HOST: text('Address to listen on.', '127.0.0.1'),
  TIDEMARK_PUBLIC_URL: {
    default: '',
    unit: 'URL',
    meaning:
      'Where people reach the console: what links in messages begin with. Empty: http, TIDEMARK_HOST and TIDEMARK_PORT, which is right where one process runs all services and nothing stands before it.',
    parse: (value: string) =>
      value === '' || /^https?:\/\/[^/]/.test(value) ? value.replace(/\/+$/, '') : undefined,
    expected: 'an http or https URL',
  },
  TIDEMARK_PORT: integer(
    'Port. With serve, each service has its own default (7401 ingest, 7402 aggregator, 7403 alerting, 7404 console).',
    {
      min: 0,
      max: 65_535,
      fallback: '7400',
      unit: 'port',
    },
  ),
  TIDEMARK_AGGREGATOR_URL: text(
    'Where alerting has a value counted again, to explain an alert, when the aggregator runs in another process.',
    'http://127.0.0.1:7402',
  ),
  TIDEMARK_ALERTING_URL: text(
    'Where the console asks for alerts and for who answers, when a program asks it by MCP and alerting runs in another process.',
    'http://127.0.0.1:7403',
  ),
  TIDEMARK_TOKENS_FILE: text(
    'JSON file: SHA-256 of a token → person, roles (`ingest`, `historical`, `reader`, `owner`, `steward`, `approver`, `admin`), sources. `owner`, `steward` and `approver` include `reader`, `admin` includes all; whoever only sends events reads nothing. Without the file everyone on loopback is person:local with all roles, other addresses are refused, and so is what comes from pages of other sites or under another name than this machine’s and that of TIDEMARK_PUBLIC_URL.',
  ),
  TIDEMARK_TOKEN: text('Bearer token that commands such as events and metrics send. Never logged.'),
  TIDEMARK_LINK_SECRET: {
    default: '',
    unit: 'text',
    meaning:
      'What the one-time links in messages are signed with; the same for all processes. Empty: with embedded servers a random one in their folder, else messages have no such links. Never logged.',
    parse: (value: string) => (value === '' || value.length >= 16 ? value : undefined),
    expected: 'a text of at least 16 characters',
  },
  TIDEMARK_WEBHOOK_ALLOW: list('Private ranges (CIDR) that webhooks may reach, e.g. 127.0.0.0/8.'),
  TIDEMARK_SECRETS_DIR: list(
    'Folders in which the secrets lie that definitions name as { file: PATH }, not in a folder within; relative to where the process was started; * for any. Name them where others than the operator change definitions.',
    '*',
  ),
  TIDEMARK_SECRETS_ENV: list(
    'Environment variables that definitions may name as { env: NAME }; one that ends with * is the beginning of several. Name them where others than the operator change definitions.',
    '*',
  ),
  TIDEMARK_TOPIC_PREFIX: text(
    'Put before every topic and Redis key: several installations on one Kafka.',
  ),
  TIDEMARK_PARTITIONS: integer('Partitions of each new topic.', {
    min: 1,
    max: 1000,
    fallback: '4',
    unit: 'partitions',
  }),
  TIDEMARK_REPLICATION: integer(
    'Replicas of each new topic; min.insync.replicas is this less one, at least 1.',
    {
      min: 1,
      max: 9,
      fallback: '1',
      unit: 'replicas',
    },
  ),
  TIDEMARK_BACKFILL_SHARE: integer(
    'Share of its time that an aggregator gives at most to filling metrics from a long log, beside live counting.',
    {
      min: 1,
      max: 100,
      fallback: '50',
      unit: 'percent',
    },
  ),
  TIDEMARK_VERIFY_EVERY: integer(
    'How often an aggregator holds a closed window of one of its metrics against the log; 0: never. It takes a twentieth of its time at most.',
    {
      min: 0,
      max: 86_400,
      fallback: '60',
      unit: 'seconds',
    },
  ),
  TIDEMARK_SESSION_TIMEOUT_MS: integer(
    "A worker that gives no sign of life for this long counts as dead: others take its partitions then. Not below the broker's group.min.session.timeout.ms, which is 6000 unless set. 0: 1500 with the embedded broker, which allows 1000, else 6000.",
    {
      min: 0,
      max: 300_000,
      fallback: '0',
      unit: 'ms',
    },
  ),
  LOG_LEVEL: choice(
    'Lowest level that is logged.',
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'info',
  ),
} as const;

type Settings = typeof SETTINGS;
type ValueOf<S> = S extends Setting<infer T> ? T : never;
export type Config = { readonly [K in keyof Settings]: ValueOf<Settings[K]> };
export type ConfigFault = { readonly name: string; readonly detail: string };

/**
 * Reads the configuration. Pure: the same environment gives the same result, and every fault is in it.
 * An empty variable counts as absent.
 */
export function parseConfig(
  env: Readonly<Record<string, string | undefined>>,
): Result<Config, readonly ConfigFault[]> {
  const faults: ConfigFault[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(SETTINGS) as [string, Setting<unknown>][]) {
    const raw = env[name]?.trim() || setting.default;
    const value = setting.parse(raw);
    if (value === undefined)
      faults.push({ name, detail: `${name} must be ${setting.expected}, not "${raw}"` });
    values[name] = value;
  }
  for (const name of Object.keys(env)) {
    if (name.startsWith('TIDEMARK_') && !(name in SETTINGS))
      faults.push({ name, detail: `${name} is not a setting; see docs/reference/config.md` });
  }
  return faults.length > 0 ? err(faults) : ok(values as Config);
}
