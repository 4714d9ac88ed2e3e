import { TidemarkError } from '../../kernel/errors.ts';
import type { Json } from '../../kernel/json.ts';
import { avroType } from '../avro/types.ts';

const ANSWER_WITHIN_MS = 5_000;

/**
 * Asks the registry whether a schema may follow the latest one of its subject; nothing is registered.
 * @returns why not, or undefined; a subject that does not exist takes any schema
 * @throws registry_unavailable
 * @see Confluent Schema Registry API, POST /compatibility/subjects/(subject)/versions/(version)
 */
export async function compatibilityFault(
  registryUrl: string,
  { subject, schema }: { subject: string; schema: Json },
): Promise<string | undefined> {
  const path = `/compatibility/subjects/${encodeURIComponent(subject)}/versions/latest?verbose=true`;
  try {
    const response = await fetch(`${registryUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ schema: JSON.stringify(schema), schemaType: 'AVRO' }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (response.status === 404) return undefined;
    const body = (await response.json()) as Answer;
    if (response.status === 422) return `${subject}: ${body.message ?? 'not a valid schema'}`;
    if (!response.ok) throw new Error(`status ${response.status}`);
    if (body.is_compatible !== false) return undefined;
    const reason = body.messages?.[0] ?? (await avroReason(registryUrl, { subject, schema }));
    return `${subject}: records written before could not be read any more (${reason})`;
  } catch (cause) {
    throw new TidemarkError(
      'registry_unavailable',
      `the schema registry did not check ${subject}`,
      {
        cause,
      },
    );
  }
}

/** Registries need not say why; the resolution of the latest schema by the new one does. */
async function avroReason(
  registryUrl: string,
  { subject, schema }: { subject: string; schema: Json },
): Promise<string> {
  const response = await fetch(
    `${registryUrl}/subjects/${encodeURIComponent(subject)}/versions/latest`,
    { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) },
  );
  const latest = (await response.json()) as { schema: string };
  try {
    avroType(schema).createResolver(avroType(JSON.parse(latest.schema) as Json));
    return 'the registry says no more';
  } catch (error) {
    return (error as Error).message;
  }
}

type Answer = {
  readonly is_compatible?: boolean;
  readonly messages?: readonly string[];
  readonly message?: string;
};
