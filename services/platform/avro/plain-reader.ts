import avro from 'avsc';
import { ByteReader } from './byte-reader.ts';
import { DecimalType } from './decimal-type.ts';
import { internedTexts } from './interned-texts.ts';
import { skipOf } from './skip.ts';
import type { AvroType } from './types.ts';

/**
 * Reads the `data` that is `bytes[from, to)`; what it gives is valid until the next is read.
 * @returns undefined unless it ends exactly at `to`
 */
export type DataReader = (
  bytes: Buffer,
  from: number,
  to: number,
) => Readonly<Record<string, unknown>> | undefined;

type Read = (reader: ByteReader) => unknown;
type Field = { readonly name: string; readonly type: AvroType };

/**
 * Reads records whose wanted fields are plain values that the writer wrote as the reader has them: a third of what avsc
 * takes, since nothing is copied and texts that come again are not made again.
 * Law: where it gives a reader, that one gives what avsc's resolver gives, for all bytes (test/property/platform/avro).
 * @param wanted the reader's record, with no fields but those that are kept
 * @returns undefined for schemas that need more (defaults, nested values, other promotions than int to long): avsc's case
 */
export function plainReader(writer: AvroType, wanted: AvroType): DataReader | undefined {
  const { RecordType } = avro.types;
  if (!(writer instanceof RecordType) || !(wanted instanceof RecordType)) return undefined;
  const left = new Map(wanted.fields.map((field) => [field.name, field]));
  const steps: ((reader: ByteReader, out: Record<string, unknown>) => void)[] = [];
  for (const { name, type } of writer.fields as readonly Field[]) {
    const field = left.get(name);
    left.delete(name);
    const read = field && readOf(type, field.type);
    if (field && !read) return undefined;
    const skip = skipOf(type);
    steps.push(read ? (reader, out) => void (out[name] = read(reader)) : skip);
  }
  if (left.size > 0) return undefined;

  const reader = new ByteReader();
  const out: Record<string, unknown> = {};
  return (bytes, from, to) => {
    reader.bytes = bytes;
    reader.position = from;
    reader.to = to;
    try {
      for (const step of steps) step(reader, out);
    } catch (error) {
      // Values nested deeper than the stack.
      if (error instanceof RangeError) return undefined;
      throw error;
    }
    return reader.position === to ? out : undefined;
  };
}

/** How a value is read that was written as `writer` and is wanted as `wanted`. */
function readOf(writer: AvroType, wanted: AvroType): Read | undefined {
  const { types } = avro;
  if (writer instanceof types.StringType && wanted instanceof types.StringType) return readText();
  if (writer instanceof types.BooleanType && wanted instanceof types.BooleanType)
    return (reader) => reader.byte() !== 0;
  if (writer instanceof types.IntType)
    return wanted instanceof types.IntType || wanted instanceof types.LongType
      ? (reader) => reader.int()
      : undefined;
  if (writer instanceof types.LongType && wanted instanceof types.LongType)
    return (reader) => reader.long();
  if (writer instanceof types.EnumType && wanted instanceof types.EnumType)
    return readSymbol(writer, wanted);
  if (writer instanceof DecimalType && wanted instanceof DecimalType)
    return readDecimal(writer, wanted);
  if (writer instanceof types.UnwrappedUnionType && wanted instanceof types.UnwrappedUnionType)
    return readNullable(writer, wanted);
  return undefined;
}

function readText(): Read {
  const textOf = internedTexts();
  return (reader) => {
    const length = reader.long();
    const from = reader.position;
    reader.advance(length);
    if (reader.position > reader.to) return '';
    const text = textOf(reader.bytes, from, reader.position);
    if (text === undefined) reader.fail();
    return text;
  };
}

function readSymbol(writer: avro.types.EnumType, wanted: avro.types.EnumType): Read | undefined {
  const { symbols } = writer;
  const isSame =
    writer.name === wanted.name && symbols.every((symbol) => wanted.symbols.includes(symbol));
  if (!isSame) return undefined;
  return (reader) => {
    const symbol = symbols[reader.long()];
    if (symbol === undefined) reader.fail();
    return symbol;
  };
}

/** Of bytes, at one scale. */
function readDecimal(writer: DecimalType, wanted: DecimalType): Read | undefined {
  const { BytesType } = avro.types;
  const isOfBytes = [writer, wanted].every((type) => type.underlyingType instanceof BytesType);
  if (!isOfBytes || writer.scale !== wanted.scale) return undefined;
  return (reader) => {
    const length = reader.long();
    const from = reader.position;
    reader.advance(length);
    if (reader.position > reader.to) return 0;
    const end = reader.position;
    reader.position = from;
    return reader.integerUpTo(end);
  };
}

/** A union of null and one other, in either order, alike on both sides. */
function readNullable(
  writer: avro.types.UnwrappedUnionType,
  wanted: avro.types.UnwrappedUnionType,
): Read | undefined {
  const partsOf = ({ types }: avro.types.UnwrappedUnionType) =>
    types.filter((type) => !(type instanceof avro.types.NullType));
  const [[written, ...otherWritten], [kept, ...otherKept]] = [partsOf(writer), partsOf(wanted)];
  const isNullable = writer.types.length === 2 && wanted.types.length === 2;
  if (!isNullable || !written || !kept || otherWritten.length + otherKept.length > 0)
    return undefined;
  const read = readOf(written, kept);
  const nullAt = writer.types.indexOf(written) === 0 ? 1 : 0;
  if (!read) return undefined;
  return (reader) => {
    const branch = reader.long();
    if (branch === nullAt) return null;
    if (branch === 1 - nullAt) return read(reader);
    reader.fail();
    return null;
  };
}
