import { describe, expect, test } from 'vitest';
import { answerOf, commonRefusal, refuseAll } from '../../../../services/ingest/core/answer.ts';
import { err, ok } from '../../../../services/kernel/result.ts';

const accepted = ok('events.x/0/7');
const rejected = err({
  code: 'schema_invalid',
  detail: 'expected a number',
  pointer: '/data/n',
} as const);
const forbidden = err({ code: 'forbidden', detail: 'not yours', pointer: '/source' } as const);

describe('the answer', () => {
  test.each([
    ['all accepted', [accepted, accepted], 202],
    ['some rejected', [accepted, rejected], 207],
    ['all rejected', [rejected, rejected], 422],
    ['nothing sent', [], 202],
  ])('has the status for %s', (_, outcomes, status) => {
    expect(answerOf(outcomes, []).status).toBe(status);
  });

  test('tells of each event in the order of the request', () => {
    expect(answerOf([accepted, rejected, rejected], ['a', 'b', undefined]).body).toEqual({
      accepted: 1,
      rejected: 2,
      results: [
        { index: 0, id: 'a', status: 'accepted', position: 'events.x/0/7' },
        { index: 1, id: 'b', status: 'rejected', error: rejected.error },
        { index: 2, status: 'rejected', error: rejected.error },
      ],
    });
  });
});

test('a request is forbidden as a whole only when all of its events are', () => {
  expect(commonRefusal([forbidden, forbidden])).toEqual(forbidden.error);
  expect(commonRefusal([forbidden, rejected])).toBeUndefined();
  expect(commonRefusal([accepted])).toBeUndefined();
  expect(commonRefusal([])).toBeUndefined();
});

test('in an all-or-nothing batch the events without fault are refused for their neighbour', () => {
  expect(refuseAll([accepted, rejected])).toEqual([
    err({ code: 'batch_refused', detail: expect.any(String) as string }),
    rejected,
  ]);
});
