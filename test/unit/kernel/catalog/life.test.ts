import { expect, test } from 'vitest';
import { afterStep, UNBORN } from '../../../../services/kernel/catalog/life.ts';
import type { DocumentLife, Step, StepAction } from '../../../../services/kernel/catalog/life.ts';

const aStep = (sequence: number, action: StepAction, over: Partial<Step> = {}): Step => ({
  sequence,
  action,
  document: `{"n":${sequence}}`,
  text: `n: ${sequence}`,
  author: 'person:anna',
  atMs: sequence,
  ...over,
});
const lived = (...steps: readonly Step[]): DocumentLife =>
  steps.reduce((life, step) => afterStep(life, step) ?? life, UNBORN);

test('a draft is written, reviewed, approved by another, and published with both names', () => {
  const life = lived(
    aStep(1, 'saved'),
    aStep(2, 'submitted', { note: 'please' }),
    aStep(3, 'approved', { author: 'person:li', document: '{"n":1}', text: 'n: 1' }),
  );
  expect(life).toEqual({
    sequence: 3,
    publications: [
      {
        revision: 3,
        state: 'published',
        document: '{"n":1}',
        text: 'n: 1',
        origin: 'console',
        author: 'person:anna',
        approvedBy: 'person:li',
        atMs: 3,
      },
    ],
    reviews: [
      { by: 'person:anna', atMs: 2, action: 'submitted', reason: 'please' },
      { by: 'person:li', atMs: 3, action: 'approved' },
    ],
  });
});

test('an edit of a draft in review re-opens it', () => {
  const before = lived(aStep(1, 'saved'), aStep(2, 'submitted'));
  expect(before.draft?.state).toBe('in_review');
  const after = lived(aStep(1, 'saved'), aStep(2, 'submitted'), aStep(3, 'saved'));
  expect(after.draft).toMatchObject({ state: 'draft', text: 'n: 3', atMs: 3 });
});

test.each(['withdrawn', 'rejected'] as const)('%s, it is a draft again', (action) => {
  const life = lived(aStep(1, 'saved'), aStep(2, 'submitted'), aStep(3, action, { note: 'no' }));
  expect(life.draft).toMatchObject({ state: 'draft', text: 'n: 1' });
  expect(life.reviews.at(-1)).toEqual({ by: 'person:anna', atMs: 3, action, reason: 'no' });
});

test('everyone who wrote on it is an author of the draft, until it is published or discarded', () => {
  const both = [aStep(1, 'saved'), aStep(2, 'saved', { author: 'person:li' })];
  expect(lived(...both).draft).toMatchObject({
    author: 'person:li',
    authors: ['person:anna', 'person:li'],
  });
  const anew = aStep(4, 'saved', { author: 'person:ben' });
  expect(lived(...both, aStep(3, 'discarded'), anew).draft?.authors).toEqual(['person:ben']);
  expect(lived(...both, aStep(3, 'approved'), anew).draft?.authors).toEqual(['person:ben']);
});

test('of two who decide at once the first on the log is heard', () => {
  const before = [aStep(1, 'saved'), aStep(2, 'submitted')];
  const approved = aStep(3, 'approved', { author: 'person:li' });
  const rejected = aStep(3, 'rejected', { author: 'person:ben' });
  expect(afterStep(lived(...before, approved), rejected)).toBeUndefined();
  expect(lived(...before, rejected, approved).publications).toEqual([]);
  expect(lived(...before, rejected, approved).draft?.state).toBe('draft');
});

test('what others publish beside a draft leaves it', () => {
  const life = lived(aStep(1, 'saved'), aStep(2, 'applied'), aStep(3, 'removed'));
  expect(life.draft?.text).toBe('n: 1');
  expect(life.publications).toMatchObject([
    { revision: 2, state: 'published', origin: 'file' },
    { revision: 3, state: 'retired', origin: 'file' },
  ]);
});

test('rolled back and retired, the one who decided is the author', () => {
  const life = lived(
    aStep(1, 'rolled_back', { author: 'person:li' }),
    aStep(2, 'retired', { author: 'person:ben', note: 'nobody reads it' }),
  );
  expect(life.publications).toMatchObject([
    { state: 'published', origin: 'console', author: 'person:li' },
    { state: 'retired', origin: 'console', author: 'person:ben', note: 'nobody reads it' },
  ]);
});
