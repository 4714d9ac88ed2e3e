import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';
import { startLiveDemo } from '../../../services/cli/import/live-demo.ts';
import { start } from '../../../services/ingest/main.ts';
import type { Json } from '../../../services/kernel/json.ts';
import { eventTopic } from '../../../services/kernel/topics.ts';
import { FRAME_BYTES, frameSchemaId } from '../../../services/platform/avro/codec.ts';
import { avroType } from '../../../services/platform/avro/types.ts';
import { anEventType } from '../../support/metrics.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { readPartition } from '../../support/read-log.ts';
import { workbookOf } from '../../support/workbook.ts';

const TYPE = anEventType({
  id: 'com.example.retail.invoice-line',
  schema: JSON.parse(
    readFileSync(join(repositoryDir, 'schemas', 'retail', 'invoice-line.avsc'), 'utf8'),
  ) as Json,
});
const FILE = join(repositoryDir, 'test', 'data', 'online-retail-3-days.csv');
const LINES = 7_419;
const dataDir = mkdtempSync(join(tmpdir(), 'tidemark-import-'));

let platform: TestPlatform;
let url: string;
/** Requests to ingest from this one on wait for ever: their client is killed. */
let holdFrom = Infinity;
let requests = 0;
beforeAll(async () => {
  platform = await openTestPlatform({ eventTypes: [TYPE] }, { TIDEMARK_PARTITIONS: '2' });
  platform.http.addHook('onRequest', async () => {
    if (++requests >= holdFrom) await new Promise(() => {});
  });
  await platform.run(start);
  url = await platform.listen();
});
afterAll(async () => {
  await platform.close();
  rmSync(dataDir, { recursive: true });
});

type Stored = {
  id: string;
  source: string;
  historical: boolean;
  time: number;
  subject: string;
  data: { invoice_no: string };
};
/** The events in the log; heartbeats have no data. */
async function stored(): Promise<readonly Stored[]> {
  const topic = eventTopic(platform.prefix, TYPE.id);
  const records = (
    await Promise.all([0, 1].map((partition) => readPartition(platform.kafka, topic, partition)))
  ).flat();
  const events = await Promise.all(
    records.map(async ({ value }) => {
      const schema = (await platform.schemas.schemaById(frameSchemaId(value) ?? 0)) ?? null;
      return [
        avroOf(schema).fromBuffer((value ?? Buffer.alloc(0)).subarray(FRAME_BYTES)) as Stored,
      ];
    }),
  );
  return events.flat().filter(({ data }) => data !== undefined);
}
const types = new Map<Json, ReturnType<typeof avroType>>();
const avroOf = (schema: Json): ReturnType<typeof avroType> => {
  const known = types.get(schema) ?? avroType(schema);
  types.set(schema, known);
  return known;
};

/** Runs the command line as a person does. */
function tidemark(...args: readonly string[]) {
  const child = spawn(
    process.execPath,
    [join(repositoryDir, 'services', 'cli', 'main.ts'), ...args],
    {
      env: {
        PATH: process.env['PATH'],
        TIDEMARK_DATA_DIR: dataDir,
        TIDEMARK_PORT: new URL(url).port,
        TIDEMARK_TOPIC_PREFIX: platform.prefix,
        SCHEMA_REGISTRY_URL: platform.config.SCHEMA_REGISTRY_URL,
      },
    },
  );
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const done = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, done };
}
const ledgerRows = (): number => {
  const [file] = readdirSync(join(dataDir, 'imports'));
  return (
    JSON.parse(readFileSync(join(dataDir, 'imports', file ?? ''), 'utf8')) as { rows: number }
  ).rows;
};

describe('demo retail', () => {
  test('killed in the middle goes on at the last answered batch', async () => {
    holdFrom = requests + 6;
    const killed = tidemark('demo', 'retail', FILE);
    await expect.poll(() => requests, { timeout: 30_000 }).toBeGreaterThanOrEqual(holdFrom);
    killed.child.kill('SIGKILL');
    await killed.done;
    holdFrom = Infinity;
    expect(ledgerRows()).toBe(2_500);
    const { code, stdout, stderr } = await tidemark('demo', 'retail', FILE, '--output', 'json')
      .done;
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('going on after row 2500') as string,
    });
    expect(JSON.parse(stdout)).toMatchObject({ rows: LINES, accepted: LINES, rejected: 0 });
    const events = await stored();
    expect(events).toHaveLength(LINES);
    expect(new Set(events.map(({ id }) => id)).size).toBe(LINES);
    expect(
      events.every(
        ({ historical, source, subject, data }) =>
          historical && source === '/demo/retail' && subject === data.invoice_no,
      ),
    ).toBe(true);
    expect(Math.min(...events.map(({ time }) => time))).toBe(Date.parse('2010-12-01T08:26:00Z'));
  });

  test('refuses the same content, under another name too', async () => {
    const { code, stderr } = await tidemark('demo', 'retail', FILE).done;
    expect(code).toBe(1);
    expect(stderr).toMatch(/this content was imported at .* --force sends it again/);
  });

  test('with --force sends the same events again, with the same ids; unmarked with --no-historical', async () => {
    const { code } = await tidemark('demo', 'retail', FILE, '--force', '--no-historical').done;
    expect(code).toBe(0);
    const events = await stored();
    expect(events).toHaveLength(2 * LINES);
    expect(new Set(events.map(({ id }) => id)).size).toBe(LINES);
    expect(events.filter(({ historical }) => !historical)).toHaveLength(LINES);
  });
});

