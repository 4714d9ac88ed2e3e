import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { repositoryDir } from '../../../../../infra/bootstrap/prepare.mjs';
import { compareFacts } from '../../../../../services/console/core/compare.ts';
import type { Fact } from '../../../../../services/console/core/facts.ts';
import { SAID, saidWords } from '../../../../../services/console/web/data/said-words.ts';
import { language } from '../../../../../services/console/web/i18n/language.ts';

beforeEach(() => {
  language.value = 'zh';
});

test('a sentence of ours is in the language of the reader', () => {
  expect(saidWords('division by zero')).toBe('除数为零');
  expect(saidWords('no answer within 10000 ms')).toBe('10000 毫秒内没有应答');
  expect(saidWords('3 of 40 series wait for windows that should have closed by now')).toBe(
    '40 个序列中有 3 个在等待早应关闭的窗口',
  );
  language.value = 'en';
  expect(saidWords('division by zero')).toBe('division by zero');
});

test('what a receiver or a server said stays as it said it', () => {
  for (const said of ['503 upstream busy', 'ECONNREFUSED', '19021 sign match fail'])
    expect(saidWords(said)).toBe(said);
  expect(saidWords('in a digest of 12: 503 upstream busy')).toBe(
    '在一条含 12 个告警的汇总消息中：503 upstream busy',
  );
  expect(saidWords('in a digest of 2: the connection failed')).toBe(
    '在一条含 2 个告警的汇总消息中：连接失败',
  );
});

test('the reason why an input has none is said in the words of the input', () => {
  const none = { value: null, reason: 'orders has no value' } as Fact;
  const { reason = '' } = compareFacts({ value: 1n } as unknown as Fact, none, 0);
  expect(saidWords(reason)).toBe('orders 无数值');
});

test('every sentence is one that the services write', () => {
  const own = join('web', 'data', 'said-words.ts');
  const sources = readdirSync(join(repositoryDir, 'services'), { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('.ts') && !path.endsWith(own))
    .map((path) => readFileSync(join(repositoryDir, 'services', path), 'utf8'));
  const isWritten = (sentence: string): boolean => {
    const parts = sentence.split(/\{\w+\}/).map((part) => part.trim());
    return sources.some((text) => parts.every((part) => text.includes(part)));
  };
  expect(SAID.map(([english]) => english).filter((one) => !isWritten(one))).toEqual([]);
});
