import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  choosePorts,
  parseRunFile,
  readRunFile,
  updateRunFile,
} from '../../../../services/platform/embedded/run-file.ts';

const root = mkdtempSync(join(tmpdir(), 'tidemark-run-file-'));
const newFolder = (): string => mkdtempSync(join(root, 'of-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('run.json', () => {
  test('is empty before the first start', () => {
    expect(readRunFile(newFolder())).toEqual({ brokers: [], ports: {}, processes: [] });
  });

  test('keeps what a change does not name', () => {
    const folder = newFolder();
    updateRunFile(folder, { brokers: ['127.0.0.1:20000'], ports: { redis: 20001 } });
    updateRunFile(folder, { url: 'http://127.0.0.1:7400' });
    expect(readRunFile(folder)).toEqual({
      brokers: ['127.0.0.1:20000'],
      ports: { redis: 20001 },
      processes: [],
      url: 'http://127.0.0.1:7400',
    });
  });

  test('forgets what is set to undefined', () => {
    const folder = newFolder();
    updateRunFile(folder, { url: 'http://127.0.0.1:7400' });
    updateRunFile(folder, { url: undefined });
    expect(readRunFile(folder).url).toBeUndefined();
  });

  test.each(['', '{', '[]', '{"ports":{"redis":"x"}}', '{"processes":[{}]}'])(
    'counts as empty when it is damaged: %s',
    (text) => {
      expect(parseRunFile(text)).toEqual({ brokers: [], ports: {}, processes: [] });
    },
  );

  test('ignores what a later version added', () => {
    expect(parseRunFile('{"ports":{"redis":20001},"colour":"blue"}').ports).toEqual({
      redis: 20001,
    });
  });

  test('does not stop a start when it is damaged on disk', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'run.json'), '{"ports":');
    updateRunFile(folder, { ports: { redis: 20001 } });
    expect(readRunFile(folder).ports).toEqual({ redis: 20001 });
  });
});

describe('ports', () => {
  const always = (free: boolean) => async (): Promise<boolean> => free;

  test('stay what they were where they are free', async () => {
    const ports = await choosePorts(['kafka-1', 'redis'], {
      remembered: { 'kafka-1': 20000, redis: 20001 },
      isFree: always(true),
      random: () => 0,
    });
    expect(ports).toEqual({ 'kafka-1': 20000, redis: 20001 });
  });

  test('are chosen anew where another program took them', async () => {
    const isFree = async (port: number): Promise<boolean> => port !== 20000;
    const ports = await choosePorts(['kafka-1', 'redis'], {
      remembered: { 'kafka-1': 20000, redis: 20001 },
      isFree,
      random: () => 0.5,
    });
    expect(ports['redis']).toBe(20001);
    expect(ports['kafka-1']).not.toBe(20000);
  });

  test('never meet each other, and lie below the ephemeral ones', async () => {
    let seed = 1;
    const random = (): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return Math.floor((seed / 2_147_483_647) * 12) / 12;
    };
    const names = Array.from({ length: 10 }, (_, index) => `server-${index}`);
    const ports = Object.values(
      await choosePorts(names, { remembered: {}, isFree: always(true), random }),
    );
    expect(new Set(ports).size).toBe(10);
    expect(Math.min(...ports)).toBeGreaterThan(1_024);
    expect(Math.max(...ports)).toBeLessThan(32_768);
  });

  test('end with an error instead of a search for ever', async () => {
    await expect(
      choosePorts(['redis'], { remembered: {}, isFree: always(false), random: Math.random }),
    ).rejects.toThrow('no free port');
  });
});
