import { expect, test } from 'vitest';
import { decideStep } from '../../../../../services/console/core/catalog/decide.ts';
import type {
  CatalogCommand,
  DocumentNow,
} from '../../../../../services/console/core/catalog/decide.ts';
import { afterStep, UNBORN } from '../../../../../services/kernel/catalog/life.ts';

const KEY = 'Metric/sales';
const asked = (person: string, over: { base?: string; isOpen?: boolean; nowMs?: number } = {}) => ({
  person: `person:${person}`,
  isOpen: false,
  nowMs: 1_000,
  ...over,
});
const save: CatalogCommand = { kind: 'save', wording: { document: '{"n":1}', text: 'n: 1' } };

/** Takes the commands one after the other; all of them must be possible. */
function after(...commands: readonly (readonly [CatalogCommand, string])[]): DocumentNow {
  return commands.reduce<DocumentNow>(
    (now, [command, person]) => {
      const step = decideStep(command, now, asked(person));
      if (!step.ok) throw new Error(step.error.detail);
      const life = afterStep(now.life, step.value) ?? now.life;
      const last = life.publications.at(-1);
      const isRetired = last?.state === 'retired';
      return { key: KEY, life, ...(last ? { published: { ...last, isRetired } } : {}) };
    },
    { key: KEY, life: UNBORN },
  );
}
const codeOf = (command: CatalogCommand, now: DocumentNow, person = 'li'): string => {
  const step = decideStep(command, now, asked(person));
  return step.ok ? step.value.action : step.error.code;
};

const drafted = after([save, 'anna']);
const inReview = after([save, 'anna'], [{ kind: 'submit' }, 'anna']);
const published = after([save, 'anna'], [{ kind: 'submit' }, 'anna'], [{ kind: 'approve' }, 'li']);
const retired = after(
  [save, 'anna'],
  [{ kind: 'submit' }, 'anna'],
  [{ kind: 'approve' }, 'li'],
  [{ kind: 'retire', reason: 'unused' }, 'li'],
);
const nothing: DocumentNow = { key: KEY, life: UNBORN };

test.each<[string, CatalogCommand, DocumentNow, string]>([
  ['a draft is submitted', { kind: 'submit' }, drafted, 'submitted'],
  ['not twice', { kind: 'submit' }, inReview, 'draft_stale'],
  ['not without a draft', { kind: 'submit' }, published, 'not_found'],
  ['only what is in review is approved', { kind: 'approve' }, drafted, 'draft_stale'],
  ['it is approved by another', { kind: 'approve' }, inReview, 'approved'],
  ['only what is in review is rejected', { kind: 'reject', reason: 'no' }, drafted, 'draft_stale'],
  ['it is rejected', { kind: 'reject', reason: 'no' }, inReview, 'rejected'],
  ['only what is in review is withdrawn', { kind: 'withdraw' }, drafted, 'draft_stale'],
  ['it is withdrawn', { kind: 'withdraw' }, inReview, 'withdrawn'],
  ['a draft is discarded, in review too', { kind: 'discard' }, inReview, 'discarded'],
  ['nothing cannot be discarded', { kind: 'discard' }, published, 'not_found'],
  ['what is published is retired', { kind: 'retire', reason: 'no' }, published, 'retired'],
  ['not twice', { kind: 'retire', reason: 'no' }, retired, 'not_found'],
  ['not a mere draft', { kind: 'retire', reason: 'no' }, drafted, 'not_found'],
  ['a revision is rolled back to', { kind: 'roll_back', revision: 3 }, retired, 'rolled_back'],
  ['not to one that retired it', { kind: 'roll_back', revision: 4 }, retired, 'not_found'],
  ['not to one that never was', { kind: 'roll_back', revision: 2 }, retired, 'not_found'],
  ['anything may be drafted', save, nothing, 'saved'],
])('%s', (_what, command, now, outcome) => expect(codeOf(command, now)).toBe(outcome));

test('nobody approves what they wrote on, even when another wrote last', () => {
  const both = after([save, 'anna'], [save, 'ben'], [{ kind: 'submit' }, 'ben']);
  expect(codeOf({ kind: 'approve' }, both, 'anna')).toBe('own_draft');
  expect(codeOf({ kind: 'approve' }, both, 'ben')).toBe('own_draft');
  expect(codeOf({ kind: 'approve' }, both, 'li')).toBe('approved');
});

test('where everyone is the same person they may, and that is written down', () => {
  const step = decideStep(
    { kind: 'approve', note: 'fine' },
    inReview,
    asked('anna', { isOpen: true }),
  );
  expect(step).toMatchObject({
    ok: true,
    value: { note: expect.stringMatching(/^fine; approved by one of its authors/) as string },
  });
});

test('who looked at another state than the newest is told', () => {
  const at = (command: CatalogCommand, base: string) =>
    decideStep(command, inReview, asked('li', { base }));
  const newest = new Date(inReview.life.draft?.atMs ?? 0).toISOString();
  expect(at({ kind: 'approve' }, newest).ok).toBe(true);
  const before = new Date(drafted.life.draft?.atMs ?? 0).toISOString();
  expect(at({ kind: 'approve' }, before)).toMatchObject({ error: { code: 'draft_stale' } });
  expect(at(save, before)).toMatchObject({ error: { code: 'draft_stale' } });
});

test('the times of steps increase though clocks do not', () => {
  const step = decideStep(save, published, asked('anna', { nowMs: 0 }));
  const newest = published.published?.atMs ?? 0;
  expect(step).toMatchObject({ ok: true, value: { atMs: newest + 1, sequence: 4 } });
});
