import { describe, expect, test } from 'vitest';
import { createTemplates, templateFault } from '../../../services/platform/template.ts';

const render = createTemplates((text) => text.replaceAll('<', '&lt;'));
const data = { value: '1<2', labels: { store: 'S001' }, list: [1, 2, 3], none: null };

test('values are escaped, the template’s own text is not', () => {
  expect(render('<b>{{ value }}</b>', data)).toEqual({ ok: true, value: '<b>1&lt;2</b>' });
  expect(render('{{ none }}{{ nothing.at.all }}', data)).toEqual({ ok: true, value: '' });
  expect(render('{{ labels }}', { labels: { a: '<' } })).toEqual({
    ok: true,
    value: '{"a":"&lt;"}',
  });
});

test('conditions, loops and filters of Liquid', () => {
  const template =
    '{% if labels.store == "S001" %}{{ list | join: "-" }}{% endif %}{% for i in list %}.{% endfor %}';
  expect(render(template, data)).toEqual({ ok: true, value: '1-2-3...' });
});

describe('nothing behind the data is seen', () => {
  test.each([
    '{{ constructor }}',
    '{{ value.constructor.name }}',
    '{{ labels.__proto__ }}',
    '{{ labels.toString }}',
    '{{ list.constructor }}',
    '{{ process.env.PATH }}',
    '{{ globalThis }}',
  ])('%s', (template) => {
    expect(render(template, data)).toEqual({ ok: true, value: '' });
  });
});

describe('what reads files, goes around the escaping or takes too much is an error', () => {
  test.each([
    '{% include "x" %}',
    '{% render "x" %}',
    '{% layout "x" %}',
    '{{ value | raw }}',
    '{{ value | unknown_filter }}',
    '{% for i in (1..1000000000) %}x{% endfor %}',
    '{% for i in (1..2000) %}{% for j in (1..2000) %}x{% endfor %}{% endfor %}',
    '{{ "x" | append: "{{" ',
    'x'.repeat(20_000),
  ])('%s', (template) => {
    const startMs = performance.now();
    expect(render(template, data).ok).toBe(false);
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });
});

test('faults of a template are found before it is used, in few words', () => {
  expect(templateFault('{{ value }}')).toBeUndefined();
  expect(templateFault('{{ value')).toMatch(/not closed/);
  expect(templateFault('{% nope %}')).toMatch(/nope/);
  expect(templateFault('{% include "x" %}')).toMatch(/include/);
  expect(templateFault(`{% if ${'x'.repeat(5_000)} %}`)?.length).toBeLessThanOrEqual(200);
});
