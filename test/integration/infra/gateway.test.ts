import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';
import { lacks } from '../../support/optional.ts';

const text = readFileSync(join(repositoryDir, 'infra/docker/gateway.conf'), 'utf8');

type Location = { readonly kind: '=' | '~' | ''; readonly path: string; readonly target: string };

const locations: readonly Location[] = [
  ...text.matchAll(/location (?:(=|~) )?(\S+) \{([^}]*)\}/g),
].map(([, kind = '', path = '', body = '']) => ({
  kind: kind as Location['kind'],
  path,
  target: /proxy_pass \$(\w+)/.exec(body)?.[1] ?? 'gateway',
}));

/** As nginx chooses: an exact match, else the first regular expression, else the longest prefix. */
function ownerOf(path: string): string | undefined {
  const exact = locations.find((one) => one.kind === '=' && one.path === path);
  const pattern = locations.find((one) => one.kind === '~' && new RegExp(one.path).test(path));
  const [prefix] = locations
    .filter((one) => one.kind === '' && path.startsWith(one.path))
    .toSorted((a, b) => b.path.length - a.path.length);
  return (exact ?? pattern ?? prefix)?.target;
}

describe('the gateway', () => {
  it.each([
    ['/v1/events', 'ingest'],
    ['/v1/webhooks/shop', 'ingest'],
    ['/v1/events/%2Fdemo%2Fretail/536365-1', 'aggregator'],
    ['/v1/metrics/net-sales/verify', 'aggregator'],
    ['/v1/metrics/net-sales/rebuild', 'aggregator'],
    ['/v1/metrics/net-sales/recount', 'aggregator'],
    ['/v1/metrics/heads/entries', 'entries'],
    ['/v1/alerts', 'alerting'],
    ['/v1/alerts/a1b2/ack', 'alerting'],
    ['/v1/silences', 'alerting'],
    ['/v1/rules/test', 'alerting'],
    ['/v1/rules/net-sales-low/review', 'alerting'],
    ['/v1/receivers/ops-hook/test', 'alerting'],
    ['/v1/responsibilities', 'alerting'],
    ['/v1/routes/preview', 'alerting'],
    ['/v1/ack/token', 'alerting'],
    ['/v1/subscriptions/anna/unsubscribe', 'alerting'],
    ['/v1/unsubscribe/token', 'alerting'],
    ['/v1/metrics', 'console'],
    ['/v1/metrics/net-sales/values', 'console'],
    ['/v1/pipeline', 'console'],
    ['/v1/stream', 'console'],
    ['/metrics/kpi', 'console'],
    ['/readyz', 'console'],
    ['/', 'console'],
    ['/metrics', 'gateway'],
    ['/healthz', 'gateway'],
  ])('sends %s to %s', (path, owner) => {
    expect(ownerOf(path)).toBe(owner);
  });

  it.skipIf(lacks('nginx'))('is a configuration that nginx accepts', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidemark-nginx-'));
    try {
      const main = join(folder, 'nginx.conf');
      writeFileSync(
        main,
        `pid ${folder}/pid;\nerror_log ${folder}/error.log;\nevents {}\nhttp {\n${text}\n}\n`,
      );
      const check = spawnSync('nginx', ['-t', '-c', main, '-p', folder], { encoding: 'utf8' });
      expect(check.stderr).toContain('test is successful');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
