import type { Json } from '../../kernel/json.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import type { SchemaStore } from '../schema-registry.ts';
import { avroType } from './types.ts';
import type { AvroResolver, AvroType } from './types.ts';

const HEADER_BYTES = 5;
const MAGIC = 0;

/** Confluent framing: a zero byte, the schema id as big-endian 32-bit integer, then Avro binary. */
export function frame(schemaId: number, body: Buffer): Buffer {
  const out = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  out[0] = MAGIC;
  out.writeInt32BE(schemaId, 1);
  body.copy(out, HEADER_BYTES);
  return out;
}

const SCRATCH_BYTES = 16 * 1024;

/**
 * Writes values of one type in Confluent framing, each with one copy: `frame(schemaId, type.toBuffer(value))` makes three
 * buffers of it, one of them zeroed memory outside Node's pool.
 */
export function framed(schemaId: number, type: AvroType): (value: unknown) => Buffer {
  let scratch = frame(schemaId, Buffer.allocUnsafe(SCRATCH_BYTES));
  return (value) => {
    let end = type.encode(value, scratch, HEADER_BYTES);
    if (end < 0) {
      // What it lacks, negative.
      scratch = frame(schemaId, Buffer.allocUnsafe(2 * (scratch.length - end)));
      end = type.encode(value, scratch, HEADER_BYTES);
    }
    const out = Buffer.allocUnsafe(end);
    scratch.copy(out, 0, 0, end);
    return out;
  };
}

/** @returns the schema id of a framed value, or undefined when there is no frame */
export const frameSchemaId = (value: Uint8Array | null): number | undefined =>
  value ? frameSchemaIdAt(value, 0, value.length) : undefined;

/** As `frameSchemaId`, of the value that is `bytes[from, to)`; `from` below 0 is no value. */
export function frameSchemaIdAt(bytes: Uint8Array, from: number, to: number): number | undefined {
  if (from < 0 || to - from < HEADER_BYTES || bytes[from] !== MAGIC) return undefined;
  const id =
    ((bytes[from + 1] as number) << 24) |
    ((bytes[from + 2] as number) << 16) |
    ((bytes[from + 3] as number) << 8) |
    (bytes[from + 4] as number);
  return id > 0 ? id : undefined;
}
export const FRAME_BYTES = HEADER_BYTES;

/** Encodes and decodes one of our own topics: writes with the schema given, reads any compatible writer's. */
export type Codec<T> = {
  readonly encode: (value: T) => Buffer;
  /** Err holds why the bytes are not a record of this kind. @throws registry_unavailable */
  readonly decode: (value: Buffer) => Promise<Result<T, string>>;
};

/** Registers the schema under `subject` and opens its codec. @throws registry_unavailable, schema_invalid */
export async function openCodec<T>(
  store: SchemaStore,
  options: { subject: string; schema: Json },
): Promise<Codec<T>> {
  const reader = avroType(options.schema);
  const ownId = await store.register(options.subject, options.schema);
  /** By writer id: how its records become ours, or why they do not. */
  const resolvers = new Map<number, Result<AvroResolver | undefined, string>>([
    [ownId, ok(undefined)],
  ]);

  const resolverOf = async (id: number): Promise<Result<AvroResolver | undefined, string>> => {
    const known = resolvers.get(id);
    if (known) return known;
    const writer = await store.schemaById(id);
    if (writer === undefined) return err(`schema id ${id} is not in the registry`);
    const resolver = resolve(reader, writer);
    resolvers.set(id, resolver);
    return resolver;
  };

  return {
    encode: framed(ownId, reader),
    async decode(value) {
      const id = frameSchemaId(value);
      if (id === undefined) return err('no Confluent frame');
      const resolver = await resolverOf(id);
      if (!resolver.ok) return resolver;
      try {
        return ok(reader.fromBuffer(value.subarray(HEADER_BYTES), resolver.value as never) as T);
      } catch (error) {
        return err((error as Error).message);
      }
    },
  };
}

/** A newer or a foreign writer's schema need not resolve: the policy speaks of older ones only. */
function resolve(reader: AvroType, writer: Json): Result<AvroResolver, string> {
  try {
    return ok(reader.createResolver(avroType(writer)));
  } catch (error) {
    return err(`the writer schema does not resolve to ours: ${(error as Error).message}`);
  }
}
