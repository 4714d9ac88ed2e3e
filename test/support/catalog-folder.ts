import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkCatalogFolder, formatFault } from '../../services/platform/catalog/files.ts';

const SCHEMAS: Readonly<Record<string, string>> = {
  'order.avsc': JSON.stringify({
    type: 'record',
    name: 'Order',
    fields: [
      { name: 'store', type: 'string' },
      { name: 'amount', type: { type: 'bytes', logicalType: 'decimal', precision: 18, scale: 2 } },
      { name: 'weight', type: 'double' },
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    ],
  }),
  'text.avsc': '"string"',
  'bad.avsc': '{"type": "record", "name": "A"}',
  'torn.avsc': '{\n  "type": "record",\n  oops\n}',
};

/**
 * Checks a catalogue folder of these files, beside a folder of schemas.
 * @returns its faults, also as `catalog check` prints them in that folder, and what was built
 */
export async function checkFiles(files: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), 'tidemark-catalog-'));
  const folder = join(root, 'catalog');
  try {
    mkdirSync(folder);
    mkdirSync(join(root, 'schemas'));
    for (const [name, text] of Object.entries(SCHEMAS))
      writeFileSync(join(root, 'schemas', name), text);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const { faults, catalog, placeOf, textOf } = await checkCatalogFolder(folder);
    const lines = faults.map((fault) => formatFault(fault, folder));
    return { lines, faults, catalog, placeOf, textOf };
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** Five documents without a fault: a person, a team, an event type, two metrics. */
export const SOUND = `
apiVersion: tidemark/v1
kind: Person
metadata: { id: anna }
spec: {}
---
apiVersion: tidemark/v1
kind: Team
metadata: { id: sales }
spec: { members: ["person:anna"] }
---
apiVersion: tidemark/v1
kind: EventType
metadata: { id: shop.order }
spec: { schema: schemas/order.avsc }
---
apiVersion: tidemark/v1
kind: Metric
metadata: { id: net, name: Net, owner: person:anna }
spec:
  type: simple
  event: shop.order
  value: data.amount
  aggregation: sum
  unit: { code: EUR, scale: 2 }
  dimensions: { store: data.store }
  breakdowns: [[], [store]]
---
apiVersion: tidemark/v1
kind: Metric
metadata: { id: buyers, name: Buyers, owner: team:sales }
spec: { type: simple, event: shop.order, value: data.store, aggregation: distinct, grains: [hour, day] }
`;

export const event = (spec: string, id = 'shop.other') => `
apiVersion: tidemark/v1
kind: EventType
metadata: { id: ${id} }
spec: ${spec}
`;
export const metric = (spec: string, metadata = 'id: m, name: M, owner: person:anna') => `
apiVersion: tidemark/v1
kind: Metric
metadata: { ${metadata} }
spec: { ${spec} }
`;
export const simple = (spec: string) =>
  metric(`type: simple, event: shop.order, unit: { code: EUR, scale: 2 }, ${spec}`);
export const derived = (spec: string) => metric(`type: derived, unit: { code: ratio }, ${spec}`);
export const rule = (spec: string) => `
apiVersion: tidemark/v1
kind: AlertRule
metadata: { id: r, name: R }
spec: { ${spec} }
`;
export const other = (kind: string, spec: string, id = 'x') => `
apiVersion: tidemark/v1
kind: ${kind}
metadata: { id: ${id} }
spec: ${spec}
`;
