import { expect, test } from 'vitest';
import { createDeadLetters } from '../../../services/console/dead-letters.ts';
import { payloadOf } from '../../../services/console/core/dead-letters/answers.ts';
import { NoteBoard } from '../../../services/console/core/dead-letters/note-board.ts';
import type { DeadLetterRecord } from '../../../services/platform/side-records.ts';
import { memoryDeadLetters } from '../../support/memory-dead-letters.ts';

const letter = (offset: number, over: Partial<DeadLetterRecord> = {}): DeadLetterRecord => ({
  topic: 'events.orders',
  partition: 0,
  offset,
  appendTime: 1_000 + offset,
  code: 'schema_unknown',
  detail: 'no schema',
  key: null,
  value: Buffer.from('x'),
  resent: null,
  ...over,
});
const by = 'person:anna';

function desk(...records: readonly DeadLetterRecord[]) {
  const log = memoryDeadLetters();
  for (const record of records) log.append(record);
  return { log, letters: createDeadLetters(log, '') };
}
const valueOf = async <T>(
  answer: Promise<{ ok: true; value: T } | { ok: false; error: unknown }>,
): Promise<T> => {
  const settled = await answer;
  if (!settled.ok) throw new Error(JSON.stringify(settled.error));
  return settled.value;
};

test('a letter that was written twice is one letter', async () => {
  const { letters } = desk(letter(1), letter(1), letter(2));
  expect((await valueOf(letters.list({}))).letters.map(({ position }) => position)).toEqual([
    'events.orders/0/2',
    'events.orders/0/1',
  ]);
});

test('letters are filtered by event type, reason and state', async () => {
  const { letters } = desk(
    letter(1),
    letter(2, { topic: 'events.stock' }),
    letter(3, { code: 'conflict' }),
  );
  const offsets = async (filter: Record<string, string>): Promise<string[]> =>
    (await valueOf(letters.list(filter))).letters.map(({ id }) => id);
  expect(await offsets({ type: 'stock' })).toEqual(['events.stock-0-2']);
  expect(await offsets({ code: 'conflict' })).toEqual(['events.orders-0-3']);
  await letters.resend('events.orders-0-1', { by, body: {} });
  expect(await offsets({ state: 'resent' })).toEqual(['events.orders-0-1']);
  expect(await offsets({ state: 'open' })).toHaveLength(2);
});

test('what is sent again is marked as of the past, unless that is declined', async () => {
  const { log, letters } = desk(letter(1), letter(2));
  await letters.resend('events.orders-0-1', { by, body: undefined });
  await letters.resend('events.orders-0-2', { by, body: { historical: false } });
  expect(log.sent).toEqual([
    { id: 'events.orders-0-1', asHistorical: true },
    { id: 'events.orders-0-2', asHistorical: false },
  ]);
});

test.each([
  [letter(1, { code: 'conflict' }), {}, 'invalid_parameter'],
  [letter(1, { code: 'id_missing' }), {}, 'invalid_parameter'],
  [letter(1, { value: null }), {}, 'invalid_parameter'],
  [letter(1), { again: 'yes' }, 'invalid_parameter'],
  [letter(1), { more: true }, 'invalid_parameter'],
  [letter(1), [], 'invalid_parameter'],
  [letter(9), {}, 'not_found'],
])('refuses to send %o again by %o', async (record, body, code) => {
  const { log, letters } = desk(record);
  const answer = await letters.resend('events.orders-0-1', { by, body });
  expect(answer).toMatchObject({ ok: false, error: { code } });
  expect(log.sent).toEqual([]);
});

test('a second time needs to be said', async () => {
  const { log, letters } = desk(letter(1));
  const id = 'events.orders-0-1';
  await letters.resend(id, { by, body: {} });
  expect(await letters.resend(id, { by, body: {} })).toMatchObject({
    error: { code: 'already_resent' },
  });
  expect(await letters.resend(id, { by, body: { again: true } })).toMatchObject({ ok: true });
  expect(log.sent).toHaveLength(2);
});

test('an order for all leaves out what cannot be healed and what was sent, and says what is left', async () => {
  const { log, letters } = desk(
    ...Array.from({ length: 130 }, (_, i) => letter(i)),
    letter(200, { code: 'conflict' }),
  );
  await letters.resend('events.orders-0-7', { by, body: {} });
  expect(await valueOf(letters.resendAll({ by, body: {} }))).toEqual({
    resent: 100,
    left: 29,
    refused: [],
  });
  expect(await valueOf(letters.resendAll({ by, body: {} }))).toMatchObject({ resent: 29, left: 0 });
  expect(await valueOf(letters.resendAll({ by, body: {} }))).toMatchObject({ resent: 0, left: 0 });
  expect(new Set(log.sent.map(({ id }) => id)).size).toBe(130);
});

test('what the log no longer holds is no letter any more', async () => {
  const { log, letters } = desk(letter(1), letter(2));
  await letters.list({});
  log.truncate(1);
  expect((await valueOf(letters.list({}))).letters.map(({ id }) => id)).toEqual([
    'events.orders-0-2',
  ]);
});

test('a board keeps the newest and counts those that left', () => {
  const board = new NoteBoard(8);
  for (let i = 0; i < 20; i++)
    board.offer({ id: `n${i}`, atMs: i, lies: { partition: 0, offset: i } });
  expect(board.all().map(({ atMs }) => atMs)).toEqual([19, 18, 17, 16, 15, 14, 13, 12]);
  expect(board.passed).toBe(12);
});

test('notes of one instant are paged by their ids, none twice', () => {
  const board = new NoteBoard(10);
  for (const id of ['c', 'a', 'b']) board.offer({ id, atMs: 1, lies: { partition: 0, offset: 0 } });
  const first = board.page(() => true, { after: undefined, limit: 2 });
  const second = board.page(() => true, { after: first.next, limit: 2 });
  expect([...first.notes, ...second.notes].map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  expect(second.next).toBeUndefined();
});

test('a preview is bounded and holds no control characters', () => {
  expect(payloadOf(null)).toEqual({ kind: 'none' });
  expect(payloadOf(Buffer.from(`a\u001b[31m${'b'.repeat(90)}`))).toMatchObject({
    kind: 'text',
    text: `a·[31m${'b'.repeat(90)}`,
  });
  const long = payloadOf(Buffer.from('x'.repeat(100_000)));
  expect(long).toMatchObject({ kind: 'text', isCut: true });
  expect(JSON.stringify(long).length).toBeLessThan(5_000);
  expect(payloadOf(Buffer.from([0, 1, 2, 255]))).toEqual({
    kind: 'bytes',
    hex: '000102ff',
    isCut: false,
  });
});
