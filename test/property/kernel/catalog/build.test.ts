import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildCatalog } from '../../../../services/kernel/catalog/build.ts';
import { canonicalJson } from '../../../../services/kernel/json.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { createCatalogFold } from '../../../../services/platform/catalog/fold.ts';
import { keyOf } from '../../../../services/platform/catalog/plan.ts';
import { catalogTools } from '../../../../services/platform/catalog/tools.ts';
import { aDocuments } from '../../../support/catalog-documents.ts';

/** A choice at each level down into a document, and what to put there. */
const mutation = fc.record({
  steps: fc.array(fc.nat(12), { minLength: 1, maxLength: 7 }),
  value: fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(
      'orders',
      'data.amount',
      'data.store == "x"',
      'P1D',
      '2026-02-30',
      'Europe/London',
      -1,
    ),
  ),
});

/** Replaces the part of a document that the steps lead to. */
function mutated(json: Json, steps: readonly number[], value: Json): Json {
  const [step, ...rest] = steps;
  if (step === undefined || typeof json !== 'object' || json === null) return value;
  if (Array.isArray(json))
    return json.length === 0
      ? value
      : json.map((item: Json, i) => (i === step % json.length ? mutated(item, rest, value) : item));
  const keys = Object.keys(json);
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return value;
  return { ...json, [key]: mutated((json as Record<string, Json>)[key] ?? null, rest, value) };
}

const documents = fc
  .tuple(fc.nat(6), mutation)
  .map(([index, { steps, value }]) =>
    aDocuments().map((document, i) =>
      i === index ? mutated(document, steps, value as Json) : document,
    ),
  );

test('whatever is wrong with a document is told as a fault, never thrown', () => {
  fc.assert(
    fc.property(documents, (all) => {
      for (const fault of buildCatalog(all, catalogTools).faults) {
        expect(fault.document).toBeLessThan(all.length);
        // What is wrong with a schema is told in the words of the Avro library.
        if (fault.code !== 'schema_invalid')
          expect(fault.message).not.toMatch(/undefined|\[object/);
      }
    }),
    { numRuns: 1000 },
  );
});

test('one changed document never costs a metric that it has no part in', () => {
  const sound = aDocuments();
  const fold = createCatalogFold();
  const byKey = (all: readonly Json[]) =>
    new Map(all.map((document, i) => [keyOf(sound[i] as Json), document]));
  const isSame = (all: readonly Json[], i: number): boolean =>
    canonicalJson(all[i]) === canonicalJson(sound[i]);
  fc.assert(
    fc.property(documents, (all) => {
      fold.update(byKey(sound));
      const before = fold.current().metrics.get('orders');
      fold.update(byKey(all));
      if (isSame(all, EVENT_TYPE) && isSame(all, ORDERS))
        expect(fold.current().metrics.get('orders')).toEqual(before);
    }),
    { numRuns: 300 },
  );
});

/** Places in `aDocuments`. */
const EVENT_TYPE = 1;
const ORDERS = 3;
