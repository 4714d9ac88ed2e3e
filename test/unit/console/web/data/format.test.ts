import { describe, expect, it } from 'vitest';
import {
  formatAge,
  formatDateTime,
  formatInstant,
  formatPart,
  formatShare,
  formatShort,
  formatTime,
  formatValue,
  formatWindow,
  unitWord,
} from '../../../../../services/console/web/data/format.ts';

const GBP = { code: 'GBP', scale: 2 };
const RATIO = { code: 'ratio', scale: 4 };
const PIECES = { code: 'piece', scale: 0 };
const LONDON = { locale: 'en-GB', timezone: 'Europe/London', reader: 'Europe/London' };

describe('a value in words', () => {
  it.each([
    ['1234.50', GBP, 'en-GB', '£1,234.50'],
    ['-0.05', GBP, 'en-GB', '-£0.05'],
    ['1234.50', GBP, 'zh-CN', '£1,234.50'],
    ['0.1052', RATIO, 'en-GB', '10.52%'],
    ['18299', PIECES, 'en-GB', '18,299'],
    ['2.5', { code: 'kg', scale: 1 }, 'de-DE', '2,5'],
  ])('%s is written with its unit', (...[value, unit, locale, text]) => {
    expect(formatValue(value, unit, locale)).toBe(text);
  });

  it('keeps every digit of what no double stands for', () => {
    expect(formatValue('90071992547409930123.45', GBP, 'en-GB')).toBe(
      '£90,071,992,547,409,930,123.45',
    );
  });

  it('shows a dash, not a zero, where there is no value', () => {
    expect(formatValue(null, GBP, 'en-GB')).toBe('–');
  });

  it('names units that are neither money nor ratios', () => {
    expect([GBP, RATIO, PIECES].map(unitWord)).toEqual(['', '', 'piece']);
  });

  it('is short on an axis', () => {
    expect(formatShort(15_000, GBP, 'en-GB')).toMatch(/^£15k$/i);
    expect(formatShort(20, GBP, 'en-GB')).toBe('£20');
    expect(formatShort(-12.7, GBP, 'en-GB')).toBe('-£12.70');
    expect(formatShort(0.125, RATIO, 'en-GB')).toBe('12.5%');
  });
});

describe('a share', () => {
  it('is never shown whole before it is', () => {
    expect(formatShare(0.9999, 'en-GB')).toBe('99.9%');
    expect(formatShare(1, 'en-GB')).toBe('100%');
    expect(formatShare(0, 'en-GB')).toBe('0%');
  });
});

describe('a part', () => {
  it('is rounded down, beyond the whole too', () => {
    expect(formatPart(0.999, 'en-GB')).toBe('99%');
    expect(formatPart(0.29, 'en-GB')).toBe('29%');
    expect(formatPart(1.239, 'en-GB')).toBe('123%');
    expect(formatPart(-0.05, 'en-GB')).toBe('-5%');
  });
});

describe('times', () => {
  it('are those of the metric’s zone', () => {
    const atMs = Date.parse('2026-07-01T12:00:00Z');
    const shanghai = { ...LONDON, timezone: 'Asia/Shanghai', reader: 'Asia/Shanghai' };
    expect(formatInstant(atMs, { ...LONDON, nowMs: atMs })).toBe('13:00:00');
    expect(formatInstant(atMs, { ...shanghai, nowMs: atMs })).toBe('20:00:00');
  });

  const berlin = { ...LONDON, reader: 'Europe/Berlin' };
  const july = Date.parse('2026-07-01T12:00:00Z');

  it('say their zone where the reader’s clock shows another hour', () => {
    expect(formatTime(july, berlin)).toBe('13:00:00 BST');
    expect(formatDateTime(july, berlin)).toBe('1 Jul 2026, 13:00:00 BST');
    expect(formatInstant(july, { ...berlin, nowMs: july })).toBe('13:00:00 BST');
    const hour = { startMs: july, endMs: july + 3_600_000 };
    expect(formatWindow(hour, 'hour', berlin)).toBe('1 Jul 2026, 13:00–14:00 BST');
    expect(formatTime(july, { ...berlin, locale: 'zh-CN' })).toBe('13:00:00 GMT+1');
  });

  it('say no zone where the reader’s clock shows the same, by whatever name', () => {
    expect(formatTime(july, { ...LONDON, reader: 'Europe/London' })).toBe('13:00:00');
    expect(formatTime(july, { ...LONDON, reader: 'Africa/Lagos' })).toBe('13:00:00');
    // In winter the two differ.
    const january = Date.parse('2026-01-01T12:00:00Z');
    expect(formatTime(january, { ...LONDON, reader: 'Africa/Lagos' })).toBe('12:00:00 GMT');
    expect(formatTime(july, { locale: 'en-GB', reader: 'Europe/Berlin' })).not.toContain(' ');
  });

  it('carry their date when it is not today’s', () => {
    const atMs = Date.parse('2026-07-01T12:00:00Z');
    const nowMs = Date.parse('2026-07-02T12:00:00Z');
    expect(formatInstant(atMs, { ...LONDON, nowMs })).toContain('1 Jul 2026');
  });

  it('name a window by its local bounds', () => {
    const startMs = Date.parse('2026-06-30T23:00:00Z');
    const day = { startMs, endMs: startMs + 86_400_000 };
    expect(formatWindow(day, 'day', LONDON)).toBe('Wed, 1 Jul 2026');
    const hour = { startMs, endMs: startMs + 3_600_000 };
    expect(formatWindow(hour, 'hour', LONDON)).toBe('1 Jul 2026, 00:00–01:00');
  });

  it.each([
    ['week', '2026-11-29', '2026-12-06', '29 Nov – 5 Dec 2026'],
    ['month', '2026-11-01', '2026-12-01', 'Nov 2026'],
    ['quarter', '2026-10-01', '2027-01-01', 'Oct – Dec 2026'],
    ['year', '2026-01-01', '2027-01-01', '2026'],
    ['month', '2026-11-06', '2026-12-06', '6 Nov – 5 Dec 2026'],
    ['quarter', '2026-10-06', '2027-01-06', '6 Oct 2026 – 5 Jan 2027'],
    ['month', '2026-03-01', '2026-04-04T23:00:00Z', '1 Mar – 4 Apr 2026'],
    ['month', '2026-02-01', '2026-03-01', 'Feb 2026'],
    ['year', '2026-04-05T23:00:00Z', '2027-04-05T23:00:00Z', '6 Apr 2026 – 5 Apr 2027'],
  ] as const)('name a %s by what it reaches over', (grain, start, end, text) => {
    const window = { startMs: Date.parse(start), endMs: Date.parse(end) };
    const words = formatWindow(window, grain, LONDON);
    expect(words.replaceAll(/\s/g, ' ')).toBe(text);
  });

  it.each([
    [-5, '0 secs'],
    [2_500, '2 secs'],
    [180_000, '3 mins'],
    [7_200_000, '2 hrs'],
    [172_800_000, '2 days'],
  ])('an age of %d ms is told in its largest unit', (ms, text) => {
    expect(formatAge(ms, 'en-GB')).toBe(text);
  });
});
