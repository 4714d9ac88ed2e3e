import type { Cursor } from '../../../kernel/update.ts';
import type { MetricProgress } from '../values/cells.ts';
import { newAlert } from '../alert/episode.ts';
import type { Slot } from '../alert/episode.ts';
import { decodeCell } from './partition-fields.ts';
import type { StoredSlot, StoredTrack } from './partition-fields.ts';
import { PartitionState } from './partition-state.ts';
import type { StoredPartition } from './partition-state.ts';
import { parseDocument } from '../alert/record.ts';
import type { Silence } from '../overlay/silence.ts';

/** The partition as it was committed. Law: equals the state whose changes were stored. */
export function restore(partition: number, stored: StoredPartition): PartitionState {
  const state = new PartitionState(partition, stored);
  const slots = new Map<string, Slot[]>();
  for (const [field, text] of stored.fields) {
    const [kind, first = ''] = field.split('|', 2) as [string, string?];
    if (kind === 'm')
      state.metrics.set(field.slice(2), JSON.parse(text) as MetricProgress & { cursors: Cursor[] });
    else if (kind === 'p' || kind === 'q') state.past.restore(field, text);
    else if (kind === 'u') state.sources.restore(field, text);
    else if (kind === 'r') state.refusedRules.add(field.slice(2));
    else if (kind === 'g') state.watched.add(field.slice(2));
    else if (kind === 'k') state.commandsNext = Number(text);
    else if (kind === 'd') state.digests.restore(field, text);
    else if (kind === 'n') state.unsubscribed.add(field.slice(2));
    else if (kind === 'w') state.silences.set(field.slice(2), JSON.parse(text) as Silence);
    else if (kind === 'c')
      state.cellsOf(field.slice(3 + first.length)).set(Number(first), decodeCell(text));
    else if (kind === 's') {
      const startMs = Number(field.slice(3 + first.length));
      const list = slots.get(first) ?? [];
      list.push({ startMs, ...(JSON.parse(text) as StoredSlot) });
      slots.set(first, list);
    }
  }
  for (const [field, text] of stored.fields) {
    if (!field.startsWith('t|')) continue;
    const id = field.slice(2);
    const { next, resumeAt, dormant, last, born = 0, ...of } = JSON.parse(text) as StoredTrack;
    const document = stored.documents.get(id);
    const alert =
      document === undefined
        ? { ...newAlert({ id, ...of }), last, bornMs: born }
        : parseDocument(document);
    const known = (slots.get(id) ?? []).sort((a, b) => a.startMs - b.startMs);
    state.addTrack({
      plan: undefined,
      alert: {
        ...alert,
        ruleVersion: of.ruleVersion,
        metricVersion: of.metricVersion,
        slots: known,
      },
      nextStartMs: next,
      resumeAt,
      isDormant: dormant,
    });
  }
  state.takeChanges();
  return state;
}
