import { beforeEach, describe, expect, test } from 'vitest';
import type { AlertStore, Commit } from '../../../services/alerting/ports.ts';

const START = { cursor: 5, activeFrom: 9, logMs: 0, awakeMs: 0, alertsNext: 0 };
const BARE = { look: undefined, sight: undefined };
const commit = (over: Partial<Commit> = {}): Commit => ({
  from: 5,
  to: 8,
  activeFrom: 9,
  logMs: 100,
  awakeMs: 50,
  alertsNext: 3,
  changes: { fields: new Map(), documents: new Map() },
  ...over,
});

/** The contract of AlertStore: run on the memory and on the Redis adapter. */
export function alertStoreContract(name: string, makeStore: () => AlertStore): void {
  describe(`${name} keeps the state of alerting`, () => {
    let store: AlertStore;
    beforeEach(async () => {
      store = makeStore();
      await store.create(0, 'a', START);
    });

    test('nothing is stored until it is created, and it is created once', async () => {
      expect(await store.claim(1, 'a')).toBeUndefined();
      expect(await store.documents(1)).toBeUndefined();
      expect(await store.document(1, 'fp')).toBeUndefined();
      expect(await store.create(0, 'b', { ...START, cursor: 0 })).toBe(false);
      expect(await store.claim(0, 'a')).toEqual({
        ...START,
        fields: new Map(),
        documents: new Map(),
      });
    });

    test('a commit writes, overwrites and deletes fields, and moves the cursor', async () => {
      const changes = {
        fields: new Map([
          ['x', '1'],
          ['y', '2'],
        ]),
        documents: new Map([['fp', '{"销":1}']]),
      };
      expect(await store.commit(0, 'a', commit({ changes }))).toBe(true);
      const next = {
        fields: new Map([
          ['x', '3'],
          ['y', null],
        ]),
        documents: new Map<string, string | null>(),
      };
      expect(await store.commit(0, 'a', commit({ from: 8, to: 8, changes: next }))).toBe(true);
      expect(await store.claim(0, 'a')).toEqual({
        cursor: 8,
        activeFrom: 9,
        logMs: 100,
        awakeMs: 50,
        alertsNext: 3,
        fields: new Map([['x', '3']]),
        documents: new Map([['fp', '{"销":1}']]),
      });
      expect(await store.documents(0)).toEqual([{ ...BARE, document: '{"销":1}' }]);
    });

    test('a document comes with the last look of its alert', async () => {
      const changes = {
        fields: new Map([['l|fp', '[null,null,false]']]),
        documents: new Map([['fp', '{}']]),
      };
      await store.commit(0, 'a', commit({ changes }));
      const stored = { ...BARE, document: '{}', look: '[null,null,false]' };
      expect(await store.documents(0)).toEqual([stored]);
      expect(await store.document(0, 'fp')).toEqual(stored);
    });

    test('what a look shares with others comes with it', async () => {
      const name = 'v|{"size":"hour"}|sales@1|hour|[["store","北京"]]';
      const look = JSON.stringify([null, { verdict: 'clear', threshold: null }, false, name]);
      const all = JSON.stringify([{ verdict: 'clear', threshold: null }, name]);
      const own = JSON.stringify([7, { verdict: 'clear' }, true]);
      const changes = {
        fields: new Map([
          ['l|fp', look],
          ['l|all', all],
          ['l|own', own],
          [name, '{"value":"1"}'],
        ]),
        documents: new Map([
          ['fp', '{}'],
          ['all', '{}'],
          ['own', '{}'],
        ]),
      };
      await store.commit(0, 'a', commit({ changes }));
      const sight = '{"value":"1"}';
      expect(await store.document(0, 'fp')).toEqual({ document: '{}', look, sight });
      expect(await store.document(0, 'all')).toEqual({ document: '{}', look: all, sight });
      expect(await store.document(0, 'own')).toEqual({ ...BARE, document: '{}', look: own });
      expect(await store.documents(0)).toHaveLength(3);
    });

    test('one document is found by its key, with or without a last look', async () => {
      const changes = { fields: new Map(), documents: new Map([['fp', '{"n":1}']]) };
      await store.commit(0, 'a', commit({ changes }));
      expect(await store.document(0, 'fp')).toEqual({ ...BARE, document: '{"n":1}' });
      expect(await store.document(0, 'other')).toBe('unknown');
    });

    test('a commit from another cursor is refused whole', async () => {
      const changes = { fields: new Map([['x', '1']]), documents: new Map() };
      expect(await store.commit(0, 'a', commit({ from: 4, changes }))).toBe(false);
      expect(await store.claim(0, 'a')).toMatchObject({ cursor: 5, fields: new Map() });
    });

    // Fails without: the store takes commits of its last owner only
    test('F-084 whoever claims last is the only one who may commit', async () => {
      await store.claim(0, 'b');
      expect(await store.commit(0, 'a', commit())).toBe(false);
      expect(await store.commit(0, 'b', commit())).toBe(true);
    });

    test('a commit into nothing is refused', async () => {
      expect(await store.commit(7, 'a', commit())).toBe(false);
      expect(await store.claim(7, 'a')).toBeUndefined();
    });

    test('partitions do not touch each other', async () => {
      await store.create(1, 'a', START);
      await store.commit(
        0,
        'a',
        commit({ changes: { fields: new Map([['x', '1']]), documents: new Map() } }),
      );
      expect(await store.claim(1, 'a')).toMatchObject({ cursor: 5, fields: new Map() });
    });

    test('a commit of many thousand fields goes through', async () => {
      const many = new Map(Array.from({ length: 20_000 }, (_, i) => [`f${i}`, String(i)] as const));
      const write = { fields: many, documents: new Map() };
      expect(await store.commit(0, 'a', commit({ changes: write }))).toBe(true);
      const remove = {
        fields: new Map([...many.keys()].map((key) => [key, null])),
        documents: new Map(),
      };
      expect(await store.commit(0, 'a', commit({ from: 8, changes: remove }))).toBe(true);
      expect((await store.claim(0, 'a'))?.fields.size).toBe(0);
    });
  });
}
