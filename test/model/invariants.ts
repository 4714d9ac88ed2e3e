import { WINDOW_STATES } from '../../services/kernel/window.ts';
import { cellIn, isNewer, receive } from './consumer.ts';
import { PARTITIONS } from './log.ts';
import type { Log } from './log.ts';
import { once, onceOfBoth } from './parts.ts';
import { advance, apply, contributionsOf, create, noteLoss, viewOf, watermarkOf } from './slot.ts';
import type { Command, Slot } from './slot.ts';
import { gather, idle, open, recount } from './worker.ts';
import type { Opened } from './worker.ts';
import type { KeptCells, Rules, World } from './world.ts';

/** What must hold in every state. @returns a function that says which invariant a state breaks */
export function invariants(rules: Rules): (world: World) => string | undefined {
  const { log, truth, masks, publishes, parts } = rules;
  const recounts = new Map<string, ReturnType<typeof recount>>();
  const recounted = (of: Pick<Slot, 'first' | 'next' | 'lost'>) => {
    const key = `${of.first.join()}|${of.next.join()}|${of.lost.join(';')}`;
    const found = recounts.get(key) ?? recount(truth, of);
    recounts.set(key, found);
    return found;
  };

  /** Counted exactly once: the slot holds what a recount of the log up to its cursors gives, neither more nor less. */
  const countedOnce = once((slot: Slot): string | undefined => {
    const expected = recounted(slot);
    if (slot.counts !== expected.counts)
      return `at cursors ${slot.next.join(',')} contributions are ${describe(truth, slot.counts)}, and by the log ${describe(truth, expected.counts)}`;
    return slot.watermarks.join() === expected.watermarks.join()
      ? undefined
      : `the watermarks are not those of the log at cursors ${slot.next.join(',')}`;
  });

  /** What is not marked has been published: nothing is forgotten between read and clear. */
  const published = onceOfBoth((slot: Slot, kept: KeptCells): string | undefined => {
    for (const [cell, mask] of masks.entries()) {
      if ((slot.dirty >> cell) & 1 || contributionsOf(slot.counts, mask) === 0) continue;
      const now = cellIn(slot, cell, masks);
      const old = kept[cell];
      if (!old || isNewer(now, old))
        return `cell ${cell} is not marked, and consumers do not have its ${contributionsOf(now.counts, ~0)} contributions (${now.state})`;
    }
    return undefined;
  });

  /** Faults end: one fresh worker reads all. What is right then does not depend on commands under way. */
  const readOn = onceOfBoth(
    (left: Slot | undefined, first: readonly number[]): Slot | { readonly broken: string } => {
      let slot = left ? noteLoss(left, first) : create(1, first, masks.length);
      const worker = open(idle(PARTITIONS), { slot, start: first }, rules);
      if (slot.next.join() !== log.ends.join()) {
        const gathered = gather({ ...worker, opened: worker.opened as Opened }, log.ends, rules);
        if (gathered.broken) return { broken: `read on by a fresh worker, ${gathered.broken}` };
        const applied = apply(slot, gathered.worker.command as Command, rules);
        if (!applied) return { broken: 'a fresh worker is refused' };
        if (applied.broken) return { broken: applied.broken };
        slot = applied.slot;
      }
      const wrong = countedOnce(parts.one(slot));
      return wrong ? { broken: `read on by a fresh worker, ${wrong}` } : parts.one(slot);
    },
  );

  /** … and publishes all: consumers have what the whole log gives. */
  const publishedInTheEnd = onceOfBoth((read: Slot, before: KeptCells): string | undefined => {
    const slot = advance(read, rules);
    const kept = receive(before, viewOf(slot), rules);
    const start = PARTITIONS.map(() => 0);
    const whole = recounted({ first: start, next: log.ends, lost: slot.lost });
    for (const [cell, mask] of masks.entries()) {
      const has = kept[cell];
      if ((has?.counts ?? 0) !== (whole.counts & mask))
        return `in the end consumers have ${describe(truth, has?.counts ?? 0)} in cell ${cell}, and the log ${describe(truth, whole.counts & mask)}`;
      const isFinal = watermarkOf(slot) >= (log.cells[cell]?.finalMs ?? 0);
      if (isFinal && has && WINDOW_STATES.indexOf(has.state) < WINDOW_STATES.indexOf('final'))
        return `in the end consumers hold cell ${cell} as ${has.state}, and it is final`;
    }
    return undefined;
  });

  return ({ slot, kept, first }) => {
    const now = slot && (countedOnce(slot) ?? (publishes ? published(slot, kept) : undefined));
    if (now) return now;
    const end = readOn(slot, first);
    if ('broken' in end) return end.broken;
    return publishes ? publishedInTheEnd(end, kept) : undefined;
  };
}

/** The records that are counted, by name: `a + 2 × b`. */
const describe = (log: Log, counts: number): string =>
  log.ends
    .flatMap((end, partition) =>
      Array.from({ length: end }, (_, offset) => ({ partition, offset })),
    )
    .map((at) => log.numberOf(at))
    .map((number) => ({ name: log.describe(number), times: (counts >> (2 * number)) & 3 }))
    .filter(({ times }) => times > 0)
    .map(({ name, times }) => (times > 1 ? `${times} × ${name}` : name))
    .join(' + ') || 'none';
