import { describe, expect, test } from 'vitest';
import { createMetricNotes } from '../../../services/console/metric-notes.ts';
import type { NoteCommand } from '../../../services/console/core/notes/note-book.ts';
import type { NoteHandlers } from '../../../services/console/ports.ts';
import { DAY_MS } from '../../../services/kernel/time.ts';
import type { Role } from '../../../services/platform/access.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';

const orders = aMetric({
  id: 'orders',
  timezone: 'Europe/London',
  dimensions: { store: 's' },
  breakdowns: [[], ['store']],
});
const other = aMetric({ id: 'other' });
const MAY = '2026-05-01T00:00:00.000Z';

/** The topic `commands`, with any number of consoles over it. */
function aTopic() {
  const records: NoteCommand[] = [];
  let first = 0;
  const clock = { nowMs: Date.parse(MAY) };
  let ids = 0;
  const aConsole = () => {
    let next = 0;
    return createMetricNotes({
      log: {
        catchUp({ onFirst, onNote }: NoteHandlers<NoteCommand>) {
          onFirst(0, first);
          for (next = Math.max(next, first); next < records.length; next++)
            onNote(records[next] as NoteCommand, { partition: 0, offset: next });
          return Promise.resolve();
        },
      },
      append: (command) => Promise.resolve({ partition: 0, offset: records.push(command) - 1 }),
      catalog: () => catalogOf({ metrics: [orders, other] }),
      now: () => clock.nowMs,
      newId: () => `n${++ids}`,
    });
  };
  return { records, clock, aConsole, retainFrom: (offset: number) => (first = offset) };
}
const anna = 'person:anna';
const rolesOf = (...roles: readonly Role[]): ReadonlySet<Role> => new Set(roles);
const asAnna = { person: anna, roles: rolesOf('owner') };
const textsOf = async (notes: ReturnType<ReturnType<typeof aTopic>['aConsole']>, query = {}) => {
  const answer = await notes.list('orders', query, asAnna);
  if (!answer.ok) throw new Error(answer.error.detail);
  return answer.value.notes.map(({ text }) => text);
};

