/**
 * Reads what stands before `data` in an envelope (kernel/envelope.ts), by position: identity and checksum need byte
 * ranges, not strings, and most of these strings are never looked at.
 * @see Apache Avro 1.12 specification, Binary Encoding: zig-zag varints, length-prefixed strings, union index first
 */
export type EnvelopeRanges = {
  idFrom: number;
  idTo: number;
  sourceFrom: number;
  sourceTo: number;
  ingestedAt: number | null;
  historical: boolean;
  /** Start of what the payload checksum covers: time, subject, data. */
  payloadFrom: number;
  time: number | null;
  /** −1 when there is no subject. */
  subjectFrom: number;
  subjectTo: number;
  dataFrom: number;
};

export const emptyRanges = (): EnvelopeRanges => ({
  idFrom: 0,
  idTo: 0,
  sourceFrom: 0,
  sourceTo: 0,
  ingestedAt: null,
  historical: false,
  payloadFrom: 0,
  time: null,
  subjectFrom: -1,
  subjectTo: -1,
  dataFrom: 0,
});

type Bytes = { readonly bytes: Uint8Array; readonly from: number; readonly to: number };

let position = 0;

/**
 * Fills `out` from the envelope that is `bytes[from, to)`.
 * @returns false when the bytes are no envelope head (truncated, a length below 0, a varint too long)
 */
export function readEnvelopeHead({ bytes, from, to }: Bytes, out: EnvelopeRanges): boolean {
  position = from;
  out.idTo = skipText(bytes, to);
  out.idFrom = textFrom;
  if (out.idTo < 0) return false;
  out.sourceTo = skipText(bytes, to);
  out.sourceFrom = textFrom;
  if (out.sourceTo < 0) return false;
  const ingestedAt = readOptionalLong(bytes);
  if (ingestedAt === undefined) return false;
  out.ingestedAt = ingestedAt;
  const flag = bytes[position++];
  if (flag !== 0 && flag !== 1) return false;
  out.historical = flag === 1;
  out.payloadFrom = position;
  const time = readOptionalLong(bytes);
  if (time === undefined) return false;
  out.time = time;
  const subjectBranch = readLong(bytes);
  if (subjectBranch !== 0 && subjectBranch !== 1) return false;
  out.subjectTo = subjectBranch === 1 ? skipText(bytes, to) : -1;
  out.subjectFrom = subjectBranch === 1 ? textFrom : -1;
  if (subjectBranch === 1 && out.subjectTo < 0) return false;
  out.dataFrom = position;
  return position <= to;
}

let textFrom = 0;

/** Skips a length-prefixed text that begins at `textFrom`. @returns its end, −1 when it does not end by `to` */
function skipText(bytes: Uint8Array, to: number): number {
  const length = readLong(bytes);
  if (!(length >= 0) || position + length > to) return -1;
  textFrom = position;
  position += length;
  return position;
}

function readOptionalLong(bytes: Uint8Array): number | null | undefined {
  const branch = readLong(bytes);
  if (branch === 0) return null;
  if (branch !== 1) return undefined;
  const value = readLong(bytes);
  return Number.isNaN(value) ? undefined : value;
}

/** A zig-zag varint; NaN when truncated or beyond the safe integers. */
function readLong(bytes: Uint8Array): number {
  const first = bytes[position];
  if (first !== undefined && first < 0x80) {
    position++;
    return (first >>> 1) ^ -(first & 1);
  }
  return readLongOfMany(bytes);
}

function readLongOfMany(bytes: Uint8Array): number {
  let unsigned = 0;
  let factor = 1;
  for (let i = 0; i < 8; i++) {
    const byte = bytes[position++];
    if (byte === undefined) return Number.NaN;
    unsigned += (byte & 0x7f) * factor;
    if (byte < 0x80) return unsigned % 2 === 0 ? unsigned / 2 : -(unsigned + 1) / 2;
    factor *= 128;
  }
  return Number.NaN;
}
