import { decodeLook, lookField } from '../../services/alerting/core/partition/look-fields.ts';
import type { Fields } from '../../services/alerting/core/partition/partition-state.ts';
import type { StoredDocument } from '../../services/alerting/core/partition/restore.ts';
import type { AlertStore, StoredAlerts } from '../../services/alerting/ports.ts';

type Slot = StoredAlerts & { owner: string };

/** The state of alerting in memory, with a way to lose it. */
export function memoryAlertStore(): AlertStore & { readonly lose: () => void } {
  const slots = new Map<number, Slot>();
  const written = (
    old: ReadonlyMap<string, string>,
    changes: Fields,
  ): ReadonlyMap<string, string> => {
    const next = new Map(old);
    for (const [name, value] of changes) {
      if (value === null) next.delete(name);
      else next.set(name, value);
    }
    return next;
  };
  return {
    lose: () => slots.clear(),
    async claim(partition, owner) {
      const slot = slots.get(partition);
      if (!slot) return undefined;
      slot.owner = owner;
      const { owner: _, ...stored } = slot;
      return stored;
    },
    async create(partition, owner, start) {
      if (slots.has(partition)) return false;
      slots.set(partition, { ...start, owner, fields: new Map(), documents: new Map() });
      return true;
    },
    async commit(partition, owner, { from, to, changes, ...rest }) {
      const slot = slots.get(partition);
      if (!slot || slot.owner !== owner || slot.cursor !== from) return false;
      slots.set(partition, {
        ...rest,
        owner,
        cursor: to,
        fields: written(slot.fields, changes.fields),
        documents: written(slot.documents, changes.documents),
      });
      return true;
    },
    async document(partition, id) {
      const slot = slots.get(partition);
      return slot && (documentIn(slot, id) ?? 'unknown');
    },
    async documents(partition) {
      const slot = slots.get(partition);
      return slot && [...slot.documents.keys()].flatMap((id) => documentIn(slot, id) ?? []);
    },
  };
}

function documentIn({ fields, documents }: Slot, id: string): StoredDocument | undefined {
  const document = documents.get(id);
  const look = fields.get(lookField(id));
  const { sight } = decodeLook(look, () => undefined);
  return document === undefined
    ? undefined
    : { document, look, sight: sight === undefined ? undefined : fields.get(sight) };
}
