import { readFileSync } from 'node:fs';
import type { Json } from '../../kernel/json.ts';
import { systemTopic } from '../../kernel/topics.ts';
import { openCodec } from '../avro/codec.ts';
import type { Codec } from '../avro/codec.ts';
import type { Platform } from '../platform.ts';

/** A record of the `catalog` topic; `document` is canonical JSON, `at` epoch ms. Its key is `kind/id`. */
export type CatalogEntry = {
  readonly kind: string;
  readonly id: string;
  readonly state: 'draft' | 'in_review' | 'published' | 'retired';
  readonly document: string;
  readonly origin: 'file' | 'console';
  readonly author: string;
  readonly at: number;
};

/** What the catalogue's topic is reached with. */
export type CatalogSource = Pick<Platform, 'config' | 'logger' | 'kafka' | 'schemas'>;

const SCHEMA = new URL('../../../schemas/tidemark/catalog-entry.avsc', import.meta.url);

/** @throws registry_unavailable */
export function openEntryCodec({ config, schemas }: CatalogSource): Promise<Codec<CatalogEntry>> {
  const schema = JSON.parse(readFileSync(SCHEMA, 'utf8')) as Json;
  const topic = systemTopic(config.TIDEMARK_TOPIC_PREFIX, 'catalog');
  return openCodec<CatalogEntry>(schemas, { subject: `${topic}-value`, schema });
}