test('events import maps columns by the type’s own schema, and exits 1 naming rows that are refused', async () => {
  const bad = join(dataDir, 'bad.csv');
  const [header, ...lines] = readFileSync(FILE, 'utf8').split('\n').slice(0, 4);
  writeFileSync(
    bad,
    [
      header,
      lines[0],
      lines[1]?.replace(/,6,/, ',six,'),
      lines[2],
      lines[0],
      lines[2]?.replace(/,8,/, ',9,'),
      '',
    ].join('\n'),
  );
  const args = [
    '--type',
    TYPE.id,
    '--map',
    'unit_price=unit_price_gbp',
    '--id',
    'x-{invoice_no}-{line}',
    '--time',
    'invoice_time_local',
    '--timezone',
    'Europe/London',
  ];
  const { code, stdout, stderr } = await tidemark(
    'events',
    'import',
    bad,
    ...args,
    '--output',
    'json',
  ).done;
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ rows: 5, accepted: 2, rejected: 2, repeated: 1 });
  expect(stderr).toMatch(/row 2: schema_invalid \/data\/quantity: .*found "six"/);
  expect(stderr).toContain('row 4: the same as row 1 (id x-536365-1), counts once');
  expect(stderr).toContain('row 5: conflict /id: row 3 has the id x-536365-3 with other contents');
});

test('events import reads the sheet that is named; each is imported once, under a source of its own', async () => {
  const book = join(dataDir, 'book.xlsx');
  const [header = [], ...lines] = readFileSync(FILE, 'utf8')
    .split('\n')
    .slice(0, 4)
    .map((line) => line.split(','));
  writeFileSync(book, workbookOf({ May: [header, ...lines], June: [header, ...lines.slice(1)] }));
  const options = `--type ${TYPE.id} --map unit_price=unit_price_gbp --id s-{invoice_no}-{line} --time invoice_time_local --timezone Europe/London --output json`;
  const run = (...more: string[]) =>
    tidemark('events', 'import', book, ...options.split(' '), ...more).done;
  const first = await run();
  expect(first.stderr).toContain('reading the first sheet of May, June; --sheet names another');
  expect(JSON.parse(first.stdout)).toMatchObject({ accepted: 3 });
  expect(JSON.parse((await run('--sheet', 'June')).stdout)).toMatchObject({ accepted: 2 });
  expect((await run('--sheet', 'June')).stderr).toContain('this content was imported');
  const events = (await stored()).filter(({ id }) => id.startsWith('s-'));
  expect(Object.entries(Object.groupBy(events, ({ source }) => source)).map(countOf)).toEqual([
    ['/import/book.xlsx', 3],
    ['/import/book.xlsx/June', 2],
  ]);
});
const countOf = ([source, all = []]: [string, Stored[] | undefined]) => [source, all.length];

test('the live demo sends at once, fills the last hour, and stops when it is told to', async () => {
  const before = (await stored()).length;
  const stop = new AbortController();
  const errors: Error[] = [];
  const startedMs = Date.now();
  const demo = startLiveDemo({
    url,
    file: FILE,
    speed: 600,
    signal: stop.signal,
    onError: (error) => errors.push(error),
  });
  const live = async () =>
    (await stored()).filter(({ source, historical }) => source === '/demo/live' && !historical);
  await expect
    .poll(async () => (await live()).length, { timeout: 30_000, interval: 300 })
    .toBeGreaterThan(20);
  stop.abort();
  const sent = await demo;
  const events = (await stored()).filter(({ source }) => source === '/demo/live');
  expect({ errors, sent }).toMatchObject({ errors: [], sent: expect.any(Number) as number });
  expect(sent).toBeLessThanOrEqual(events.length);
  expect((await stored()).length).toBeGreaterThan(before);
  const [past, now] = [true, false].map((wanted) =>
    events.filter(({ historical }) => historical === wanted).map(({ time }) => time),
  ) as [number[], number[]];
  expect(Math.max(...past)).toBeLessThan(Math.min(...now));
  expect(Math.min(...past)).toBeGreaterThanOrEqual(startedMs - 3_660_000);
  expect(Math.min(...now)).toBeGreaterThanOrEqual(startedMs - 1_000);
  expect(Math.max(...now)).toBeLessThanOrEqual(Date.now());
});
