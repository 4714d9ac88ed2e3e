import { describe, expect, test } from 'vitest';
import {
  parseInline,
  parseMarkdown,
  safeHref,
} from '../../../../../../services/console/web/pages/dashboards/markdown.ts';

const text = (of: string) => ({ kind: 'text', text: of }) as const;

test('headings, paragraphs and lists are told apart', () => {
  expect(parseMarkdown('## Today\nfirst\nsecond\n\n- one\n* two\nafter')).toEqual([
    { kind: 'heading', level: 2, of: [text('Today')] },
    { kind: 'paragraph', of: [text('first second')] },
    { kind: 'list', items: [[text('one')], [text('two')]] },
    { kind: 'paragraph', of: [text('after')] },
  ]);
});

test('marks within a line', () => {
  expect(parseInline('a **b `c`** `**d**` [e](#/metrics/x)!')).toEqual([
    text('a '),
    { kind: 'strong', of: [text('b '), { kind: 'code', text: 'c' }] },
    text(' '),
    { kind: 'code', text: '**d**' },
    text(' '),
    { kind: 'link', href: '#/metrics/x', of: [text('e')] },
    text('!'),
  ]);
  expect(parseInline('*a* **b**')).toEqual([
    { kind: 'emphasis', of: [text('a')] },
    text(' '),
    { kind: 'strong', of: [text('b')] },
  ]);
});

describe('nothing in a text is more than text', () => {
  test.each([
    '<img src=x onerror=alert(1)>',
    '<script>alert(1)</script>',
    '![x](javascript:alert(1))',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert`1`)',
    '[x](data:text/html,<b>)',
    '[x](vbscript:x)',
    '[x](/v1/events)',
    '[x](//evil.example)',
    '[x](#javascript:alert(1))',
    '[x](blob:https://a/b)',
    '[x](file:///etc/passwd)',
    '5 * 3 * 2',
    '&lt;b&gt;',
  ])('%s', (given) => {
    const parts = parseInline(given);
    expect(parts.every(({ kind }) => kind === 'text')).toBe(true);
    expect(parts.map((part) => (part.kind === 'text' ? part.text : '')).join('')).toBe(given);
  });

  test.each([
    ['https://a.example/b?c=d', true],
    ['http://a.example', true],
    ['mailto:a@b.example', true],
    ['#/entries/heads', true],
    ['java\tscript:alert(1)', false],
    ['\u0001javascript:alert(1)', false],
    ['', false],
  ])('%j is a link: %s', (href, expected) => {
    expect(safeHref(href) !== undefined).toBe(expected);
  });
});

test('a text that is all marks takes no time', () => {
  const startedMs = performance.now();
  parseMarkdown('*['.repeat(5_000));
  parseMarkdown('**'.repeat(5_000));
  expect(performance.now() - startedMs).toBeLessThan(1_000);
});
