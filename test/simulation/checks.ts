import { supersedes } from '../../services/kernel/update.ts';
import type { ValueUpdate } from '../../services/kernel/update.ts';
import { WINDOW_STATES } from '../../services/kernel/window.ts';
import { encodeSketch } from '../../services/kernel/sketch.ts';
import type { Accumulators } from '../../services/kernel/accumulator.ts';
import type { LoggedRecord } from '../support/event-log.ts';
import type { MemoryProjection } from '../support/memory-projection/projection.ts';
import { recount } from '../support/oracle.ts';
import type { OracleCell, Recount } from '../support/oracle.ts';
import type { Written } from './broker.ts';
import type { Pair } from './metrics.ts';
import { RULES } from './workload.ts';

type Kept = { readonly cells: ReadonlyMap<string, ValueUpdate> };

/** What lies between a projection's first offsets and its cursors. */
function passedBy(
  history: readonly LoggedRecord[],
  projection: MemoryProjection,
): readonly LoggedRecord[] {
  const spans = new Map([...projection.spans.values()].map((span) => [span.partition, span]));
  return history.filter(({ partition, offset }) => {
    const span = spans.get(partition);
    return span !== undefined && offset >= span.first && offset < span.next;
  });
}

/** Cells, counters and the equation of a projection against the recount. @returns what differs */
export function compareProjection(
  history: readonly LoggedRecord[],
  projection: MemoryProjection,
  pair: Pair,
): readonly string[] {
  const { id } = pair.metric;
  const { cells, outcomes } = recount(passedBy(history, projection), RULES, pair.oracle);
  const out: string[] = [];
  const watermark = Math.min(...[...projection.spans.values()].map((one) => one.watermarkMs));
  const stored = storedCells(projection);
  for (const [key, wanted] of Object.entries(cells)) {
    if (isGone(key, pair, watermark)) continue;
    const found = stored.get(key);
    if (textOf(found) !== textOf(wanted))
      out.push(`${id}: cell ${key} is ${textOf(found)}, by the log ${textOf(wanted)}`);
  }
  for (const [key, found] of stored)
    if (!(key in cells)) out.push(`${id}: cell ${key} is ${textOf(found)}, by the log nothing`);
  out.push(...compareCounters(projection, outcomes, id));
  return out;
}

function compareCounters(
  projection: MemoryProjection,
  outcomes: Recount['outcomes'],
  id: string,
): readonly string[] {
  const totals: Record<string, number> = {};
  for (const [name, count] of projection.counters) {
    const outcome = name.slice(name.lastIndexOf(':') + 1);
    totals[outcome] = (totals[outcome] ?? 0) + count;
  }
  const { hole = 0, ...counted } = totals;
  const out: string[] = [];
  for (const outcome of new Set([...Object.keys(counted), ...Object.keys(outcomes)]))
    if ((counted[outcome] ?? 0) !== (outcomes[outcome] ?? 0))
      out.push(`${id}: ${counted[outcome] ?? 0} ${outcome}, by the log ${outcomes[outcome] ?? 0}`);
  out.push(...conservation(projection, id));
  return hole < 0 ? [...out, `${id}: ${hole} holes`] : out;
}

/** What was read is what was accounted for. @param missing offsets that retention took before they were counted */
export function conservation(
  projection: MemoryProjection,
  id: string,
  missing = 0,
): readonly string[] {
  const read = [...projection.spans.values()].reduce(
    (sum, { first, next }) => sum + next - first,
    0,
  );
  const told = [...projection.counters.values()].reduce((sum, one) => sum + one, 0);
  return read - missing === told ? [] : [`${id}: ${read} offsets read, ${told} accounted for`];
}

/** What consumers of `metric-updates` have, who keep by `supersedes`, whatever the order between partitions. */
export function keptBy(updates: Written['updates']): Kept {
  const cells = new Map<string, ValueUpdate>();
  for (const partition of updates)
    for (const { update } of partition) {
      if (update.kind !== 'value') continue;
      const key = `${update.metric}@${update.version} ${update.grain}|${update.start}|${update.series}`;
      const known = cells.get(key);
      if (!known || supersedes(update, known)) cells.set(key, update);
    }
  return { cells };
}

