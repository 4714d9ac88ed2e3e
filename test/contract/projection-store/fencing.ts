import { beforeEach, describe, expect, test } from 'vitest';
import type { ProjectionRef, ProjectionStore } from '../../../services/aggregator/ports.ts';
import type { SimpleMetric } from '../../../services/kernel/definitions.ts';
import { delta, flush, GENERATION, span } from '../../support/projection-flush.ts';
import { begin, markedCells } from './begin.ts';

/** What makes a flush harmless that comes twice, late or from somebody else: each of its cursors, its generation and its numbers of series are compared before anything is written. */
export function fencingContract(name: string, makeStore: () => Promise<ProjectionStore>): void {
  describe(`${name} keeps projections`, () => {
    let store: ProjectionStore;
    let metric: SimpleMetric;
    let ref: ProjectionRef;
    const cells = () => markedCells(store, metric);
    beforeEach(async () => {
      ({ store, metric, ref } = await begin(makeStore));
    });

    test('a projection is made once; who comes second finds the first generation', async () => {
      expect(await store.create(ref, { generation: 'g2', partitions: [] })).toBe(false);
      expect((await store.load(ref))?.generation).toBe(GENERATION);
    });

    test('a flush whose cursors are the stored ones is applied, and moves them', async () => {
      expect((await store.apply(ref, flush())).kind).toBe('applied');
      const stored = await store.load(ref);
      expect(stored?.partitions.find(({ partition }) => partition === 0)?.next).toBe(10);
      expect(await cells()).toMatchObject([{ accumulators: { contributions: 1 }, state: 'open' }]);
    });

    test('the same flush again is refused and changes nothing', async () => {
      await store.apply(ref, flush());
      expect(await store.apply(ref, flush())).toEqual({ kind: 'refused', reason: 'cursor' });
      expect((await cells())[0]?.accumulators.contributions).toBe(1);
    });

    test('a flush that starts beyond the stored cursor is refused: it would jump the gap', async () => {
      expect(await store.apply(ref, flush({ spans: [span({ from: 5, to: 10 })] }))).toEqual({
        kind: 'refused',
        reason: 'cursor',
      });
    });

    test('one differing cursor among several refuses the whole flush', async () => {
      const spans = [span(), span({ partition: 1, from: 3, to: 9 })];
      expect(await store.apply(ref, flush({ spans }))).toEqual({
        kind: 'refused',
        reason: 'cursor',
      });
      expect((await store.load(ref))?.partitions.map(({ next }) => next)).toEqual([0, 0]);
    });

    test('a flush of an older generation is refused', async () => {
      expect(await store.apply(ref, flush({ generation: 'g0' }))).toEqual({
        kind: 'refused',
        reason: 'generation',
      });
    });

    test('a flush whose numbers of series are not the stored ones is refused, though its cursors are', async () => {
      const late = flush({ spans: [span({ partition: 1 })] });
      const numbered = { ...late, series: [{ key: '[]', number: 0, breakdown: '' }] };
      expect(await store.apply(ref, numbered)).toEqual({ kind: 'refused', reason: 'series' });
      const other = flush({ deltas: [['["store","S1"]', delta()]] });
      await store.apply(ref, other);
      expect(await store.apply(ref, numbered)).toEqual({ kind: 'refused', reason: 'series' });
      expect((await cells()).map(({ key }) => key)).toEqual(['["store","S1"]']);
    });

    test('a flush into nothing is refused', async () => {
      expect(await store.apply({ metric: 'other', version: 'v' }, flush())).toEqual({
        kind: 'refused',
        reason: 'missing',
      });
    });
  });
}
