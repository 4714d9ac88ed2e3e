import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { decideLock, takeLock } from '../../../../services/platform/embedded/lock.ts';
import { startTimeOf } from '../../../../services/platform/embedded/process.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-lock-'));
const newLock = (): string => join(mkdtempSync(join(folder, 'of-')), 'data', 'lock');
afterAll(() => rmSync(folder, { recursive: true }));

describe('who holds a lock', () => {
  test('nobody, when there is no file', () => {
    expect(decideLock(undefined, () => true)).toEqual({ kind: 'free' });
  });

  test('its owner, while he lives', () => {
    expect(decideLock('42 boot/7\n', () => true)).toEqual({
      kind: 'held',
      owner: { pid: 42, startTime: 'boot/7' },
    });
  });

  test('nobody any more, when its owner is dead', () => {
    expect(decideLock('42 boot/7\n', () => false)).toEqual({ kind: 'abandoned' });
  });

  test.each(['', 'x', '42', 'x boot/7'])('nobody, when the file is damaged: "%s"', (text) => {
    expect(decideLock(text, () => true)).toEqual({ kind: 'abandoned' });
  });
});

describe('taking a lock', () => {
  test('makes the folder, and a second taker learns who has it', () => {
    const path = newLock();
    expect(takeLock(path).kind).toBe('taken');
    expect(takeLock(path)).toMatchObject({ kind: 'held', owner: { pid: process.pid } });
  });

  test('works again after it was given back, and leaves no other file', () => {
    const path = newLock();
    const first = takeLock(path);
    if (first.kind === 'taken') first.release();
    expect(existsSync(path)).toBe(false);
    expect(takeLock(path).kind).toBe('taken');
    expect(readdirSync(dirname(path))).toEqual(['lock']);
  });

  test('takes over from an owner whose process id another process has now', () => {
    const path = newLock();
    const first = takeLock(path);
    if (first.kind === 'taken') first.release();
    writeFileSync(path, `${process.pid} long-ago/1\n`);
    expect(takeLock(path).kind).toBe('taken');
    expect(readFileSync(path, 'utf8')).toBe(`${process.pid} ${startTimeOf(process.pid)}\n`);
    expect(readdirSync(dirname(path))).toEqual(['lock']);
  });
});
