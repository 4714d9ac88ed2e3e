import type { EpochMs } from '../../../kernel/time.ts';
import { MINUTE_MS } from '../../../kernel/time.ts';
import type { Memory } from '../values/memory.ts';
import type { PartitionState } from './partition-state.ts';

/**
 * What it takes to know again, without the store, what was known at an offset. It is committed to Kafka with that offset, so
 * that both outlive Redis together: everything else is on `alerts`, `commands` and `metric-updates`.
 */
export type RecoveryPoint = {
  /** The records appended from then on give again all that is remembered of windows. */
  readonly sinceMs: EpochMs;
  /** Commands below this offset counted; those from there on are said again by the clocks that follow. */
  readonly commands: number;
  /** Below this offset alerting, or a rule, had yet to begin. */
  readonly dormantBelow: number;
};
/** How far a partition has come. `point` is missing where a program of before committed the offset. */
export type Reached = { readonly offset: number; readonly point: RecoveryPoint | undefined };

/** For clocks of brokers that differ, and for events of the near future: their cells are published ahead of their windows. */
const SLACK_MS = MINUTE_MS;

/**
 * How far the state has come. The memory of windows is counted from the watermark, as they are forgotten by it, and not from
 * the log's clock: while a source stands still the clock goes on. A source is silent by as much more of the log as its
 * idle time-out. A series of which no window was looked at yet is known by its first value alone, and may be of long ago:
 * what history brings is forgotten at once where the watermark is far ahead of it.
 * @param before how far it had come when it was last asked: while its memory is filled again, that is still needed
 */
export function reachedBy(state: PartitionState, before: Reached | undefined): Reached | undefined {
  const { cursor, activeFrom, commandsNext: commands, dormantBelow } = state;
  const offset = Math.max(cursor, activeFrom);
  if (cursor >= activeFrom)
    return { offset, point: { sinceMs: neededFromMs(state), commands, dormantBelow } };
  if (!before?.point) return before;
  return { offset, point: { sinceMs: before.point.sinceMs, commands, dormantBelow } };
}

function neededFromMs(state: PartitionState): EpochMs {
  const { logMs, memories, metrics, builtIns, sources } = state;
  const tickMs = sources.oldestTickMs((metric) => builtIns.tickMetrics.has(metric));
  let fromMs = Math.min(logMs, tickMs);
  for (const memory of memories.values()) {
    if (memory.plans.length === 0) continue;
    const watermarkMs = metrics.get(memory.metric)?.watermarkMs ?? firstMs(memory, logMs);
    fromMs = Math.min(fromMs, watermarkMs - memory.keepMs);
  }
  const [unseen] = state.unseen;
  fromMs = Math.min(fromMs, unseen?.heardMs ?? Infinity);
  const idleMs = Math.max(0, ...builtIns.sources.values().map((source) => source.idleMs));
  return fromMs - idleMs - SLACK_MS;
}

/** Start of the first cell of a metric that has had no tick yet: all of them are kept. */
function firstMs({ series }: Memory, logMs: EpochMs): EpochMs {
  let first = logMs;
  for (const { cells } of series.values())
    for (const startMs of cells.keys()) first = Math.min(first, startMs);
  return first;
}

/** As Kafka keeps it: text beside the offset. */
export const encodePoint = (point: RecoveryPoint): string => JSON.stringify(point);
/** @returns undefined for text that another program left there */
export function decodePoint(text: string | null | undefined): RecoveryPoint | undefined {
  if (!text) return undefined;
  try {
    const { sinceMs, commands, dormantBelow } = JSON.parse(text) as Partial<RecoveryPoint>;
    const isWhole = [sinceMs, commands, dormantBelow].every(Number.isSafeInteger);
    return isWhole ? ({ sinceMs, commands, dormantBelow } as RecoveryPoint) : undefined;
  } catch {
    return undefined;
  }
}