describe('notes on a metric', () => {
  test('are told by their time, to every console, also to one that begins from the log alone', async () => {
    const topic = aTopic();
    const notes = topic.aConsole();
    const body = { text: ' Spring sale ', at: '2026-04-02', labels: { store: 'A' } };
    const added = await notes.add('orders', { by: anna, body });
    expect(added.ok && added.value).toEqual({
      id: 'n1',
      at: '2026-04-01T23:00:00.000Z',
      labels: { store: 'A' },
      text: 'Spring sale',
      by: anna,
      writtenAt: MAY,
    });
    await notes.add('orders', { by: anna, body: { text: 'Strike', at: '2026-03-01' } });
    await notes.add('other', { by: anna, body: { text: 'Elsewhere' } });
    for (const one of [notes, topic.aConsole()]) {
      expect(await textsOf(one)).toEqual(['Strike', 'Spring sale']);
      expect(await textsOf(one, { from: '2026-04-01' })).toEqual(['Spring sale']);
      expect(await textsOf(one, { to: '2026-04-01' })).toEqual(['Strike']);
    }
  });

  test('are taken back by who wrote them, and by no other owner', async () => {
    const topic = aTopic();
    const notes = topic.aConsole();
    await notes.add('orders', { by: anna, body: { text: 'Mine' } });
    expect(
      await notes.remove('orders', 'n1', { ...asAnna, person: 'person:li-wei' }),
    ).toMatchObject({
      error: {
        code: 'forbidden',
        detail: 'person:anna wrote it: others need the role approver to take it back',
      },
    });
    expect(await notes.remove('other', 'n1', asAnna)).toMatchObject({
      error: { code: 'not_found' },
    });
    expect(await notes.remove('orders', 'n1', asAnna)).toMatchObject({ ok: true });
    expect(await textsOf(notes)).toEqual([]);
    expect(await textsOf(topic.aConsole())).toEqual([]);
  });

  test.each<Role>(['approver', 'admin'])(
    'are taken back by %s, whoever wrote them',
    async (role) => {
      const topic = aTopic();
      const notes = topic.aConsole();
      await notes.add('orders', { by: anna, body: { text: 'Wrong' } });
      const remover = { person: 'person:li-wei', roles: rolesOf(role) };
      expect(await notes.remove('orders', 'n1', remover)).toMatchObject({ value: { by: anna } });
      expect(topic.records.at(-1)).toMatchObject({ kind: 'unnote', by: 'person:li-wei' });
      expect(await textsOf(topic.aConsole())).toEqual([]);
    },
  );

  test.each<{ reader: string; roles: readonly Role[]; may: readonly string[] }>([
    { reader: anna, roles: ['reader', 'owner'], may: ['Mine'] },
    { reader: anna, roles: ['reader'], may: [] },
    { reader: 'person:li-wei', roles: ['reader', 'owner'], may: ['His'] },
    { reader: 'person:li-wei', roles: ['reader', 'approver'], may: ['Mine', 'His'] },
    { reader: 'person:li-wei', roles: ['admin'], may: ['Mine', 'His'] },
  ])('say to $reader as $roles which may be taken back: $may', async ({ reader, roles, may }) => {
    const notes = aTopic().aConsole();
    await notes.add('orders', { by: anna, body: { text: 'Mine', at: '2026-03-01' } });
    await notes.add('orders', { by: 'person:li-wei', body: { text: 'His', at: '2026-03-02' } });
    const asker = { person: reader, roles: rolesOf(...roles) };
    const answer = await notes.list('orders', {}, asker);
    expect(answer.ok && answer.value.mayAdd).toBe(
      roles.some((one) => one !== 'reader' && one !== 'approver'),
    );
    const told = answer.ok ? answer.value.notes : [];
    expect(told.filter(({ mayRemove }) => mayRemove).map(({ text }) => text)).toEqual(may);
    // What is told is what is done.
    for (const { id, mayRemove } of told)
      expect((await notes.remove('orders', id, asker)).ok).toBe(mayRemove);
  });

  test('outlive the retention of their topic, and one that was taken back does not come again', async () => {
    const topic = aTopic();
    const notes = topic.aConsole();
    await notes.add('orders', { by: anna, body: { text: 'Kept', at: MAY } });
    await notes.add('orders', { by: anna, body: { text: 'Gone' } });
    topic.clock.nowMs += 31 * DAY_MS;
    const late = topic.aConsole();
    await late.list('orders', {}, asAnna);
    await notes.remove('orders', 'n2', asAnna);
    // Another console wrote it again before it knew.
    topic.records.push({ ...(topic.records[1] as NoteCommand), at: topic.clock.nowMs });
    await notes.restate();
    const written = topic.records.length;
    await notes.restate();
    expect(topic.records).toHaveLength(written);
    topic.retainFrom(2);
    for (const one of [notes, topic.aConsole()]) {
      const answer = await one.list('orders', {}, asAnna);
      expect(answer.ok && answer.value.notes).toMatchObject([{ text: 'Kept', writtenAt: MAY }]);
    }
  });

  test('leave with their record where nobody wrote them again', async () => {
    const topic = aTopic();
    const notes = topic.aConsole();
    await notes.add('orders', { by: anna, body: { text: 'Old' } });
    topic.retainFrom(1);
    expect(await textsOf(notes)).toEqual([]);
  });

  test('other words on the topic are none', async () => {
    const topic = aTopic();
    topic.records.push({ kind: 'comment', id: 'c', text: 'An alert’s' } as unknown as NoteCommand);
    expect(await textsOf(topic.aConsole())).toEqual([]);
  });

  test.each([
    [{}, 'invalid_parameter', '/text'],
    [{ text: '  ' }, 'invalid_parameter', '/text'],
    [{ text: 'x'.repeat(2_001) }, 'invalid_parameter', '/text'],
    [{ text: 'x', at: '31 May' }, 'invalid_parameter', '/at'],
    [{ text: 'x', labels: { store: 5 } }, 'invalid_parameter', '/labels'],
    [{ text: 'x', labels: { region: 'north' } }, 'breakdown_unavailable', '/labels'],
    [{ text: 'x', when: 'now' }, 'invalid_parameter', '/when'],
  ])('%j is refused', async (body, code, pointer) => {
    const topic = aTopic();
    const answer = await topic.aConsole().add('orders', { by: anna, body });
    expect(answer).toMatchObject({ error: { code, pointer } });
    expect(topic.records).toEqual([]);
  });

  test('there are none of a metric that is not published', async () => {
    const notes = aTopic().aConsole();
    const none = { error: { code: 'not_found' } };
    expect(await notes.add('nothing', { by: anna, body: { text: 'x' } })).toMatchObject(none);
    expect(await notes.list('nothing', {}, asAnna)).toMatchObject(none);
  });

  test('are at most a thousand', async () => {
    const topic = aTopic();
    const notes = topic.aConsole();
    for (let i = 0; i < 1_000; i++) await notes.add('orders', { by: anna, body: { text: 'x' } });
    const more = await notes.add('orders', { by: anna, body: { text: 'x' } });
    expect(more).toMatchObject({ error: { code: 'invalid_parameter' } });
    expect(topic.records).toHaveLength(1_000);
  });
});
