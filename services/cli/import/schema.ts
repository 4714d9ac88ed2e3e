import { TidemarkError } from '../../kernel/errors.ts';
import type { Json } from '../../kernel/json.ts';
import { eventTopic } from '../../kernel/topics.ts';
import type { Config } from '../../platform/config.ts';

const TIMEOUT_MS = 5_000;

/**
 * The record schema of an event type's data, as the registry has it under the topic's subject.
 * @throws type_unknown, registry_unavailable; config_invalid when there is no address of a registry
 */
export async function dataSchemaOf(config: Config, eventType: string): Promise<Json> {
  if (!config.SCHEMA_REGISTRY_URL)
    throw new TidemarkError(
      'config_invalid',
      'no address of the schema registry: set SCHEMA_REGISTRY_URL, or start the embedded servers with npm start',
    );
  const subject = `${eventTopic(config.TIDEMARK_TOPIC_PREFIX, eventType)}-value`;
  const url = `${config.SCHEMA_REGISTRY_URL}/subjects/${encodeURIComponent(subject)}/versions/latest`;
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (cause) {
    throw new TidemarkError('registry_unavailable', 'the schema registry did not answer', {
      cause,
    });
  }
  if (response.status === 404)
    throw new TidemarkError('type_unknown', `no event type ${eventType} is published`);
  if (!response.ok)
    throw new TidemarkError(
      'registry_unavailable',
      `the schema registry answered ${response.status}`,
    );
  const { schema } = (await response.json()) as { readonly schema: string };
  const { fields } = JSON.parse(schema) as {
    readonly fields: readonly { readonly name: string; readonly type: Json }[];
  };
  const data = fields.find(({ name }) => name === 'data')?.type;
  if (data === undefined)
    throw new TidemarkError('schema_unknown', `the schema of ${subject} is no event envelope`);
  return data;
}
