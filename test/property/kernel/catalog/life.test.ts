import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterStep, STEP_ACTIONS, UNBORN } from '../../../../services/kernel/catalog/life.ts';
import type { DocumentLife, Step } from '../../../../services/kernel/catalog/life.ts';

/** Somebody decides upon the log as it was `behind` records ago, as one does who is slow. */
const decision = fc.record({
  action: fc.constantFrom(...STEP_ACTIONS),
  behind: fc.nat({ max: 4 }),
  author: fc.constantFrom('person:anna', 'person:li', 'person:ben'),
});
type Decision = { action: Step['action']; behind: number; author: string };
type Told = { readonly step: Step; readonly seen: DocumentLife; readonly isTaken: boolean };

/** Decisions as they come to stand on the log, and what became of each. */
function written(decisions: readonly Decision[]): readonly Told[] {
  const lives: DocumentLife[] = [UNBORN];
  return decisions.map(({ action, behind, author }, at) => {
    const seen = lives[Math.max(0, lives.length - 1 - behind)] ?? UNBORN;
    const before = lives.at(-1) ?? UNBORN;
    const document = `${at}`;
    const step = { sequence: seen.sequence + 1, action, document, author, atMs: at };
    const after = afterStep(before, step);
    lives.push(after ?? before);
    return { step, seen, isTaken: after !== undefined };
  });
}
const lived = (steps: readonly Step[]): DocumentLife =>
  steps.reduce((life, step) => afterStep(life, step) ?? life, UNBORN);

test('a step is taken exactly where its author had seen the last state; none of those is lost', () => {
  fc.assert(
    fc.property(fc.array(decision, { maxLength: 30 }), (decisions) => {
      const told = written(decisions);
      let sequence = 0;
      for (const { seen, isTaken } of told) {
        expect(isTaken).toBe(seen.sequence === sequence);
        if (isTaken) sequence++;
      }
      const { publications } = lived(told.map(({ step }) => step));
      const publishing = ['approved', 'rolled_back', 'retired', 'applied', 'removed'];
      expect(publications.map(({ revision }) => revision)).toEqual(
        told
          .filter(({ step, isTaken }) => isTaken && publishing.includes(step.action))
          .map(({ step }) => step.sequence),
      );
    }),
  );
});

test('what was refused may be kept or taken off the log', () => {
  fc.assert(
    fc.property(fc.array(decision, { maxLength: 30 }), (decisions) => {
      const told = written(decisions);
      const taken = told.filter(({ isTaken }) => isTaken).map(({ step }) => step);
      expect(lived(taken)).toEqual(lived(told.map(({ step }) => step)));
    }),
  );
});

test('a draft that was saved over may be taken off with those refused before the next step', () => {
  fc.assert(
    fc.property(fc.array(decision, { maxLength: 30 }), fc.nat(), (decisions, which) => {
      const told = written(decisions);
      const taken = told.filter(({ isTaken }) => isTaken);
      const over = taken.filter(
        ({ step }, i) =>
          step.action === 'saved' &&
          taken[i + 1]?.step.action === 'saved' &&
          taken[i + 1]?.step.author === step.author,
      );
      const gone = over[which % Math.max(1, over.length)];
      if (!gone) return;
      const next = told.indexOf(taken[taken.indexOf(gone) + 1] as Told);
      const kept = told.filter(
        (one, at) =>
          at >= next || (one.isTaken && one !== gone) || one.step.sequence > gone.step.sequence,
      );
      const authorsSorted = (life: DocumentLife) => ({
        ...life,
        ...(life.draft ? { draft: { ...life.draft, authors: life.draft.authors.toSorted() } } : {}),
      });
      expect(authorsSorted(lived(kept.map(({ step }) => step)))).toEqual(
        authorsSorted(lived(told.map(({ step }) => step))),
      );
    }),
  );
});
