import { beforeEach, describe, expect, test } from 'vitest';
import type { ProjectionRef, ProjectionStore } from '../../../services/aggregator/ports.ts';
import type { SimpleMetric } from '../../../services/kernel/definitions.ts';
import { delta, flush, GENERATION, span } from '../../support/projection-flush.ts';
import { begin, markedCells } from './begin.ts';

/** The life of a projection: candidates, versions that were replaced, generations, losses of the log. */
export function livesContract(name: string, makeStore: () => Promise<ProjectionStore>): void {
  describe(`${name} keeps projections`, () => {
    let store: ProjectionStore;
    let metric: SimpleMetric;
    let ref: ProjectionRef;
    const cells = () => markedCells(store, metric);
    beforeEach(async () => {
      ({ store, metric, ref } = await begin(makeStore));
    });

    test('a version that a later one replaced is known as such, until it begins anew', async () => {
      expect((await store.load(ref))?.superseded).toBe(false);
      await store.supersede(ref, true);
      expect((await store.load(ref))?.superseded).toBe(true);
      await store.supersede(ref, false);
      expect((await store.load(ref))?.superseded).toBe(false);
      await store.supersede(ref, true);
      await store.retire(ref, GENERATION);
      await store.supersede(ref, true);
      const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
      await store.create(ref, { generation: 'g2', partitions });
      expect((await store.load(ref))?.superseded).toBe(false);
    });

    test('a candidate is known as such until it is published, and those that are not are listed', async () => {
      const isCandidate = async () => (await store.readCells(ref, [])).isCandidate;
      expect(await isCandidate()).toBe(false);
      await store.nominate(ref, true);
      await store.nominate(ref, true);
      expect(await isCandidate()).toBe(true);
      expect(await store.nominated()).toEqual([ref]);
      await store.nominate(ref, false);
      expect(await isCandidate()).toBe(false);
      expect(await store.nominated()).toEqual([]);
    });

    test('a candidate that is noted before it is begun is begun as one, and so are the generations after', async () => {
      const later = { ...ref, version: 'v2' };
      const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
      const isCandidate = async () => (await store.readCells(later, [])).isCandidate;
      await store.nominate(later, true);
      expect(await store.load(later)).toBeUndefined();
      await store.create(later, { generation: 'g1', partitions });
      expect(await isCandidate()).toBe(true);
      await store.retire(later, 'g1');
      await store.create(later, { generation: 'g2', partitions });
      expect(await isCandidate()).toBe(true);
      await store.nominate(later, false);
      await store.retire(later, 'g2');
      await store.create(later, { generation: 'g3', partitions });
      expect(await isCandidate()).toBe(false);
    });

    test('what was in review and is not wanted leaves nothing, also where it was begun once more', async () => {
      await store.apply(ref, flush({ deltas: [['["s","1"]', delta({ members: new Set('a') })]] }));
      await store.nominate(ref, true);
      await store.forget(ref);
      expect(await store.load(ref)).toBeUndefined();
      const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
      expect(await store.create(ref, { generation: 'g2', partitions })).toBe(true);
      expect(await store.nominated()).toEqual([ref]);
      await store.forget(ref);
      expect(await store.load(ref)).toBeUndefined();
      await store.forget(ref);
      expect(await store.nominated()).toEqual([]);
    });

    test('a generation that was retired takes no flush, and the next one begins with nothing', async () => {
      await store.apply(ref, flush({ deltas: [['["s","1"]', delta({ members: new Set('a') })]] }));
      await store.retire(ref, 'another');
      expect((await store.load(ref))?.generation).toBe(GENERATION);
      await store.retire(ref, GENERATION);
      expect(await store.load(ref)).toBeUndefined();
      expect(await store.apply(ref, flush({ spans: [span({ from: 10, to: 11 })] }))).toEqual({
        kind: 'refused',
        reason: 'missing',
      });
      const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
      expect(await store.create(ref, { generation: 'g2', partitions })).toBe(true);
      expect(await cells()).toEqual([]);
      const again = flush({
        generation: 'g2',
        deltas: [['[]', delta({ members: new Set('b') })]],
      });
      expect(await store.apply(ref, again)).toMatchObject({ numbers: new Map([['[]', 0]]) });
      expect(await cells()).toMatchObject([
        { key: '[]', accumulators: { contributions: 1, distinct: 1 } },
      ]);
    });

    test('records that the log lost move the cursor, and from where copies are told, once, and only of the generation that lost them', async () => {
      const at = { topic: 'events.x', partition: 0 };
      await store.noteLoss(ref, { ...at, generation: 'another', from: 0, to: 5 });
      await store.noteLoss(ref, { ...at, generation: GENERATION, from: 3, to: 5 });
      expect((await store.load(ref))?.partitions[0]).toMatchObject({ first: 0, next: 0 });
      await store.noteLoss(ref, { ...at, generation: GENERATION, from: 0, to: 5 });
      expect((await store.load(ref))?.partitions[0]).toMatchObject({ first: 5, next: 5 });
      expect((await store.apply(ref, flush({ spans: [span({ from: 5, to: 6 })] }))).kind).toBe(
        'applied',
      );
      await store.noteLoss(ref, { ...at, generation: GENERATION, from: 6, to: 12 });
      expect((await store.load(ref))?.partitions[0]).toMatchObject({ first: 12, next: 12 });
    });

    test('a projection is rebuilding until every partition that held records was read to its end', async () => {
      expect((await store.load(ref))?.rebuilding).toBe(true);
      await store.apply(ref, flush({ spans: [span({ caughtUp: false })] }));
      expect((await store.load(ref))?.rebuilding).toBe(true);
      await store.apply(ref, flush({ spans: [span({ from: 10, to: 11, caughtUp: true })] }));
      expect((await store.load(ref))?.rebuilding).toBe(false);
    });
  });
}
