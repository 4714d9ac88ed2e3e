import { stateOf } from '../../services/kernel/stage.ts';
import type { WindowState } from '../../services/kernel/window.ts';
import type { Guards } from './guards.ts';
import type { Log } from './log.ts';
import { PARTITIONS } from './log.ts';

/** A projection's slot in Redis. How often each record was counted is kept in place of sums: two bits a record. */
export type Slot = {
  readonly generation: number;
  readonly first: readonly number[];
  readonly next: readonly number[];
  /** What retention took before it was counted, `[from, to)` by partition. */
  readonly lost: readonly (readonly [from: number, to: number] | null)[];
  readonly watermarks: readonly number[];
  readonly counts: number;
  readonly stages: readonly number[];
  readonly revisions: readonly number[];
  readonly restatements: readonly number[];
  /** A bit per cell. */
  readonly dirty: number;
};
/** A flush on its way to Redis. */
export type Command = {
  readonly generation: number;
  readonly spans: readonly {
    readonly partition: number;
    readonly from: number;
    readonly to: number;
    readonly watermarkMs: number;
  }[];
  /** Numbers of the records that it counts. */
  readonly counted: readonly number[];
  /** Cells that a historical record restates, a bit per cell. */
  readonly restated: number;
};
/** What a publisher read of the marked cells. */
export type View = Pick<Slot, 'counts' | 'stages' | 'revisions' | 'restatements' | 'dirty'>;

export const viewOf = ({ counts, stages, revisions, restatements, dirty }: Slot): View => ({
  counts,
  stages,
  revisions,
  restatements,
  dirty,
});

/** Records of each cell, as masks over `counts`. */
export type CellMasks = readonly number[];

export const timesOf = (counts: number, record: number): number => (counts >> (2 * record)) & 3;
/** Contributions of a cell. */
export function contributionsOf(counts: number, mask: number): number {
  let rest = counts & mask;
  let sum = 0;
  for (; rest > 0; rest >>= 2) sum += rest & 3;
  return sum;
}
export const watermarkOf = ({ watermarks }: Slot): number => Math.min(...watermarks);
export const stateIn = (view: View, cell: number): WindowState =>
  stateOf({
    stage: view.stages[cell] as number,
    revision: view.revisions[cell] as number,
    restatements: view.restatements[cell] as number,
  });

/** lua/create.lua, on a slot where nothing is. */
export const create = (generation: number, first: readonly number[], cells: number): Slot => ({
  generation,
  first,
  next: first,
  lost: PARTITIONS.map(() => null),
  watermarks: PARTITIONS.map(() => 0),
  counts: 0,
  stages: Array<number>(cells).fill(0),
  revisions: Array<number>(cells).fill(0),
  restatements: Array<number>(cells).fill(0),
  dirty: 0,
});

/** lua/note-loss.lua for every partition whose cursor lies below the start of the log. */
export function noteLoss(slot: Slot, start: readonly number[]): Slot {
  const isTaken = (next: number, partition: number): boolean => next < (start[partition] as number);
  if (!slot.next.some(isTaken)) return slot;
  const next = slot.next.map((at, p) => Math.max(at, start[p] as number));
  const lost = slot.next.map((at, p) =>
    isTaken(at, p) ? ([at, start[p] as number] as const) : (slot.lost[p] ?? null),
  );
  return { ...slot, next, lost };
}

/** view-reply.ts lossEnd: nobody new can know what lies before it. */
export const floorOf = (slot: Slot, partition: number): number =>
  Math.max(slot.first[partition] as number, slot.lost[partition]?.[1] ?? 0);

/** lua/apply.lua: `undefined` is any refusal. */
export function apply(
  slot: Slot | undefined,
  command: Command,
  { log, guards, publishes }: { log: Log; guards: Guards; publishes: boolean },
): { readonly slot: Slot; readonly broken?: string | undefined } | undefined {
  if (!slot) return undefined;
  if (guards.generation && slot.generation !== command.generation) return undefined;
  const compared = guards.allCursors ? command.spans : command.spans.slice(0, 1);
  const isAsGathered = ({ partition, from }: Command['spans'][number]): boolean =>
    guards.equality ? slot.next[partition] === from : from >= (slot.next[partition] as number);
  if (guards.compareAndSet && !compared.every(isAsGathered)) return undefined;

  const passed = watermarkOf(slot);
  let { counts, dirty } = slot;
  let broken: string | undefined;
  let touched = 0;
  for (const number of command.counted) {
    const at = placeOf(log, number);
    const cell = log.cellOf(at);
    if (timesOf(counts, number) < 3) counts += 1 << (2 * number);
    touched |= 1 << cell;
    const isFinal = passed >= (log.cells[cell]?.finalMs ?? 0) || slot.stages[cell] === 2;
    if (isFinal && !log.isHistorical(at))
      broken = `the final cell ${cell} is changed by ${log.describe(number)}`;
  }
  const next = [...slot.next];
  const watermarks = [...slot.watermarks];
  for (const span of command.spans) {
    next[span.partition] = span.to;
    watermarks[span.partition] = span.watermarkMs;
  }
  // Where nobody publishes, nobody looks at marks and revisions: states that differ in them alone are one.
  if (!publishes) return { slot: { ...slot, next, watermarks, counts }, broken };
  dirty |= touched;
  const revisions = slot.revisions.map((revision, cell) =>
    (touched >> cell) & 1 && passed >= (log.cells[cell]?.endMs ?? 0) ? revision + 1 : revision,
  );
  const restatements = slot.restatements.map((n, cell) => n + ((command.restated >> cell) & 1));
  return { slot: { ...slot, next, watermarks, counts, revisions, restatements, dirty }, broken };
}

/** lua/advance.lua for every window that is due; retention is never reached. */
export function advance(
  slot: Slot,
  { log, masks, guards }: { log: Log; masks: CellMasks; guards: Guards },
): Slot {
  const watermark = watermarkOf(slot);
  let { dirty } = slot;
  const stages = slot.stages.map((stage, cell) => {
    const { endMs = 0, finalMs = 0 } = log.cells[cell] ?? {};
    const now =
      watermark >= (guards.finalAfterLateness ? finalMs : endMs) ? 2 : watermark >= endMs ? 1 : 0;
    if (contributionsOf(slot.counts, masks[cell] as number) === 0 || now <= stage) return stage;
    dirty |= 1 << cell;
    return now;
  });
  return { ...slot, stages, dirty };
}

/** lua/clear-dirty.lua. */
export function clear(
  slot: Slot | undefined,
  view: View,
  { masks, guards }: { masks: CellMasks; guards: Guards },
): Slot | undefined {
  if (!slot) return undefined;
  let { dirty } = slot;
  for (const [cell, mask] of masks.entries()) {
    if (!((view.dirty >> cell) & 1)) continue;
    const isSame =
      contributionsOf(slot.counts, mask) === contributionsOf(view.counts, mask) &&
      slot.stages[cell] === view.stages[cell] &&
      slot.revisions[cell] === view.revisions[cell];
    if (isSame || !guards.conditionalClearing) dirty &= ~(1 << cell);
  }
  return { ...slot, dirty };
}

export function placeOf(log: Log, number: number): { partition: number; offset: number } {
  const [first = 0] = log.ends;
  return number < first
    ? { partition: 0, offset: number }
    : { partition: 1, offset: number - first };
}
