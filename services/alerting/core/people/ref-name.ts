import type { Catalog, LocalizedText } from '../../../kernel/definitions.ts';
import { ownerName } from '../../../kernel/owner.ts';

/** @param ref `person:ID`, `team:ID`, `metric:ID`, `receiver:ID` or `source:ID` (an event type) @returns null where the catalogue calls it nothing */
export function refName(catalog: Catalog, ref: string): LocalizedText | null {
  const id = ref.slice(ref.indexOf(':') + 1);
  if (ref.startsWith('metric:')) return catalog.metrics.get(id)?.name ?? null;
  if (ref.startsWith('source:')) return catalog.eventTypes.get(id)?.name ?? null;
  if (ref.startsWith('receiver:')) return catalog.receivers.get(id)?.name ?? null;
  return ownerName(catalog, ref);
}
