import { beforeEach, describe, expect, test } from 'vitest';
import type { CellDelta } from '../../../services/aggregator/core/cell-delta.ts';
import type { ProjectionRef, ProjectionStore } from '../../../services/aggregator/ports.ts';
import type { SimpleMetric } from '../../../services/kernel/definitions.ts';
import { delta, flush, GENERATION, HOUR, span } from '../../support/projection-flush.ts';
import { begin, markedCells } from './begin.ts';

/** What is told of a projection: its series by number, cells with the cursors that they are a function of, marks that are cleared only while a cell is what was read. */
export function readingContract(name: string, makeStore: () => Promise<ProjectionStore>): void {
  describe(`${name} keeps projections`, () => {
    let store: ProjectionStore;
    let metric: SimpleMetric;
    let ref: ProjectionRef;
    const cells = () => markedCells(store, metric);
    beforeEach(async () => {
      ({ store, metric, ref } = await begin(makeStore));
    });

    test('series beyond the limit of their breakdown are refused, the total is not', async () => {
      const deltas: [string, CellDelta][] = [
        ['[]', delta()],
        ['["s","1"]', delta()],
        ['["s","2"]', delta()],
      ];
      const result = await store.apply(ref, flush({ deltas, maxSeries: 1 }));
      expect(result).toEqual({
        kind: 'applied',
        numbers: new Map([
          ['[]', 0],
          ['["s","1"]', 1],
          ['["s","2"]', -1],
        ]),
      });
      expect(await cells()).toHaveLength(2);
    });

    test('a refused series is refused again, and an admitted one keeps its number', async () => {
      const deltas = (...keys: string[]): [string, CellDelta][] =>
        keys.map((key) => [key, delta()]);
      const first = flush({ deltas: deltas('["s","1"]', '["s","2"]'), maxSeries: 1 });
      await store.apply(ref, first);
      const second = flush({
        deltas: deltas('["s","2"]', '["s","1"]', '["t","1"]'),
        maxSeries: 1,
        spans: [span({ from: 10, to: 11 })],
      });
      expect(await store.apply(ref, second)).toMatchObject({
        numbers: new Map([
          ['["s","2"]', -1],
          ['["s","1"]', 0],
          ['["t","1"]', 1],
        ]),
      });
    });

    test('a mark is cleared only while the cell is what was read', async () => {
      await store.apply(ref, flush());
      const read = await cells();
      await store.apply(ref, flush({ spans: [span({ from: 10, to: 11 })] }));
      await store.clearDirty(ref, read);
      const again = await cells();
      expect(again[0]?.accumulators.contributions).toBe(2);
      await store.clearDirty(ref, again);
      expect(await cells()).toEqual([]);
    });

    test('a cell that is of another series by now keeps its mark', async () => {
      await store.apply(ref, flush({ deltas: [['["store","S1"]', delta()]] }));
      const read = await cells();
      await store.retire(ref, GENERATION);
      const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: false }];
      await store.create(ref, { generation: 'g2', partitions });
      const again = flush({ generation: 'g2', deltas: [['["store","S2"]', delta()]] });
      await store.apply(ref, again);
      await store.clearDirty(ref, read);
      expect((await cells()).map(({ key }) => key)).toEqual(['["store","S2"]']);
    });

    test('a stage that moved between read and clear keeps its mark', async () => {
      await store.apply(
        ref,
        flush({ spans: [span({ watermarkMs: HOUR }), span({ partition: 1, watermarkMs: HOUR })] }),
      );
      const read = await cells();
      await store.advance(metric, 10);
      await store.clearDirty(ref, read);
      expect((await cells())[0]?.state).toBe('closed');
    });

    test('cells are read by place, with the cursors that they are a function of', async () => {
      const deltas: [string, CellDelta][] = [
        ['[]', delta({ sum: 7 })],
        ['["s","1"]', delta({ sum: 7, members: new Set('a') })],
      ];
      const counters = new Map([
        ['counted', 4],
        ['late', 2],
        ['heartbeat', 3],
        ['hole', 1],
      ] as const);
      await store.apply(ref, flush({ deltas, spans: [span({ watermarkMs: 5, counters })] }));
      const at = { grain: 'hour', startMs: 0 } as const;
      const view = await store.readCells(ref, [
        { ...at, key: '["s","1"]' },
        { ...at, key: '["s","2"]' },
        { ...at, startMs: HOUR, key: '[]' },
      ]);
      expect(view.cells).toMatchObject([
        { key: '["s","1"]', endMs: HOUR, accumulators: { contributions: 1, sum: 7, distinct: 1 } },
      ]);
      const origin = {
        watermarkMs: 0,
        cursors: expect.arrayContaining([{ topic: 'events.x', partition: 0, offset: 10 }]),
      };
      expect(view).toMatchObject(origin);
      expect(await store.readHead(ref)).toMatchObject({ ...origin, events: 6 });
    });

    test('a span without a record keeps the append times and the fingerprint of the one before', async () => {
      const first = span({ appendMs: 70, historicalMs: 60, fingerprint: '9|70|ab' });
      await store.apply(ref, flush({ spans: [first] }));
      const spans = [span({ from: 10, to: 12, appendMs: 0, historicalMs: 0 })];
      await store.apply(ref, flush({ deltas: [], spans }));
      expect((await store.load(ref))?.partitions[0]).toMatchObject({
        next: 12,
        appendMs: 70,
        historicalMs: 60,
        fingerprints: ['9|70|ab', '9|70|ab'],
      });
      const third = span({ from: 12, to: 13, fingerprint: '12|80|cd' });
      await store.apply(ref, flush({ deltas: [], spans: [third] }));
      expect((await store.load(ref))?.partitions[0]?.fingerprints).toEqual(['9|70|ab', '12|80|cd']);
    });
  });
}
