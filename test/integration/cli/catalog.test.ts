import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';
import { servers, uniquePrefix } from '../../support/servers.ts';

const root = mkdtempSync(join(tmpdir(), 'tidemark-cli-catalog-'));
afterAll(() => rmSync(root, { recursive: true }));
for (const folder of ['catalog', 'schemas'])
  cpSync(join(repositoryDir, folder), join(root, folder), { recursive: true });

const { brokers, registryUrl, redisUrl } = servers();
const environment = {
  KAFKA_BROKERS: brokers.join(','),
  SCHEMA_REGISTRY_URL: registryUrl,
  REDIS_URL: redisUrl,
  TIDEMARK_TOPIC_PREFIX: uniquePrefix(),
  TIDEMARK_CATALOG: 'catalog',
};

type Run = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs the command line in a folder with a copy of the demo's catalogue. */
function tidemark(
  args: readonly string[],
  env: Record<string, string> = environment,
): Promise<Run> {
  const main = join(repositoryDir, 'services', 'cli', 'main.ts');
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [main, ...args],
      { cwd: root, env: { PATH: process.env['PATH'] ?? '', ...env } },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}
/** Of the demo's catalogue. */
const DOCUMENTS = readdirSync(join(root, 'catalog'))
  .map((name) => readFileSync(join(root, 'catalog', name), 'utf8'))
  .reduce((sum, text) => sum + parseAllDocuments(text).length, 0);
const metricsFile = join(root, 'catalog', 'metrics.yaml');
const replaceInMetrics = (from: string, to: string): void => {
  const text = readFileSync(metricsFile, 'utf8');
  expect(text).toContain(from);
  writeFileSync(metricsFile, text.replace(from, to));
};

