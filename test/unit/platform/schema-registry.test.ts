import { afterEach, describe, expect, test } from 'vitest';
import { createSchemaStore } from '../../../services/platform/schema-registry.ts';
import { fakeRegistry, notFound, schemaAnswer } from '../../support/fake-registry.ts';
import type { FakeRegistry } from '../../support/fake-registry.ts';

const MINUTE = 60_000;
const KNOWN = 7;
let registry: FakeRegistry;
let now: number;
const open = async (answer: Parameters<typeof fakeRegistry>[0]) => {
  registry = await fakeRegistry(answer);
  now = 0;
  return createSchemaStore(registry.url, () => now);
};
afterEach(() => registry.close());

describe('F-066 a flood of ids that nobody registered', () => {
  test('asks the registry once a minute for each id, however many records and ids there are', async () => {
    const store = await open((_, response) => notFound(response));
    const ids = Array.from({ length: 12_000 }, (_, i) => i + 1);
    for (let round = 0; round < 3; round++) {
      for (let from = 0; from < ids.length; from += 200)
        await Promise.all(ids.slice(from, from + 200).map((id) => store.schemaById(id)));
      now += MINUTE / 3 - 1;
    }
    expect(registry.askedInAll()).toBe(ids.length);
    now = MINUTE + 1;
    await store.schemaById(1);
    expect(registry.asked(1)).toBe(2);
  });

  test('asks once for an id that many records bring at the same moment', async () => {
    const store = await open((_, response) => notFound(response));
    await Promise.all(Array.from({ length: 100 }, () => store.schemaById(3)));
    expect(registry.asked(3)).toBe(1);
  });

  test('keeps no id unknown for longer than a minute once it is registered', async () => {
    let isThere = false;
    const store = await open((_, response) =>
      isThere ? schemaAnswer(response, 'string') : notFound(response),
    );
    expect(await store.schemaById(KNOWN)).toBeUndefined();
    isThere = true;
    now = MINUTE - 1;
    expect(await store.schemaById(KNOWN)).toBeUndefined();
    now = MINUTE + 1;
    expect(await store.schemaById(KNOWN)).toBe('string');
  });
});

describe('F-067 a registry that fails leaves known ids at work and makes unknown ones wait', () => {
  type Answer = Parameters<typeof fakeRegistry>[0];
  const wrong: readonly (readonly [string, Answer])[] = [
    ['is down', (_, response) => response.destroy()],
    ['says 500', (_, response) => response.writeHead(500).end('oops')],
    ['says 500 with a schema', (_, response) => schemaAnswer(response.writeHead(500), 'int')],
    ['says 503 with a page', (_, response) => response.writeHead(503).end('<html></html>')],
    ['answers with a page of its proxy', (_, response) => response.end('<html></html>')],
    ['answers with other JSON', (_, response) => response.end('{"hello":1}')],
    ['answers with a schema that is no JSON', (_, response) => response.end('{"schema":"{"}')],
  ];
  test.each(wrong)(
    'a registry that %s is waited for, and calls no id unknown',
    async (_, answer) => {
      let isWell = true;
      const store = await open((id, response) =>
        isWell ? schemaAnswer(response, 'string') : answer(id, response),
      );
      expect(await store.schemaById(KNOWN)).toBe('string');
      isWell = false;
      expect(await store.schemaById(KNOWN)).toBe('string');
      await expect(store.schemaById(8)).rejects.toMatchObject({ code: 'registry_unavailable' });
      isWell = true;
      expect(await store.schemaById(8)).toBe('string');
    },
  );

  test('a registry that takes requests and says nothing is given up on within its time', async () => {
    const store = await open((id, response) => {
      if (id === KNOWN) schemaAnswer(response, 'string');
    });
    await store.schemaById(KNOWN);
    const startedMs = performance.now();
    const waiting = store.schemaById(8).catch((error: unknown) => error);
    expect(await store.schemaById(KNOWN)).toBe('string');
    expect(performance.now() - startedMs).toBeLessThan(4_000);
    expect(await waiting).toMatchObject({ code: 'registry_unavailable' });
    expect(performance.now() - startedMs).toBeLessThan(30_000);
  });
});
