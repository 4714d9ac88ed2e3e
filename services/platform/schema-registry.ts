import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { TidemarkError } from '../kernel/errors.ts';
import { canonicalJson } from '../kernel/json.ts';
import type { Json } from '../kernel/json.ts';

/** Schemas by subject and id. Known ids are answered from memory; unknown ones are remembered as unknown for a while. */
export type SchemaStore = {
  /** Registers (or finds) the schema under the subject. @throws registry_unavailable; schema_invalid when it is not compatible */
  readonly register: (subject: string, schema: Json) => Promise<number>;
  /** @returns undefined when the registry knows no such id. @throws registry_unavailable */
  readonly schemaById: (id: number) => Promise<Json | undefined>;
};

const UNKNOWN_ID_TTL_MS = 60_000;
/** More than a registry answers in a minute one after the other, so that a flood asks for no id twice in it; some 8 MB. */
const UNKNOWN_IDS_MAX = 200_000;

export function createSchemaStore(url: string, now: () => number): SchemaStore {
  const registry = new SchemaRegistry({
    host: url,
    retry: { retries: 2, initialRetryTimeInSecs: 0.1, maxRetryTimeInSecs: 1 },
  });
  const known = new Map<number, Promise<Json | undefined>>();
  const unknownUntil = new Map<number, number>();
  const registered = new Map<string, Promise<number>>();

  const load = async (id: number): Promise<Json | undefined> => {
    try {
      const response = await fetch(`${url}/schemas/ids/${id}`, {
        signal: AbortSignal.timeout(5_000),
      });
      if (response.status === 404) {
        unknownUntil.delete(id);
        unknownUntil.set(id, now() + UNKNOWN_ID_TTL_MS);
        const [oldest] = unknownUntil.keys();
        if (unknownUntil.size > UNKNOWN_IDS_MAX) unknownUntil.delete(oldest ?? id);
        return undefined;
      }
      if (!response.ok) throw new Error(`status ${response.status}`);
      const body = (await response.json()) as { schema: string };
      return JSON.parse(body.schema) as Json;
    } catch (cause) {
      throw new TidemarkError('registry_unavailable', `schema registry did not give schema ${id}`, {
        cause,
      });
    }
  };

  return {
    register(subject, schema) {
      const key = `${subject} ${canonicalJson(schema)}`;
      const pending =
        registered.get(key) ??
        registerSchema(registry, subject, schema).catch((cause: unknown) => {
          registered.delete(key);
          throw registerError(subject, cause);
        });
      registered.set(key, pending);
      return pending;
    },
    async schemaById(id) {
      const until = unknownUntil.get(id);
      if (until !== undefined && until > now()) return undefined;
      const pending = known.get(id) ?? load(id);
      known.set(id, pending);
      try {
        const schema = await pending;
        if (schema === undefined) known.delete(id);
        return schema;
      } catch (error) {
        known.delete(id);
        throw error;
      }
    },
  };
}

const ATTEMPTS_MAX = 6;
const RETRY_AFTER_MS = 50;
/** What is met where another process makes the same subject at this moment: its rule is there already, or not yet. */
const RACE = /already exists|compatibility does not match/i;

async function registerSchema(
  registry: SchemaRegistry,
  subject: string,
  schema: Json,
): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      // The registry numbers one schema twice when its keys come in another order, as they do by way of the catalogue.
      const confluent = { type: SchemaType.AVRO, schema: canonicalJson(schema) } as const;
      return (await registry.register(confluent, { subject })).id;
    } catch (error) {
      if (!RACE.test((error as Error).message) || attempt >= ATTEMPTS_MAX) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS * attempt));
    }
  }
}

function registerError(subject: string, cause: unknown): TidemarkError {
  const status = (cause as { status?: number }).status;
  if (status === 409 || status === 422)
    return new TidemarkError(
      'schema_invalid',
      `the registry refuses the schema of ${subject}: ${(cause as Error).message}`,
      { cause },
    );
  return new TidemarkError(
    'registry_unavailable',
    `the schema registry did not register ${subject}: ${(cause as Error).message}`,
    { cause },
  );
}
