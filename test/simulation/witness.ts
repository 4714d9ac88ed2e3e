import type {
  ApplyResult,
  ProjectionRef,
  ProjectionView,
  StoredCell,
} from '../../services/aggregator/ports.ts';
import type { FlushRequest } from '../../services/aggregator/core/flush.ts';
import { spanKey } from '../../services/aggregator/core/gathering.ts';
import type { SimpleMetric } from '../../services/kernel/definitions.ts';
import type { MemoryProjection } from '../support/memory-projection/projection.ts';
import type { MemoryProjectionStore } from '../support/memory-projection-store.ts';
import type { Seen } from './branches.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import type { Process } from './process.ts';
import type { Command } from './redis-link.ts';

/** Sees each command where it takes effect: tells the rare branches, and what must hold at every step. */
export type Witness = {
  readonly onCommand: (command: Command) => (answer: unknown) => void;
  /** What does not hold, one sentence each. */
  readonly broken: readonly string[];
  /** Projections with a hole that retention made; nobody can recount them. */
  readonly holes: ReadonlySet<string>;
  /** Projections of which a generation began behind what retention took: it may count what another one judged late. */
  readonly shortened: ReadonlySet<string>;
};

type Sight = {
  readonly command: Command;
  readonly key: string;
  readonly before: MemoryProjection | undefined;
};

export function createWitness(world: {
  readonly store: () => MemoryProjectionStore;
  readonly group: () => ConsumerGroup;
  readonly seen: Seen;
}): Witness {
  const { seen } = world;
  const broken: string[] = [];
  const holes = new Set<string>();
  const shortened = new Set<string>();
  const created = new Set<string>();
  /** Flushes whose answer was lost though they were applied, by process and projection. */
  const unheard = new Set<string>();
  /** Stretches with copies in them that were dropped, and will be judged again. */
  const dropped = new Map<string, { partition: number; from: number; to: number }[]>();

  const stored = (key: string): MemoryProjection | undefined => world.store().projections.get(key);
  const watermarkOf = (projection: MemoryProjection): number =>
    Math.min(...[...projection.spans.values()].map(({ watermarkMs }) => watermarkMs));

  const onApply = (sight: Sight): ((answer: unknown) => void) => {
    const { command, key } = sight;
    const before = beforeOf(sight.before);
    const { process, fate } = command;
    const flush = command.args[1] as FlushRequest;
    const of = `${process.name} ${key}`;
    againOverCopies(of, flush);
    return (answer) => {
      const result = answer as ApplyResult;
      const isApplied = result.kind === 'applied';
      if (result.kind === 'overflow') seen.see('an overflow that halts');
      if (fate === 'late')
        seen.see(isApplied ? 'a late command applied' : 'a late command refused');
      if (fate === 'reply_lost' && isApplied) unheard.add(of);
      if (!isApplied || fate !== 'answered') dropCopies(of, flush);
      if (isApplied && flush.spans.some(({ counters }) => counters.has('hole')))
        seen.see('a hole in the log');
      if (result.kind === 'refused') onRefused(result.reason, { process, flush, before });
      const after = stored(key);
      if (isApplied && after && watermarkOf(after) < before.watermarkMs)
        broken.push(`the watermark of ${key} went back to ${watermarkOf(after)}`);
    };
  };

  const onRefused = (
    reason: Extract<ApplyResult, { kind: 'refused' }>['reason'],
    of: { process: Process; flush: FlushRequest; before: Before },
  ): void => {
    if (reason === 'missing') seen.see('a flush refused where the projection is missing');
    if (reason === 'generation') seen.see('a flush refused by its generation');
    if (reason !== 'cursor') return;
    seen.see('a flush refused by its cursor');
    const isOwn = of.flush.spans.every(({ partition }) =>
      world.group().owns(of.process, partition),
    );
    if (!isOwn) seen.see('a flush of a worker that no longer owns the partition is refused');
    const isBack = of.flush.spans.some(
      ({ topic, partition, from }) => (of.before.nexts.get(spanKey(topic, partition)) ?? 0) < from,
    );
    if (isBack) seen.see('a rollback found');
  };

  const dropCopies = (of: string, flush: FlushRequest): void => {
    for (const { partition, from, to, counters } of flush.spans)
      if (counters.has('duplicate'))
        dropped.set(of, [...(dropped.get(of) ?? []), { partition, from, to }]);
  };
  const againOverCopies = (of: string, flush: FlushRequest): void => {
    for (const span of flush.spans) {
      const isAgain = (dropped.get(of) ?? []).some(
        ({ partition, from, to }) =>
          partition === span.partition && span.from < to && from < span.to,
      );
      if (isAgain && span.counters.has('duplicate'))
        seen.see('a duplicate found again on reading again');
    }
  };

  type Before = { readonly watermarkMs: number; readonly nexts: ReadonlyMap<string, number> };
  const beforeOf = (projection: MemoryProjection | undefined): Before => ({
    watermarkMs: projection ? watermarkOf(projection) : 0,
    nexts: new Map([...(projection?.spans ?? [])].map(([key, { next }]) => [key, next])),
  });

  const onClear = (key: string, cells: readonly StoredCell[]): (() => void) => {
    const marks = cells.map((cell) => `${cell.grain}|${cell.startMs}|${cell.series}`);
    const marked = marks.filter((mark) => stored(key)?.dirty.has(mark));
    return () => {
      if (marked.some((mark) => stored(key)?.dirty.has(mark)))
        seen.see('a mark kept since the cell moved on');
    };
  };

  const sights: Readonly<Partial<Record<string, (sight: Sight) => (answer: unknown) => void>>> = {
    apply: onApply,
    load({ command, key }) {
      const isAgain = unheard.delete(`${command.process.name} ${key}`);
      if (isAgain) seen.see('a reply lost, and the cursors read again');
      return NOTHING;
    },
    create:
      ({ key }) =>
      (answer) => {
        if (answer !== true) return;
        if (created.has(key)) seen.see('a rebuild after loss');
        created.add(key);
        const spans = [...(stored(key)?.spans.values() ?? [])];
        if (spans.some(({ first }) => first > 0)) shortened.add(key);
      },
    retire:
      ({ key, before }) =>
      () => {
        if (before && !stored(key)) seen.see('a cursor beyond the end, and a rebuild');
      },
    noteLoss({ key, before }) {
      const { nexts } = beforeOf(before);
      return () => {
        const spans = [...(stored(key)?.spans ?? [])];
        if (!spans.some(([name, { next }]) => next !== nexts.get(name))) return;
        seen.see('a retention hole noted');
        holes.add(key);
      };
    },
    clearDirty: ({ key, command }) => onClear(key, command.args[1] as readonly StoredCell[]),
    readDirty: () => (answer) => {
      const { rebuilding, cells } = answer as ProjectionView;
      if (rebuilding && cells.length > 0)
        seen.see('a projection that is being rebuilt is shown as such');
    },
    advance({ key, before }) {
      const windows = before?.windows.size ?? 0;
      return () => {
        if ((stored(key)?.windows.size ?? windows) < windows)
          seen.see('a window past its retention');
      };
    },
  };

  return {
    broken,
    holes,
    shortened,
    onCommand(command) {
      const key = keyOf(command.args[0] as ProjectionRef | SimpleMetric);
      return sights[command.step]?.({ command, key, before: stored(key) }) ?? NOTHING;
    },
  };
}

const NOTHING = (): void => undefined;

const keyOf = (at: ProjectionRef | SimpleMetric): string =>
  'metric' in at ? `${at.metric}@${at.version}` : `${at.id}@${at.version}`;
