import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Json } from '../../../../../../services/kernel/json.ts';
import { compileJsonToAvro } from '../../../../../../services/platform/avro/json-to-avro.ts';
import { language } from '../../../../../../services/console/web/i18n/language.ts';
import { faultText } from '../../../../../../services/console/web/pages/import/fault-words.ts';

beforeEach(() => void (language.value = 'zh'));
afterEach(() => void (language.value = 'en'));

const decimal = { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 };
const of = (type: string, logicalType: string): Json => ({ type, logicalType });
const LATIN = /[a-z]{3,}/i;

test.each<[Json, unknown, string]>([
  ['int', 5.5, '应为 32 位整数，实为 5.5'],
  ['long', 'x', '应为 −2^52 至 2^53 − 2 的整数，实为 "x"'],
  ['double', null, '应为有限数值，实为 null'],
  [decimal, {}, '应为最多 9 位、其中小数 2 位的小数，实为 对象'],
  [['null', decimal], [], '应为最多 9 位、其中小数 2 位的小数，或 null，实为 列表'],
  ['string', 1, '应为文本，实为 1'],
  [of('int', 'date'), 'x', '应为日期（如 2026-01-31）或自 1970-01-01 起的天数，实为 "x"'],
  [of('int', 'time-millis'), 'x', '应为时刻（如 08:00:00.000）或自零点起的毫秒数，实为 "x"'],
])('what ingest expects of %j is said in Chinese', (schema, value, text) => {
  const read = compileJsonToAvro(schema, { unknownFields: 'refuse' })(value);
  const { expected, found } = read.ok ? { expected: '', found: '' } : read.error;
  expect(faultText(`expected ${expected}; found ${found}`)).toBe(text);
});

test.each([
  'the event has no time, and its type needs one',
  'the line has 5 fields, the header 9',
  'cell 4 lies beyond the 3 columns',
  'line 3: a quote is not closed',
])('%s: has Chinese words', (english) => {
  expect(faultText(english)).not.toMatch(LATIN);
});

test('what nobody has said in Chinese stays English, and English stays as it is', () => {
  expect(faultText('Unexpected token')).toBe('Unexpected token');
  language.value = 'en';
  expect(faultText('the event has no id')).toBe('the event has no id');
});
