import { expect, it } from 'vitest';
import { createSchemaStore } from '../../../services/platform/schema-registry.ts';
import { servers, uniquePrefix } from '../../support/servers.ts';

const PROCESSES = 8;

it('processes that register a new subject at the same moment all get its one id', async () => {
  const schema = { type: 'record', name: 'R', fields: [{ name: 'a', type: 'string' }] } as const;
  for (let round = 0; round < 3; round++) {
    const subject = `${uniquePrefix()}topic-value`;
    const stores = Array.from({ length: PROCESSES }, () =>
      createSchemaStore(servers().registryUrl, Date.now),
    );
    const ids = await Promise.all(stores.map((store) => store.register(subject, schema)));
    expect(new Set(ids).size).toBe(1);
  }
});

it('one schema has one id, in whatever order its keys come', async () => {
  const subject = `${uniquePrefix()}order-value`;
  const fields = [{ name: 'id', type: 'string' }];
  const stores = [0, 1].map(() => createSchemaStore(servers().registryUrl, Date.now));
  const first = await stores[0]?.register(subject, { type: 'record', name: 'Order', fields });
  const second = await stores[1]?.register(subject, { fields, name: 'Order', type: 'record' });
  expect(second).toBe(first);
});