describe('tidemark catalog', () => {
  test('check accepts the demo without any server', async () => {
    const { code, stdout, stderr } = await tidemark(['catalog', 'check', 'catalog'], {});
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain(`${DOCUMENTS} documents are sound`);
  });

  test('check prints FILE:LINE:COLUMN code message, exit 1', async () => {
    replaceInMetrics('value: data.quantity\n', 'value: data.quantty\n');
    const { code, stdout } = await tidemark(['catalog', 'check'], { TIDEMARK_CATALOG: 'catalog' });
    replaceInMetrics('value: data.quantty\n', 'value: data.quantity\n');
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^catalog\/metrics\.yaml:\d+:10 expression_invalid data has no field quantty; did you mean quantity\?\n$/,
    );
  });

  test('check refuses a secret that the operator has not put out, and takes it once he has', async () => {
    const file = join(root, 'catalog', 'hook.yaml');
    const spec = '{ type: webhook, url: https://a.example, secret: { env: HOOK } }';
    writeFileSync(
      file,
      `apiVersion: tidemark/v1\nkind: Receiver\nmetadata: { id: hook }\nspec: ${spec}\n`,
    );
    const check = (env: Record<string, string>) =>
      tidemark(['catalog', 'check'], { TIDEMARK_CATALOG: 'catalog', ...env });
    const { code, stdout } = await check({ TIDEMARK_SECRETS_ENV: 'SECRET_*' });
    const [allowed, any] = [await check({ TIDEMARK_SECRETS_ENV: 'HOOK' }), await check({})];
    rmSync(file);
    expect([code, stdout]).toEqual([
      1,
      'catalog/hook.yaml:4:56 field_invalid no definition may read the environment variable HOOK: TIDEMARK_SECRETS_ENV names those that may be read\n',
    ]);
    expect([allowed.code, any.code]).toEqual([0, 0]);
  });

  test('diff shows all, apply publishes it, and then there is no difference', async () => {
    const diff = await tidemark(['--output', 'json', 'catalog', 'diff']);
    expect(JSON.parse(diff.stdout)).toHaveLength(DOCUMENTS);
    const apply = await tidemark(['catalog', 'apply']);
    expect(apply).toMatchObject({ code: 0 });
    expect(apply.stdout).toContain('add     Metric/net-sales');
    const again = await tidemark(['catalog', 'apply']);
    expect(again.stdout).toBe('(none)\n');
    expect(again.stderr).toContain(`0 changed, ${DOCUMENTS} unchanged`);
  });

  test('diff names the fields that changed', async () => {
    replaceInMetrics('name: { en: Units, zh: 件数 }', 'name: { en: Pieces, zh: 件数 }');
    const { stdout } = await tidemark(['--output', 'json', 'catalog', 'diff']);
    expect(JSON.parse(stdout)).toEqual([
      { action: 'change', document: 'Metric/units', fields: 'metadata.name.en' },
    ]);
  });

  test('diff shows what would break, and apply refuses it', async () => {
    replaceInMetrics('unit: { code: piece,', 'unit: { code: box,');
    const diff = await tidemark(['--output', 'json', 'catalog', 'diff']);
    const apply = await tidemark(['catalog', 'apply']);
    replaceInMetrics('unit: { code: box,', 'unit: { code: piece,');
    const rows = JSON.parse(diff.stdout) as { impacts?: { code: string; isBreaking: boolean }[] }[];
    expect(rows.flatMap(({ impacts = [] }) => impacts)).toContainEqual(
      expect.objectContaining({ code: 'unit_changed', subject: 'Metric/units', isBreaking: true }),
    );
    expect(diff.stderr).toMatch(
      /breaks: catalog\/metrics\.yaml:\d+:9 Metric\/units spec\.unit unit_changed/,
    );
    expect(apply.code).toBe(1);
    expect(apply.stderr).toMatch(
      /catalog\/metrics\.yaml:\d+:9 Metric\/units spec\.unit unit_changed/,
    );
  });

  test('export is a catalogue of its own', async () => {
    const { stdout } = await tidemark(['catalog', 'export']);
    expect(parseAllDocuments(stdout)).toHaveLength(DOCUMENTS);
    const folder = mkdtempSync(join(root, 'export-'));
    writeFileSync(join(folder, 'all.yaml'), stdout);
    expect(await tidemark(['catalog', 'check', folder], {})).toMatchObject({ code: 0 });
    const rules = await tidemark(['catalog', 'export', 'AlertRule']);
    expect(parseAllDocuments(rules.stdout)).toHaveLength(2);
    const targets = await tidemark(['catalog', 'export', 'Target']);
    expect(parseAllDocuments(targets.stdout).map((one) => one.toJS())).toContainEqual(
      expect.objectContaining({
        spec: {
          metric: 'net-sales',
          window: 'day',
          values: [{ value: 3_000_000 }, { period: '2010-12', value: 40_000 }],
        },
      }),
    );
  });

  test('apply with a fault publishes nothing', async () => {
    replaceInMetrics('aggregation: count', 'aggregation: median');
    const { code, stdout } = await tidemark(['catalog', 'apply']);
    replaceInMetrics('aggregation: median', 'aggregation: count');
    expect(code).toBe(1);
    expect(stdout).toContain('field_invalid spec.aggregation must be one of');
    const { stdout: published } = await tidemark(['catalog', 'export', 'Metric']);
    expect(published).not.toContain('en: Pieces,');
  });

  test('export gives back what was written, comments and all', async () => {
    await tidemark(['catalog', 'apply']);
    replaceInMetrics('value: data.quantity\n', 'value: data.quantity # pieces, as invoiced\n');
    const applied = await tidemark(['catalog', 'apply']);
    expect(applied.stdout).toMatch(/change +Metric\/units +text only/);
    const { stdout } = await tidemark(['catalog', 'export', 'Metric']);
    for (const text of readFileSync(metricsFile, 'utf8').split('---\n'))
      expect(stdout).toContain(text);
    expect((await tidemark(['catalog', 'apply'])).stderr).toContain('0 changed');
  });

  test('without addresses, apply says what to set', async () => {
    const { code, stderr } = await tidemark(['--data', join(root, 'none'), 'catalog', 'apply'], {
      TIDEMARK_CATALOG: 'catalog',
    });
    expect(code).toBe(1);
    expect(stderr).toContain('no address for KAFKA_BROKERS');
  });
});
