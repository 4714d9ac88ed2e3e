import { ENVELOPE_HEAD_FIELDS } from '../../kernel/envelope.ts';
import type { Json } from '../../kernel/json.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import { plainReader } from './plain-reader.ts';
import type { DataReader } from './plain-reader.ts';
import { avroType } from './types.ts';

type RecordSchema = {
  readonly type: string;
  readonly name: string;
  readonly namespace?: string;
  readonly fields: readonly { readonly name: string; readonly type: Json }[];
};
/** avsc reads a value at a position; its types do not say so. */
type PositionedType = {
  decode: (
    bytes: Buffer,
    position: number,
    resolver?: object,
  ) => { value: unknown; offset: number };
};

/**
 * Reads the `data` of envelopes written with `writer`, projected to the fields that are needed: unread fields are
 * skipped, not decoded.
 * @param reader the event type's own record schema   @param fields top-level fields to keep
 * @returns why records of this writer cannot be read, or a function that gives undefined unless the value ends exactly
 *   at the end of the bytes
 */
export function envelopeReader(
  writer: Json,
  reader: Json,
  fields: ReadonlySet<string>,
): Result<DataReader, string> {
  const envelope = writer as RecordSchema;
  if (envelope.type !== 'record' || !Array.isArray(envelope.fields))
    return err('the writer schema is no envelope record');
  const names = envelope.fields.map(({ name }) => name);
  if (
    names.length !== ENVELOPE_HEAD_FIELDS.length ||
    names.some((name, i) => name !== ENVELOPE_HEAD_FIELDS[i])
  )
    return err(`the writer schema is no envelope: its fields are ${names.join(', ')}`);
  try {
    const data = envelope.fields.at(-1)?.type ?? null;
    const full = reader as RecordSchema;
    const projected = { ...full, fields: full.fields.filter(({ name }) => fields.has(name)) };
    const type = avroType(projected as unknown as Json);
    const written = avroType(data);
    const resolver = type.createResolver(written);
    const plain = plainReader(written, type);
    if (plain) return ok(plain);
    const positioned = type as unknown as PositionedType;
    return ok((bytes, from, to) => {
      try {
        const { value, offset } = positioned.decode(bytes, from, resolver);
        return offset === to ? (value as Readonly<Record<string, unknown>>) : undefined;
      } catch (error) {
        // A value that the schema forbids (an unknown enum symbol, a long beyond 2^53) is the record's fault.
        if (error instanceof Error) return undefined;
        throw error;
      }
    });
  } catch (error) {
    return err(
      `the writer schema does not resolve to the event type's: ${(error as Error).message}`,
    );
  }
}

/** Reads heartbeats (schemas/tidemark/heartbeat.avsc). @returns undefined when `writer` is no heartbeat schema */
export function heartbeatReader(
  writer: Json,
):
  | ((
      bytes: Buffer,
      from: number,
      to: number,
    ) => { instance: string; oldestAcceptedMs: number } | undefined)
  | undefined {
  const { name, namespace } = writer as unknown as RecordSchema;
  if (name !== 'tidemark.Heartbeat' && !(name === 'Heartbeat' && namespace === 'tidemark'))
    return undefined;
  const type = avroType(writer);
  return (bytes, from, to) => {
    try {
      const { instance, oldestAccepted } = type.fromBuffer(bytes.subarray(from, to)) as {
        instance: string;
        oldestAccepted: number;
      };
      return { instance, oldestAcceptedMs: oldestAccepted };
    } catch (error) {
      if (error instanceof Error) return undefined;
      throw error;
    }
  };
}
