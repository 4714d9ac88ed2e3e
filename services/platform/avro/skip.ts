import avro from 'avsc';
import type { ByteReader } from './byte-reader.ts';
import type { AvroType } from './types.ts';

/** Moves over one value. */
export type Skip = (reader: ByteReader) => void;

/** How values of a type are passed over, undecoded. @see Apache Avro 1.12 specification, Binary Encoding */
export function skipOf(type: AvroType, known = new Map<AvroType, Skip>()): Skip {
  const before = known.get(type);
  if (before) return before;
  // A type that holds itself meets this one while it is being made.
  known.set(type, (reader) => made(reader));
  const made = makeSkip(type, (part) => skipOf(part, known));
  known.set(type, made);
  return made;
}

const { types } = avro;
const skipVarint: Skip = (reader) => reader.skipVarint();
const skipCounted: Skip = (reader) => reader.advance(reader.long());

function makeSkip(type: AvroType, of: (part: AvroType) => Skip): Skip {
  if (type instanceof types.LogicalType) return of(type.underlyingType);
  if (type instanceof types.NullType) return () => {};
  if (type instanceof types.BooleanType) return (reader) => reader.advance(1);
  if (type instanceof types.FloatType) return (reader) => reader.advance(4);
  if (type instanceof types.DoubleType) return (reader) => reader.advance(8);
  if (type instanceof types.StringType || type instanceof types.BytesType) return skipCounted;
  if (type instanceof types.FixedType) {
    const { size } = type;
    return (reader) => reader.advance(size);
  }
  if (type instanceof types.RecordType) {
    const parts = type.fields.map((field) => of(field.type));
    return (reader) => {
      for (const skip of parts) skip(reader);
    };
  }
  if (type instanceof types.ArrayType) return skipBlocks(of(type.itemsType));
  if (type instanceof types.MapType) {
    const skipValue = of(type.valuesType);
    return skipBlocks((reader) => {
      skipCounted(reader);
      skipValue(reader);
    });
  }
  if (type instanceof types.UnwrappedUnionType) {
    const branches = type.types.map(of);
    return (reader) => {
      const branch = branches[reader.long()];
      if (branch) branch(reader);
      else reader.fail();
    };
  }
  // int, long, enum.
  return skipVarint;
}

/** Blocks of items until an empty one. One with a negative count states its bytes. */
const skipBlocks =
  (skipItem: Skip): Skip =>
  (reader) => {
    for (let count = reader.long(); count !== 0; count = reader.long()) {
      if (count < 0) skipCounted(reader);
      for (let i = 0; i < count && reader.position <= reader.to; i++) skipItem(reader);
      if (reader.position > reader.to) return;
    }
  };
