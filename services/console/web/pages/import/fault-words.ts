import { formsOf, sayBy } from '../../../core/catalog/chinese/forms.ts';
import { language } from '../../i18n/language.ts';

/** What ingest and the readers of files say of a row. Their codes are few; what a row lacks stands in the sentence. */
const FAULTS = formsOf([
  ['expected {expected}; found {found}', '应为{expected}，实为 {found}'],
  ['the event has no time, and its type needs one', '缺少时间，而此事件类型需要时间'],
  ['the event has no id', '缺少标识'],
  ['the event has no source', '缺少来源'],
  ['the event has no type', '缺少类型'],
  ['{text} is no RFC 3339 date-time', '{text} 不是 RFC 3339 日期时间'],
  [
    '{time} lies more than {n} s after {at}, when the event came',
    '{time} 比事件到达时间 {at} 晚了 {n} 秒以上',
  ],
  ['the token may not write events of source {source}', '此令牌不得写入来源 {source} 的事件'],
  ['the line has {n} fields, the header {m}', '该行有 {n} 个字段，表头有 {m} 个'],
  ['the line is longer than 1 MiB', '该行超过 1 MiB'],
  ['a line must be a JSON object', '每行必须是一个 JSON 对象'],
  ['cell {n} lies beyond the {m} columns', '第 {n} 个单元格超出 {m} 列'],
  [
    'row {row} has no text in column {column}; its columns are {columns}',
    '第 {row} 行的列 {column} 没有文本；该行的列有 {columns}',
  ],
  ['there is no time zone {zone}', '没有时区 {zone}'],
  ['line 1: column {n} has no name', '第 1 行：第 {n} 列没有名称'],
  ['line 1: two columns are called {name}', '第 1 行：两列同名：{name}'],
  ['line {n}: a quote is not closed', '第 {n} 行：引号未闭合'],
  ['line {n}: something stands behind a closing quote', '第 {n} 行：闭合引号后还有内容'],
  ['line {n}: the line is longer than 1 MiB', '第 {n} 行：该行超过 1 MiB'],
]);

const EXPECTED = formsOf([
  ['one of: {list}', '以下之一：{list}'],
  ['{expected}, or null', '{expected}，或 null'],
  ['an integer of 32 bits', ' 32 位整数'],
  ['an integer from −2^52 to 2^53 − 2', ' −2^52 至 2^53 − 2 的整数'],
  ['a finite number', '有限数值'],
  [
    'a decimal of at most {n} digits, {scale} of them after the point, as a string or an exact number',
    '最多 {n} 位、其中小数 {scale} 位的小数',
  ],
  ['true or false', ' true 或 false'],
  ['a string of Unicode characters', '文本'],
  ['a value: the field is required', '一个值（此字段必填）'],
  ['no such field: the schema has {names}', '已有字段（{names}）'],
  ['one of {symbols}', '以下之一：{symbols}'],
  ['an RFC 3339 date-time or epoch milliseconds', ' RFC 3339 日期时间或纪元毫秒数'],
  ['a date-time without a zone or epoch milliseconds', '不带时区的日期时间或纪元毫秒数'],
  [
    'a date such as 2026-01-31 or days since 1970-01-01',
    '日期（如 2026-01-31）或自 1970-01-01 起的天数',
  ],
  [
    'a time such as 08:00:00.000 or milliseconds since midnight',
    '时刻（如 08:00:00.000）或自零点起的毫秒数',
  ],
  ['a UUID', ' UUID'],
  ['bytes in base64', ' base64 字节'],
  ['{n} bytes in base64', ' {n} 个 base64 字节'],
  ['an array', '列表'],
  ['an object', '对象'],
  ['another key', '其他键'],
  ['null', ' null'],
  ['at most {n} levels of nesting', '最多 {n} 层嵌套'],
]);

const FOUND: Readonly<Record<string, string>> = {
  nothing: '空缺',
  'an array': '列表',
  'an object': '对象',
};

/** What is wrong with a row, in the reader's language; in English where nobody has said it in Chinese. */
export const faultText = (english: string): string =>
  language.value === 'en' ? english : (sayBy(FAULTS, english, put) ?? english);

function put(value: string, name: string): string {
  if (name === 'found') return FOUND[value] ?? value;
  if (name === 'list') return value.split('; ').map(expected).join('；');
  return name === 'expected' ? expected(value) : value;
}
const expected = (english: string): string => sayBy(EXPECTED, english, put) ?? ` ${english}`;
