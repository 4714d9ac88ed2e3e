import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WEB_DIR } from '../../../../../services/console/adapters/web-paths.ts';
import { localeOf, preferredLanguage } from '../../../../../services/console/web/i18n/language.ts';
import { fill } from '../../../../../services/console/web/i18n/text.ts';
import { TEXTS } from '../../../../../services/console/web/i18n/texts.ts';

const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();

describe('the texts', () => {
  it.each(Object.entries(TEXTS))(
    '%s is in both languages with the same places to fill',
    (_key, text) => {
      expect(text.en.trim()).not.toBe('');
      expect(text.zh.trim()).not.toBe('');
      expect(placeholders(text.zh)).toEqual(placeholders(text.en));
    },
  );

  it('are all used: by their whole name, or by one of which a part is chosen', () => {
    const sources = readdirSync(WEB_DIR, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('-texts.ts'))
      .map((path) => readFileSync(join(WEB_DIR, path), 'utf8'))
      .join('\n');
    const names = new Set(sources.match(/(?<=')[\w.*+/-]+(?=')/g));
    const chosen = [...sources.matchAll(/`([a-zA-Z.]+\.)\$\{[^`]*?\}([a-zA-Z.]*)`/g)].map(
      ([, start = '', end = '']) => new RegExp(`^${start}[^.]+${end}$`),
    );
    const isUsed = (key: string): boolean =>
      names.has(key) || chosen.some((pattern) => pattern.test(key));
    expect(Object.keys(TEXTS).filter((key) => !isUsed(key))).toEqual([]);
  });

  it('show what was not filled in', () => {
    expect(fill('{a} of {b}', { a: 1 })).toBe('1 of {b}');
  });
});

describe('the language', () => {
  it.each([
    [['zh-CN', 'en'], 'zh'],
    [['zh-Hant-TW'], 'zh'],
    [['fr-FR', 'zh'], 'zh'],
    [['de', 'fr'], 'en'],
    [[], 'en'],
  ])('for a reader of %j is %s', (preferences, expected) => {
    expect(preferredLanguage(preferences)).toBe(expected);
  });

  it('takes numbers and dates as the reader’s own region writes them', () => {
    expect(localeOf('en', ['fr', 'en-US'])).toBe('en-US');
    expect(localeOf('zh', ['en-US'])).toBe('zh-CN');
  });
});
