import { describe, expect, test } from 'vitest';
import {
  eventEnvironment,
  ruleEnvironment,
} from '../../../../services/kernel/expression/environment.ts';
import { compileCel } from '../../../../services/platform/cel.ts';

const decimal = (scale: number) => ({
  type: 'bytes',
  logicalType: 'decimal',
  precision: 18,
  scale,
});
const environment = eventEnvironment({
  type: 'record',
  name: 'Line',
  namespace: 'shop',
  fields: [
    { name: 'quantity', type: 'int' },
    { name: 'price', type: decimal(3) },
    { name: 'discount', type: ['null', decimal(2)] },
    { name: 'customer', type: ['null', 'string'] },
    { name: 'invoice', type: 'string' },
    { name: 'paid', type: 'boolean' },
    { name: 'weight', type: 'double' },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['booked', 'cancelled'] } },
    { name: 'before', type: ['null', 'Status'] },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-micros' } },
    { name: 'day', type: { type: 'int', logicalType: 'date' } },
    { name: 'tags', type: { type: 'array', items: 'string' } },
    { name: 'notes', type: { type: 'map', values: 'string' } },
    { name: 'either', type: ['int', 'string'] },
    {
      name: 'buyer',
      type: ['null', { type: 'record', name: 'Buyer', fields: [{ name: 'age', type: 'int' }] }],
    },
    {
      name: 'tree',
      type: { type: 'record', name: 'Tree', fields: [{ name: 'up', type: ['null', 'Tree'] }] },
    },
  ],
});
const line = {
  data: {
    quantity: 6,
    price: 2550,
    discount: null,
    customer: null,
    invoice: 'C536379',
    paid: true,
    weight: 1.5,
    status: 'booked',
    before: null,
    at: 1_000_500,
    day: 0,
    tags: ['new', '红'],
    notes: { colour: 'red' },
    either: 1,
    buyer: null,
    tree: { up: null },
  },
  id: 'C536379-1',
  source: '/demo/retail',
  time: Date.UTC(2010, 11, 1),
  subject: null,
};

describe('values', () => {
  test.each([
    ['data.quantity * data.price', 15300, 3],
    ['data.quantity + data.price', 8550, 3],
    ['data.price - 0.55', 2000, 3],
    ['-data.quantity', -6, 0],
    ['-1.50 * 2', -300, 2],
    ['data.paid ? data.price : 0', 2550, 3],
    ['int(data.price)', 2, 0],
    ['int(-data.price)', -2, 0],
    ['int("12")', 12, 0],
    ['int(data.invoice)', null, 0],
    ['int(time)', Date.UTC(2010, 11, 1) / 1000, 0],
    ['size("a红𝄞")', 3, 0],
    ['size(data.tags) + size(data.notes)', 3, 0],
    ['0x10', 16, 0],
    ['data.quantity + data.discount', null, 2],
    ['data.buyer.age', null, 0],
  ])('%s is %s at scale %i', (text, value, scale) => {
    const compiled = compileCel(text, environment);
    expect(compiled).toMatchObject({ ok: true, value: { type: { kind: 'decimal', scale } } });
    expect(compiled.ok && compiled.value.evaluate(line)).toBe(value);
  });

  test.each([
    ['data.price > 2.5', true],
    ['data.price >= 2.55 && data.price <= 2.550', true],
    ['2 < data.price', true],
    ['data.price == 2.55', true],
    ['data.price != 2.55', false],
    ['data.invoice.startsWith("C")', true],
    ['!startsWith(data.invoice, "C")', false],
    ['data.invoice.endsWith("9") && data.invoice.contains("363")', true],
    ['data.invoice.matches("^C[0-9]{6}$")', true],
    ['data.invoice.matches("53")', true],
    ['data.status == "booked"', true],
    ['data.invoice < "D"', true],
    ['data.quantity in [1, 6.0]', true],
    ['data.price in [2.55]', true],
    ['data.price in [data.quantity, 2.55]', true],
    ['data.quantity in []', false],
    ['data.customer in ["a", null]', true],
    ['"红" in data.tags', true],
    ['data.notes.colour == "red"', true],
    ['data.notes["size"] == null', true],
    ['data.notes.constructor == null', true],
    ['time < timestamp("2010-12-02T00:00:00Z")', true],
    ['data.at == timestamp("1970-01-01T00:00:01Z")', true],
    ['has(data.customer)', false],
    ['has(data.weight)', true],
    ['has(data.buyer.age)', false],
    ['subject == null', true],
  ])('%s is %s', (text, value) => {
    const compiled = compileCel(text, environment);
    expect(compiled.ok ? compiled.value.evaluate(line) : compiled.error).toBe(value);
  });

  test.each([
    ['data.customer + "x"', null],
    ['string(data.price) + "/" + data.invoice', '2.550/C536379'],
    ['string(time)', '2010-12-01T00:00:00.000Z'],
    ['string(data.paid)', 'true'],
    ['data.notes.colour', 'red'],
  ])('%s is the text %s', (text, value) => {
    const compiled = compileCel(text, environment);
    expect(compiled).toMatchObject({ ok: true, value: { type: { kind: 'string' } } });
    expect(compiled.ok && compiled.value.evaluate(line)).toBe(value);
  });
});

