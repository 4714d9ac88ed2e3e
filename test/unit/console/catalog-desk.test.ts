import { expect, test } from 'vitest';
import { createDocumentDesk } from '../../../services/console/catalog-desk.ts';
import type { DeskCommand } from '../../../services/console/catalog-desk.ts';
import { buildCatalog, documentKey, identityOf } from '../../../services/kernel/catalog/build.ts';
import { afterStep, UNBORN } from '../../../services/kernel/catalog/life.ts';
import type { DocumentLife } from '../../../services/kernel/catalog/life.ts';
import type { Json } from '../../../services/kernel/json.ts';
import { readText } from '../../../services/platform/catalog/text.ts';
import { catalogTools } from '../../../services/platform/catalog/tools.ts';
import type { CatalogSource } from '../../../services/platform/catalog/entry.ts';
import type { SecretPlaces } from '../../../services/platform/webhook/secret.ts';

const HOOK = { kind: 'Receiver', id: 'hook' };
const hook = (secret: string): string => `apiVersion: tidemark/v1
kind: Receiver
metadata: { id: hook }
spec: { type: webhook, url: "https://hooks.example/ops", secret: ${secret} }
`;

/** A desk whose log is a list: what is published is what the steps say. */
function deskOf(places: { current: SecretPlaces }) {
  let life: DocumentLife = UNBORN;
  const published: string[] = [];
  const documents = (): ReadonlyMap<string, Json> =>
    new Map(
      published.slice(-1).map((text) => {
        const json = JSON.parse(text) as Json;
        const name = identityOf(json);
        return [name ? documentKey(name) : '', json];
      }),
    );
  const desk = () =>
    createDocumentDesk({
      // A receiver has no schema: nobody asks the registry.
      source: { config: { SCHEMA_REGISTRY_URL: '' } } as CatalogSource,
      ledger: {
        current: () => ({
          lives: new Map([['Receiver/hook', life]]),
          entries: new Map(),
          refused: new Set(),
        }),
        reached: async () => undefined,
      },
      writer: {
        async append(_of, step) {
          const after = afterStep(life, step);
          if (after) life = after;
          return after !== undefined;
        },
        async publish(_of, publication) {
          published.push(publication.document);
        },
        close: async () => undefined,
      },
      published: () => {
        const all = documents();
        return { catalog: buildCatalog([...all.values()], catalogTools).catalog, documents: all };
      },
      judgeAlike: async () => [],
      now: () => 1_000,
      places: places.current,
      isOpen: false,
    });
  const tell = (person: string, command: DeskCommand) => desk().tell(HOOK, command, { person });
  return { tell, published };
}

const WIDE = { TIDEMARK_SECRETS_DIR: [], TIDEMARK_SECRETS_ENV: ['*'] };
const NARROW = { TIDEMARK_SECRETS_DIR: [], TIDEMARK_SECRETS_ENV: ['SECRET_*'] };
const REFUSED = {
  ok: false,
  error: {
    code: 'catalog_invalid',
    detail:
      'Receiver/hook spec.secret: no definition may read the environment variable PGPASSWORD: TIDEMARK_SECRETS_ENV names those that may be read',
  },
};

test('what was handed in while any secret might be named is not approved once it may not be', async () => {
  const places = { current: WIDE };
  const { tell, published } = deskOf(places);
  expect(
    await tell('person:anna', { kind: 'save', text: hook('{ env: PGPASSWORD }') }),
  ).toMatchObject({ ok: true });
  expect(await tell('person:anna', { kind: 'submit' })).toMatchObject({ ok: true });
  places.current = NARROW;
  expect(await tell('person:bo', { kind: 'approve' })).toEqual(REFUSED);
  expect(published).toEqual([]);
  places.current = WIDE;
  expect(await tell('person:bo', { kind: 'approve' })).toMatchObject({ ok: true });
  expect(published).toHaveLength(1);
});

test('nor is it published again from its history', async () => {
  const places = { current: WIDE };
  const { tell, published } = deskOf(places);
  for (const secret of ['{ env: PGPASSWORD }', '{ env: SECRET_HOOK }']) {
    await tell('person:anna', { kind: 'save', text: hook(secret) });
    await tell('person:anna', { kind: 'submit' });
    expect(await tell('person:bo', { kind: 'approve' })).toMatchObject({ ok: true });
  }
  places.current = NARROW;
  expect(await tell('person:bo', { kind: 'roll_back', revision: 3 })).toEqual(REFUSED);
  expect(published.map((text) => JSON.stringify(readText(text).json))).toEqual([
    expect.stringContaining('PGPASSWORD'),
    expect.stringContaining('SECRET_HOOK'),
  ]);
});

test('a receiver that shows its secret is saved, and neither handed in nor published', async () => {
  const { tell, published } = deskOf({ current: WIDE });
  const shown = hook('{ env: SECRET_HOOK }').replace('/ops', '/ops?token=1f2e');
  expect(await tell('person:anna', { kind: 'save', text: shown })).toMatchObject({ ok: true });
  expect(await tell('person:anna', { kind: 'submit' })).toMatchObject({
    ok: false,
    error: { detail: expect.stringContaining('its parameter token is a secret') },
  });
  expect(published).toEqual([]);
});
