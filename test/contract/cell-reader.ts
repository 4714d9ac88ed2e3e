import { beforeEach, describe, expect, test } from 'vitest';
import type { CellReader, ProjectionStore } from '../../services/aggregator/ports.ts';
import { GENERATION, delta, flush, span } from '../support/projection-flush.ts';

const HOUR = 3_600_000;
const REF = { metric: 'm', version: 'v' };
const hours = (...starts: number[]) =>
  starts.map((start) => ({ grain: 'hour' as const, startMs: start * HOUR }));

/** Whole windows of a projection, whoever reads them. */
export function cellReaderContract(
  name: string,
  make: () => Promise<{ readonly store: ProjectionStore; readonly cells: CellReader }>,
): void {
  describe(`windows of a projection, ${name}`, () => {
    let store: ProjectionStore;
    let cells: CellReader;
    const read = (...starts: number[]) =>
      cells.readWindows(REF, { windows: hours(...starts), hasMembers: true });

    beforeEach(async () => {
      ({ store, cells } = await make());
      const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: false }];
      await store.create(REF, { generation: GENERATION, partitions });
      const deltas = [
        ['[]', delta({ sum: 7, members: new Set(['a', 'b']), historical: 1 })],
        ['["s","1"]', delta({ sum: 3, contributions: 2, members: new Set(['a']) })],
      ] as const;
      await store.apply(REF, flush({ deltas: deltas.map(([key, one]) => [key, one]) }));
    });

    test('all cells of a window come with the cursors that they are a function of', async () => {
      const view = await read(0);
      expect(view?.cells.toSorted((a, b) => a.key.localeCompare(b.key))).toEqual([
        {
          ...hours(0)[0],
          key: '["s","1"]',
          accumulators: { contributions: 2, sum: 3, distinct: 1 },
          historical: 0,
        },
        {
          ...hours(0)[0],
          key: '[]',
          accumulators: { contributions: 1, sum: 7, distinct: 2 },
          historical: 1,
        },
      ]);
      expect(view).toMatchObject({
        generation: GENERATION,
        partitions: [{ topic: 'events.x', partition: 0, next: span().to }],
        series: new Set(['[]', '["s","1"]']),
      });
    });

    test('entities of a cell come with it', async () => {
      const entities = new Map([
        ['a', { timeMs: 5, partition: 1, offset: 2, value: -7 }],
        ['__proto__', { timeMs: 6, partition: 0, offset: 9, value: 9_007_199_254_740_993n }],
      ]);
      const [at] = hours(3);
      const window = { grain: 'hour' as const, startMs: 3 * HOUR, endMs: 4 * HOUR };
      const cell = { series: 0, delta: delta({ entities }) };
      const spans = [span({ from: 10, to: 11 })];
      await store.apply(REF, flush({ windows: [{ ...window, cells: [cell] }], spans }));
      const sum = 9_007_199_254_740_986;
      expect((await read(3))?.cells).toEqual([
        { ...at, key: '[]', accumulators: { contributions: 1, sum, entities }, historical: 0 },
      ]);
    });

    test('windows without cells are taken too', async () => {
      expect(await read(5, 0, 6)).toMatchObject({ taken: 3, cells: [{}, {}] });
    });

    test('of a projection that is not there, there is none', async () => {
      const windows = hours(0);
      const ref = { metric: 'other', version: 'v' };
      expect(await cells.readWindows(ref, { windows, hasMembers: false })).toBeUndefined();
    });

    test('some windows are those that hold cells', async () => {
      expect(await cells.someWindows(REF, 3)).toEqual(hours(0));
    });
  });
}
