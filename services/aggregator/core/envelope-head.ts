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

let position = 0;

/**
 * Fills `out` from `bytes` starting at `from`.
 * @returns false when the bytes are no envelope head (truncated, a length below 0, a varint too long)
 */
export function readEnvelopeHead(bytes: Uint8Array, from: number, out: EnvelopeRanges): boolean {
  position = from;
  const idLength = readLong(bytes);
  if (!skip(bytes, idLength)) return false;
  out.idTo = position;
  out.idFrom = position - idLength;
  const sourceLength = readLong(bytes);
  if (!skip(bytes, sourceLength)) return false;
  out.sourceTo = position;
  out.sourceFrom = position - sourceLength;
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
  if (subjectBranch === 1) {
    const length = readLong(bytes);
    if (!skip(bytes, length)) return false;
    out.subjectTo = position;
    out.subjectFrom = position - length;
  } else {
    out.subjectFrom = -1;
    out.subjectTo = -1;
  }
  out.dataFrom = position;
  return position <= bytes.length;
}

function skip(bytes: Uint8Array, length: number): boolean {
  if (!(length >= 0) || position + length > bytes.length) return false;
  position += length;
  return true;
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
