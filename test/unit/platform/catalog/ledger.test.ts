import { expect, test } from 'vitest';
import type { Step, StepAction } from '../../../../services/kernel/catalog/life.ts';
import { entryOfStep, readKey, stepKey } from '../../../../services/platform/catalog/entry.ts';
import type { CatalogEntry } from '../../../../services/platform/catalog/entry.ts';
import {
  createLedgerFold,
  owedPublications,
} from '../../../../services/platform/catalog/ledger.ts';
import { createShownLedger } from '../../../../services/platform/catalog/shown-ledger.ts';

const OF = 'Metric/sales';
const aStep = (sequence: number, action: StepAction): Step => ({
  sequence,
  action,
  document: `{"n":${sequence}}`,
  author: 'person:anna',
  atMs: sequence,
});
const entryOf = (sequence: number, action: StepAction): CatalogEntry =>
  entryOfStep(OF, aStep(sequence, action));
const published = (sequence: number): CatalogEntry => ({
  ...entryOf(sequence, 'approved'),
  action: null,
});

test.each([
  ['Metric/sales', { is: 'document', of: 'Metric/sales' }],
  ['step/Metric/sales/1-2', { is: 'step', of: 'Metric/sales' }],
  ['step/Metric/sales', undefined],
  ['past/Metric/sales', undefined],
  ['other/Metric/sales/7', undefined],
  ['metric/sales', undefined],
  ['', undefined],
])('the key %s', (key, read) => expect(readKey(key)).toEqual(read));

test('what is refused is known by its key, and leaves the life as it was', () => {
  const fold = createLedgerFold();
  fold.take(stepKey(OF, 'a'), entryOf(1, 'saved'));
  fold.take(stepKey(OF, 'b'), entryOf(2, 'submitted'));
  fold.take(stepKey(OF, 'c'), entryOf(2, 'discarded'));
  const { lives, refused } = fold.ledger();
  expect([...refused]).toEqual([stepKey(OF, 'c')]);
  expect(lives.get(OF)?.draft?.state).toBe('in_review');
});

test('steps that are taken off the log are folded without', () => {
  const fold = createLedgerFold();
  fold.take(stepKey(OF, 'a'), entryOf(1, 'saved'));
  fold.take(stepKey(OF, 'b'), entryOf(2, 'saved'));
  fold.take(stepKey(OF, 'a'), null);
  expect(fold.ledger().lives.get(OF)?.draft?.document).toBe('{"n":2}');
  fold.take(stepKey(OF, 'b'), null);
  expect(fold.ledger().lives.has(OF)).toBe(false);
});

test('a ledger that was given out does not change', () => {
  const fold = createLedgerFold();
  const before = fold.ledger();
  fold.take(OF, published(1));
  expect(before.entries.size).toBe(0);
  expect(fold.ledger().entries.size).toBe(1);
});

test('a publication is owed until it stands under its document, and again where an older one does', () => {
  const fold = createLedgerFold();
  const owed = () => owedPublications(fold.ledger()).map(({ publication }) => publication.revision);
  fold.take(stepKey(OF, 'a'), entryOf(1, 'applied'));
  expect(owed()).toEqual([1]);
  fold.take(OF, published(1));
  expect(owed()).toEqual([]);
  fold.take(stepKey(OF, 'b'), entryOf(2, 'retired'));
  expect(owed()).toEqual([2]);
  fold.take(OF, { ...published(2), state: 'retired' });
  expect(owed()).toEqual([]);
  fold.take(OF, published(1));
  expect(owed()).toEqual([2]);
  fold.take(stepKey(OF, 'c'), entryOf(3, 'removed'));
  fold.take(OF, null);
  expect(owed()).toEqual([]);
});

test('what was published without a step stands', () => {
  const fold = createLedgerFold();
  fold.take(stepKey(OF, 'a'), entryOf(1, 'applied'));
  fold.take(OF, published(0));
  expect(owedPublications(fold.ledger())).toEqual([]);
});

test('who wrote waits until what they wrote is shown', async () => {
  const shown = createShownLedger();
  const ledger = createLedgerFold().ledger();
  let isReached = false;
  const waiting = shown.reached(5).then(() => {
    isReached = true;
  });
  shown.show(ledger, 4);
  await Promise.resolve();
  expect(isReached).toBe(false);
  shown.show(ledger, 6);
  await waiting;
  await shown.reached(6);
});
