import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';
import { SERVICE_PORTS } from '../../../services/cli/services.ts';
import { createAccess } from '../../../services/platform/access.ts';
import { lacks } from '../../support/optional.ts';

type Service = {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
};
type Compose = {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
};

const text = (path: string): string => readFileSync(join(repositoryDir, path), 'utf8');
const compose = parse(text('docker-compose.yml'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
/** They do their work and end. */
const ONE_SHOT = ['tokens', 'catalog'];

describe('docker-compose.yml', () => {
  it('is valid by the published Compose JSON Schema', () => {
    const { $schema: _, ...schema } = JSON.parse(
      text('test/data/compose-spec/compose-spec.json'),
    ) as Record<string, unknown>;
    const ajv = new Ajv2019({
      strict: false,
      allErrors: true,
      formats: { duration: true, expose: true, ports: true, subnet_ip_address: true },
    });
    // The schema still says `id`, the name of drafts up to 4, which ajv refuses.
    ajv.removeKeyword('id');
    const validate = ajv.compile(schema);
    validate(compose);
    expect(validate.errors).toBeNull();
    expect(validate({ services: { kafka: { imagee: 'x' } } })).toBe(false);
  });

  it('watches the health of every container that stays', () => {
    const unwatched = services
      .filter(([name, { healthcheck }]) => !healthcheck && !ONE_SHOT.includes(name))
      .map(([name]) => name);
    expect(unwatched).toEqual([]);
  });

  it('waits for each server that a container needs, by its health or its end', () => {
    const waits = services.flatMap(([name, { depends_on: needs = {} }]) =>
      Object.entries(needs).map(([needed, { condition }]) => ({ name, needed, condition })),
    );
    for (const { name, needed, condition } of waits)
      expect(condition, `${name} waits for ${needed}`).toBe(
        ONE_SHOT.includes(needed) ? 'service_completed_successfully' : 'service_healthy',
      );
    for (const name of Object.keys(SERVICE_PORTS))
      expect(Object.keys(compose.services[name]?.depends_on ?? {})).toEqual(
        expect.arrayContaining(['kafka', 'registry', 'redis', 'tokens', 'catalog']),
      );
  });

  it('pins every image, and all but our own are official ones', () => {
    const images = new Set(services.map(([, { image }]) => image ?? ''));
    images.delete('tidemark');
    for (const image of images)
      expect(image).toMatch(
        /^(apache\/kafka|apicurio\/apicurio-registry|redis|nginx|prom\/prometheus|grafana\/grafana):v?\d+\.\d+/,
      );
  });

  it('keeps what must last in declared volumes, and Redis so that nothing is evicted or lost', () => {
    const named = services
      .flatMap(([, { volumes = [] }]) => volumes)
      .map((volume) => volume.split(':')[0] ?? '')
      .filter((source) => !source.startsWith('.'));
    expect(new Set(named)).toEqual(new Set(Object.keys(compose.volumes)));
    const redis = compose.services['redis']?.command?.join(' ');
    expect(redis).toContain('--appendonly yes');
    expect(redis).toContain('--maxmemory-policy noeviction');
  });

  it('publishes ports on loopback alone', () => {
    const ports = services.flatMap(([, one]) => one.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('runs each service on the port that its health check asks', () => {
    for (const [name, port] of Object.entries(SERVICE_PORTS)) {
      const service = compose.services[name];
      expect(service?.command).toEqual(['serve', name]);
      expect(service?.healthcheck?.test.join(' ')).toContain(`127.0.0.1:${port}/readyz`);
    }
  });
});

describe('the tokens of a compose installation', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidemark-tokens-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const run = (): string =>
    execFileSync(
      process.execPath,
      [join(repositoryDir, 'infra/compose/make-tokens.mjs'), folder, folder],
      { encoding: 'utf8' },
    );

  it('are made once, let in who holds them, and are stored as digests alone', () => {
    const token = /tm_\S+/.exec(run())?.[0] ?? '';
    const file = join(folder, 'tokens.json');
    const stored = readFileSync(file, 'utf8');
    expect(stored).not.toContain(token);
    expect(run()).toContain('is kept');
    expect(readFileSync(file, 'utf8')).toBe(stored);

    const access = createAccess({ tokensFile: file, host: '0.0.0.0' });
    const admin = access.authenticate({ authorization: `Bearer ${token}` });
    const scrape = readFileSync(join(folder, 'prometheus.token'), 'utf8');
    const prometheus = access.authenticate({ authorization: `Bearer ${scrape}` });
    expect(admin.ok && admin.value.roles.has('admin')).toBe(true);
    expect(prometheus.ok && [...prometheus.value.roles]).toEqual(['reader']);
    expect(access.authenticate({ authorization: 'Bearer tm_guess' }).ok).toBe(false);
  });

  it('may be written by hand as the example shows', () => {
    const example = join(repositoryDir, 'infra/compose/tokens.example.json');
    expect(() => createAccess({ tokensFile: example, host: '0.0.0.0' })).not.toThrow();
  });
});

describe('the image', () => {
  it('holds every file that the command line loads', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidemark-image-'));
    try {
      const copied = [...text('infra/docker/Dockerfile').matchAll(/^COPY (.+) (\S+)$/gm)];
      const sources = copied.flatMap(([, from = '']) => from.split(' '));
      expect(sources).toContain('services');
      for (const source of sources)
        cpSync(join(repositoryDir, source), join(folder, source), { recursive: true });
      symlinkSync(join(repositoryDir, 'node_modules'), join(folder, 'node_modules'));
      const run = spawnSync(process.execPath, ['services/cli/main.ts', '--help'], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(run.stderr).toBe('');
      expect(run.stdout).toContain('serve');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is not kept from any of these by its ignore file', () => {
    const allowed = [...text('infra/docker/Dockerfile.dockerignore').matchAll(/^!(.+)$/gm)];
    const copied = [...text('infra/docker/Dockerfile').matchAll(/^COPY (.+) (\S+)$/gm)];
    expect(new Set(allowed.map(([, path]) => path))).toEqual(
      new Set(copied.flatMap(([, from = '']) => from.split(' '))),
    );
  });
});

/** The whole of it takes minutes on a first build. */
const UP_TIMEOUT_MS = 900_000;

describe.skipIf(lacks('docker'))('docker compose up', () => {
  const docker = (...args: string[]): string =>
    execFileSync('docker', ['compose', '-p', 'tidemark-test', ...args], {
      cwd: repositoryDir,
      encoding: 'utf8',
    });
  afterAll(() => docker('down', '--volumes', '--timeout', '30'), UP_TIMEOUT_MS);

  it(
    'brings every container to health, and the gateway serves the metrics to a token',
    async () => {
      docker('up', '--build', '--detach', '--wait', '--wait-timeout', '600');
      const token = /tm_\S+/.exec(docker('logs', 'tokens'))?.[0] ?? '';
      const get = (authorization: string): Promise<Response> =>
        fetch('http://127.0.0.1:7400/v1/metrics', { headers: { authorization } });
      expect((await get('Bearer none')).status).toBe(401);
      expect((await get(`Bearer ${token}`)).status).toBe(200);
    },
    UP_TIMEOUT_MS,
  );
});
