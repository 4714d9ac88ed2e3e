import { beforeEach, describe, expect, test } from 'vitest';
import type { CellDelta } from '../../../services/aggregator/core/cell-delta.ts';
import type { ProjectionRef, ProjectionStore } from '../../../services/aggregator/ports.ts';
import type { SimpleMetric } from '../../../services/kernel/definitions.ts';
import { allDirty } from '../../support/all-dirty.ts';
import { aMetric } from '../../support/metrics.ts';
import { delta, flush, GENERATION, HOUR, span } from '../../support/projection-flush.ts';
import { begin, markedCells } from './begin.ts';

/** One record of each partition. */
const both = (watermarkMs: number, from: number) => [
  span({ from, to: from + 1, watermarkMs }),
  span({ partition: 1, from, to: from + 1, watermarkMs }),
];

/** The life of a window by the watermark: open, closed, revised, final, restated, gone. */
export function windowsContract(name: string, makeStore: () => Promise<ProjectionStore>): void {
  describe(`${name} keeps projections`, () => {
    let store: ProjectionStore;
    let metric: SimpleMetric;
    let ref: ProjectionRef;
    const cells = () => markedCells(store, metric);
    beforeEach(async () => {
      ({ store, metric, ref } = await begin(makeStore));
    });

    test('a window closes when the watermark of every partition has passed its end, and is final after lateness', async () => {
      await store.apply(ref, flush({ spans: [span({ watermarkMs: 5 * HOUR })] }));
      expect(await store.advance(metric, 10)).toBe(0);
      await store.apply(
        ref,
        flush({ deltas: [], spans: [span({ partition: 1, watermarkMs: HOUR })] }),
      );
      expect(await store.advance(metric, 10)).toBe(1);
      expect((await cells())[0]?.state).toBe('closed');
      await store.apply(
        ref,
        flush({
          deltas: [],
          spans: [span({ partition: 1, from: 10, to: 11, watermarkMs: 2 * HOUR })],
        }),
      );
      await store.advance(metric, 10);
      expect((await cells())[0]?.state).toBe('final');
    });

    test('a late change revises a closed window, history restates a final one', async () => {
      await store.apply(ref, flush({ spans: both(HOUR, 0) }));
      await store.advance(metric, 10);
      await store.apply(ref, flush({ spans: both(HOUR, 1) }));
      expect((await cells())[0]).toMatchObject({ state: 'revised', revision: 1 });
      await store.apply(ref, flush({ deltas: [], spans: both(3 * HOUR, 2) }));
      await store.advance(metric, 10);
      await store.apply(
        ref,
        flush({
          deltas: [['[]', delta({ restated: true, historical: 1 })]],
          spans: both(3 * HOUR, 3),
        }),
      );
      expect((await cells())[0]).toMatchObject({
        state: 'restated',
        revision: 2,
        restatements: 1,
        historical: 1,
      });
    });

    test('an event for a window that was empty when the watermark passed it revises it too', async () => {
      await store.apply(ref, flush({ deltas: [], spans: both(HOUR, 0) }));
      await store.apply(ref, flush({ spans: both(HOUR, 1) }));
      await store.advance(metric, 10);
      expect((await cells())[0]).toMatchObject({ state: 'revised', revision: 1 });
    });

    test('a window that moves on marks each of its cells once, and nothing else of them', async () => {
      await store.apply(ref, flush({ spans: both(HOUR, 0) }));
      await store.advance(metric, 10);
      await store.apply(ref, flush({ spans: both(HOUR, 1) }));
      await store.clearDirty(ref, (await allDirty(store, metric)).cells);
      await store.apply(ref, flush({ deltas: [], spans: both(3 * HOUR, 2) }));
      await store.advance(metric, 10);
      const marks = await store.dirtyMarks(ref, 10);
      expect(marks).toHaveLength(1);
      expect((await cells())[0]).toMatchObject({ state: 'final', revision: 1 });
    });

    test('what a revised window says is told once', async () => {
      await store.apply(ref, flush({ spans: both(HOUR, 0) }));
      await store.advance(metric, 10);
      await store.apply(ref, flush({ spans: both(HOUR, 1) }));
      await store.clearDirty(ref, await cells());
      expect(await cells()).toEqual([]);
    });

    test('historical events of an open window are told from others, in their cells alone', async () => {
      const deltas: [string, CellDelta][] = [
        ['["s","1"]', delta({ historical: 1 })],
        ['["s","2"]', delta({ contributions: 2 })],
      ];
      await store.apply(ref, flush({ deltas }));
      const historical = new Map((await cells()).map((cell) => [cell.key, cell.historical]));
      expect(historical).toEqual(
        new Map([
          ['["s","1"]', 1],
          ['["s","2"]', 0],
        ]),
      );
    });

    test('cells of a window to which nothing happened are of no revision, however many they are', async () => {
      const keys = ['["s","1"]', '["s","2"]', '["s","3"]'];
      const deltas = keys.map((key): [string, CellDelta] => [key, delta({ contributions: 7 })]);
      await store.apply(ref, flush({ deltas, spans: both(HOUR - 1, 0) }));
      const none = { revision: 0, restatements: 0, historical: 0 };
      expect(await cells()).toMatchObject(keys.map(() => none));
    });

    test('members that came late revise their cell', async () => {
      const members = (one: string): [string, CellDelta][] => [
        ['[]', delta({ members: new Set([one]) })],
      ];
      metric = aMetric({ ...metric, id: 'members', aggregation: 'distinct' });
      ref = { metric: metric.id, version: metric.version };
      const at = (partition: number) => ({ topic: 'events.x', partition, first: 0, empty: true });
      await store.create(ref, { generation: GENERATION, partitions: [at(0), at(1)] });
      await store.apply(ref, flush({ deltas: members('a'), spans: both(HOUR, 0) }));
      await store.advance(metric, 10);
      const [before] = await cells();
      await store.apply(ref, flush({ deltas: members('b'), spans: both(HOUR, 1) }));
      const [after] = await cells();
      expect(after?.revision).toBe((before?.revision ?? 0) + 1);
      expect(after?.state).toBe('revised');
    });

    test('a window past its retention goes, with its marks', async () => {
      await store.apply(ref, flush({ spans: both(HOUR, 0) }));
      await store.apply(ref, flush({ deltas: [], spans: both(49 * HOUR, 1) }));
      await store.advance(metric, 10);
      expect(await cells()).toEqual([]);
    });

    test('each grain goes when its own retention is over, with its members, and nothing of it comes back', async () => {
      const retentionMs = { minute: 2 * HOUR, hour: 4 * HOUR, day: 48 * HOUR };
      metric = aMetric({ ...metric, id: 'grains', aggregation: 'distinct', retentionMs });
      ref = { metric: metric.id, version: metric.version };
      const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
      await store.create(ref, { generation: GENERATION, partitions });
      const size = { minute: 60_000, hour: HOUR, day: 24 * HOUR };
      const cell = { series: 0, delta: delta({ members: new Set(['a']) }) };
      const windows = (['minute', 'hour', 'day'] as const).map((grain) => ({
        grain,
        startMs: 0,
        endMs: size[grain],
        cells: [cell],
      }));
      await store.apply(ref, flush({ windows, spans: [span({ from: 0, to: 1 })] }));
      let next = 1;
      const leftAt = async (watermarkMs: number) => {
        const spans = [span({ from: next, to: ++next, watermarkMs })];
        await store.apply(ref, flush({ deltas: [], windows: [], spans }));
        while ((await store.advance(metric, 10)) > 0);
        const places = windows.map(({ grain, startMs }) => ({ grain, startMs, key: '[]' }));
        const view = await store.readCells(ref, places);
        for (const { accumulators } of view.cells) expect(accumulators.distinct).toBe(1);
        return view.cells.map(({ grain }) => grain);
      };
      expect(await leftAt(2 * HOUR + size.minute - 1)).toEqual(['minute', 'hour', 'day']);
      expect(await leftAt(2 * HOUR + size.minute)).toEqual(['hour', 'day']);
      expect(await leftAt(5 * HOUR - 1)).toEqual(['hour', 'day']);
      expect(await leftAt(5 * HOUR)).toEqual(['day']);
      expect(await leftAt(72 * HOUR - 1)).toEqual(['day']);
      expect(await leftAt(72 * HOUR)).toEqual([]);
      expect(await cells()).toEqual([]);
    });

    test('retention never ends before lateness, and a window past it is moved once', async () => {
      metric = aMetric({ ...metric, id: 'brief', retentionMs: { minute: 0, hour: 0, day: 0 } });
      ref = { metric: metric.id, version: metric.version };
      const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
      await store.create(ref, { generation: GENERATION, partitions });
      await store.apply(ref, flush({ spans: [span({ watermarkMs: HOUR })] }));
      await store.advance(metric, 10);
      expect((await cells())[0]?.state).toBe('closed');
      const spans = [span({ from: 10, to: 11, watermarkMs: 2 * HOUR })];
      await store.apply(ref, flush({ deltas: [], spans }));
      expect(await store.advance(metric, 10)).toBe(1);
      expect(await store.advance(metric, 10)).toBe(0);
      expect(await cells()).toEqual([]);
    });
  });
}
