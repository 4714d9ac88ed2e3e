import { expect, test } from 'vitest';
import { schemaChanges } from '../../../../services/kernel/catalog/schema-changes.ts';
import type { Json } from '../../../../services/kernel/json.ts';

type Field = Record<string, Json>;
const record = (...fields: readonly Field[]): Json => ({ type: 'record', name: 'R', fields });
const name: Field = { name: 'name', type: 'string' };
const amount: Field = { name: 'amount', type: { type: 'bytes', logicalType: 'decimal', scale: 2 } };
const address = (...fields: readonly Field[]): Field => ({
  name: 'address',
  type: ['null', { type: 'record', name: 'Address', fields }],
  default: null,
});

test.each<[string, Json, Json, readonly object[]]>([
  ['order and words', record(name, amount), record(amount, { ...name, doc: 'x' }), []],
  [
    'a removed field',
    record(name, amount),
    record(name),
    [{ kind: 'field_removed', path: 'data.amount' }],
  ],
  [
    'a new field without default',
    record(name),
    record(name, amount),
    [{ kind: 'field_required', path: 'data.amount' }],
  ],
  [
    'a new field with default',
    record(name),
    record(name, { ...amount, default: '' }),
    [{ kind: 'field_added', path: 'data.amount' }],
  ],
  [
    'an alias',
    record(name, amount),
    record({ name: 'title', type: 'string', aliases: ['name'] }, amount),
    [{ kind: 'field_renamed', path: 'data.name', to: 'data.title' }],
  ],
  [
    'one that went and one of the same type that came',
    record(name, amount),
    record({ name: 'title', type: 'string' }, amount),
    [{ kind: 'field_renamed', path: 'data.name', to: 'data.title' }],
  ],
  [
    'one that went and one of another type that came',
    record(name),
    record({ name: 'title', type: 'long' }),
    [
      { kind: 'field_removed', path: 'data.name' },
      { kind: 'field_required', path: 'data.title' },
    ],
  ],
  [
    'another type',
    record(name),
    record({ name: 'name', type: ['null', 'string'] }),
    [{ kind: 'field_type_changed', path: 'data.name', from: '"string"', to: '["null","string"]' }],
  ],
  [
    'a type that is written longer',
    record(name),
    record({ name: 'name', type: { type: 'string' } }),
    [],
  ],
  [
    'a field of a record inside',
    record(address(name, { name: 'zip', type: 'string' })),
    record(address(name)),
    [{ kind: 'field_removed', path: 'data.address.zip' }],
  ],
  [
    'a record inside as a whole',
    record(name, address(name)),
    record(name),
    [{ kind: 'field_removed', path: 'data.address' }],
  ],
])('%s', (_what, before, after, changes) => expect(schemaChanges(before, after)).toEqual(changes));