describe('null', () => {
  test.each([
    ['data.customer == "x"', false],
    ['data.customer != "x"', true],
    ['data.customer < "x"', null],
    ['data.discount > 1', null],
    ['!(data.discount > 1)', null],
    ['data.discount > 1 && false', false],
    ['data.discount > 1 && true', null],
    ['data.discount > 1 || true', true],
    ['false || data.discount > 1', null],
    ['(data.discount > 1 ? 1 : 2) == null', true],
    ['data.customer.startsWith("a")', null],
  ])('%s is %s', (text, value) => {
    const compiled = compileCel(text, environment);
    expect(compiled.ok ? compiled.value.evaluate(line) : compiled.error).toBe(value);
  });
});

describe('refusals say what and where', () => {
  test.each([
    ['data.quantity / 2', 0, 'only the formula of a derived metric divides'],
    ['data.quantity % 2 == 0', 0, '% is not available'],
    ['data.weight > 1.0', 0, 'an Avro double, which is not exact: declare it as decimal'],
    ['1 + data.day', 4, 'an Avro date'],
    ['data.either == 1', 0, 'a union of several types'],
    ['data.tree.up.up == null', 0, 'a recursive type'],
    ['data.quantty > 1', 0, 'did you mean quantity?'],
    ['amount > 1', 0, 'there is no amount; there are data, id, source, time, subject'],
    ['data.quantity > "a"', 0, 'cannot compare an integer with a string'],
    ['data.paid < true', 0, 'has no order'],
    ['data.invoice + 1', 15, 'needs a string'],
    ['data.quantity && true', 0, '&& needs a boolean, not an integer'],
    ['data.paid ? 1 : "a"', 0, 'cannot stand for one another'],
    ['[1, "a"]', 0, 'cannot stand for one another'],
    ['data.invoice.split("C")', 0, 'there is no function split'],
    ['size(data.quantity)', 5, 'size needs a string, list or map'],
    ['data.invoice.startsWith()', 0, 'takes 2 arguments'],
    ['data.invoice.matches(data.customer)', 21, 'as a string literal'],
    ['data.invoice.matches("(")', 21, 'the pattern is not RE2'],
    ['timestamp("yesterday") < time', 10, 'RFC 3339 literal'],
    ['data', 0, 'is not one value'],
    ['data.buyer', 0, 'is not one value'],
    ['data.quantity.x', 0, 'has no fields'],
    ['has(data)', 0, 'has needs one field'],
    ['[1].all(x, x > 0)', 0, 'there is no function all'],
    ['5u', 0, 'is no number'],
    ['1 +', 3, 'Unexpected token'],
    ['"a', 0, 'Unterminated string'],
    [`${'data.price * '.repeat(10)}data.price`, 0, 'at most 30 are kept'],
    [`${'!'.repeat(3000)}true`, 2000, 'at most 2000 characters'],
  ])('%s', (text, offset, message) => {
    const compiled = compileCel(text, environment);
    expect(compiled).toMatchObject({
      ok: false,
      error: { offset, message: expect.stringContaining(message) as string },
    });
  });
});

test('paths name what is read, each once', () => {
  const compiled = compileCel('data.buyer.age > 1 && data.buyer.age < 9 && id != "x"', environment);
  expect(compiled.ok && compiled.value.paths).toEqual([['data', 'buyer', 'age'], ['id']]);
});

test('conditions of rules see value and previous at the unit’s scale, count and completeness', () => {
  const text = 'value < 1000 && previous >= 999.99 && count > 3 && completeness == 1';
  const compiled = compileCel(text, ruleEnvironment(2));
  const values = { value: 99_999, previous: 99_999, count: 4, completeness: 10_000 };
  expect(compiled.ok ? compiled.value.evaluate(values) : compiled.error).toBe(true);
  expect(compiled.ok && compiled.value.evaluate({ ...values, previous: null })).toBeNull();
  expect(compileCel('forecast > 1', ruleEnvironment(2))).toMatchObject({ ok: false });
});