/** Every stored cell is what consumers have of it. */
export function compareKept(
  kept: Kept,
  projection: MemoryProjection,
  { metric }: Pair,
): readonly string[] {
  const out: string[] = [];
  for (const [key, found] of storedCells(projection)) {
    const told = kept.cells.get(`${metric.id}@${metric.version} ${key}`);
    const told1 = told && textOf(cellOf(told.accumulators));
    if (told1 !== textOf(found))
      out.push(`${metric.id}: consumers have ${told1} in cell ${key}, stored is ${textOf(found)}`);
    else if (told && stageOf(told.state) !== found.stage)
      out.push(
        `${metric.id}: consumers have cell ${key} ${told.state}, stored stage ${found.stage}`,
      );
  }
  return out;
}

/** What is not counted has been written down where it says why: late events and dead letters, at least once. */
export function compareNotes(
  history: readonly LoggedRecord[],
  projection: MemoryProjection,
  { metric, oracle }: Pair,
  written: Written,
): readonly string[] {
  const out: string[] = [];
  recount(passedBy(history, projection), RULES, oracle, ({ partition, offset }, outcome) => {
    const place = `${partition}@${offset}`;
    const isLetter = outcome === 'dead_lettered' || outcome === 'conflict';
    if (isLetter && !written.deadLetters.has(place))
      out.push(`${metric.id}: ${place} is ${outcome}, and there is no dead letter`);
    if (outcome === 'late' && !written.lateEvents.has(`${metric.id}@${metric.version} ${place}`))
      out.push(`${metric.id}: ${place} is late, and not among the late events`);
  });
  return out;
}

const stageOf = (state: ValueUpdate['state']): number =>
  [0, 1, 1, 2, 2][WINDOW_STATES.indexOf(state)] ?? -1;

type Stored = OracleCell & { readonly stage: number };

function storedCells(projection: MemoryProjection): ReadonlyMap<string, Stored> {
  const names = new Map([...projection.series].map(([key, number]) => [number, key]));
  const cells = new Map<string, Stored>();
  for (const { grain, startMs, stage, cells: list } of projection.windows.values())
    for (const [number, { accumulators, members }] of list) {
      const all = { ...accumulators, ...(members ? { distinct: members.size } : {}) };
      cells.set(`${grain}|${startMs}|${names.get(number)}`, { ...cellOf(all), stage });
    }
  return cells;
}

function cellOf(accumulators: Accumulators): OracleCell {
  const { contributions, sum, min, max, last, distinct, sketch } = accumulators;
  return {
    contributions,
    ...(sum === undefined ? {} : { sum: BigInt(sum) }),
    ...(min === undefined ? {} : { min: BigInt(min) }),
    ...(max === undefined ? {} : { max: BigInt(max) }),
    ...(last === undefined ? {} : { last: BigInt(last.value) }),
    ...(distinct === undefined ? {} : { distinct }),
    ...(sketch === undefined ? {} : { sketch: encodeSketch(sketch) }),
  };
}

function textOf(cell: OracleCell | undefined): string {
  if (!cell) return 'nothing';
  const { contributions, sum, min, max, last, distinct, sketch } = cell;
  const parts = Object.entries({ sum, min, max, last, distinct, sketch });
  const told = parts.flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]));
  return [`${contributions} events`, ...told].join(', ');
}

/** A window past its retention is stored no more. */
function isGone(key: string, { oracle }: Pair, watermark: number): boolean {
  const [grain = '', start = ''] = key.split('|');
  const length = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }[grain] ?? 0;
  // A day may have an hour more or less; retention of days is longer than any run.
  const end = Number(start) + length;
  const kept = oracle.retentionMs[grain as 'minute' | 'hour' | 'day'];
  return end + Math.max(oracle.latenessMs, kept) <= watermark;
}
