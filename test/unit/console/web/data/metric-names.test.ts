import { afterEach, expect, test } from 'vitest';
import {
  breakdownText,
  dimensionText,
  labelText,
  unitText,
} from '../../../../../services/console/web/data/metric-names.ts';
import { language } from '../../../../../services/console/web/i18n/language.ts';

const METRIC = { dimensionNames: { country: { en: 'Country', zh: '国家' }, till: { en: 'Till' } } };

afterEach(() => {
  language.value = 'en';
});

test('dimensions have the name of the reader’s language, else the English one, else their own', () => {
  language.value = 'zh';
  expect(breakdownText(['country', 'till', 'store'], METRIC)).toBe('国家 × Till × store');
  expect(labelText({ country: 'France', store: 'S1' }, METRIC)).toBe('国家: France, store: S1');
  language.value = 'en';
  expect(dimensionText('country', METRIC)).toBe('Country');
  expect(labelText({ country: 'France' }, undefined)).toBe('country: France');
});

test('units that stand beside a number have their name, money and ratios none', () => {
  const name = { en: 'pieces', zh: '件' };
  language.value = 'zh';
  expect(unitText({ code: 'piece', scale: 0, name })).toBe('件');
  expect(unitText({ code: 'piece', scale: 0 })).toBe('piece');
  expect(unitText({ code: 'GBP', scale: 2, name })).toBe('');
  expect(unitText({ code: 'ratio', scale: 4, name })).toBe('');
});
