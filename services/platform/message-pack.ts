/** What a script takes in one argument: texts, integers, and lists of them. */
export type Packable = string | number | readonly Packable[];

const FIXED_TEXT_MAX = 31;
const FIXED_LIST_MAX = 15;
/** A head, and a number of eight bytes. */
const HEAD_BYTES_MAX = 9;
/** Of a text in UTF-8, per UTF-16 unit. */
const BYTES_PER_UNIT_MAX = 3;

/**
 * A list as MessagePack, for Lua's `cmsgpack.unpack`: thousands of arguments of a script cost client and server several
 * times what one does. Numbers are safe integers, and become Lua's numbers.
 * @see https://github.com/msgpack/msgpack/blob/master/spec.md
 */
export function messagePack(list: readonly Packable[]): Buffer {
  const out = { bytes: Buffer.allocUnsafe(16 * 1024), at: 0 };
  write(out, list);
  return out.bytes.subarray(0, out.at);
}

type Out = { bytes: Buffer; at: number };

function write(out: Out, value: Packable): void {
  if (typeof value === 'number') return writeInteger(out, value);
  if (typeof value === 'string') return writeText(out, value);
  reserve(out, HEAD_BYTES_MAX);
  if (value.length <= FIXED_LIST_MAX) out.bytes[out.at++] = 0x90 | value.length;
  else {
    out.bytes[out.at] = 0xdd;
    out.at = out.bytes.writeUInt32BE(value.length, out.at + 1);
  }
  for (const one of value) write(out, one);
}

function writeInteger(out: Out, value: number): void {
  reserve(out, HEAD_BYTES_MAX);
  const { bytes, at } = out;
  if (value >= 0 && value < 0x80) {
    bytes[at] = value;
    out.at = at + 1;
  } else if (value >= 0 && value <= 0xffff) {
    bytes[at] = 0xcd;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value;
    out.at = at + 3;
  } else if (value === (value | 0)) {
    bytes[at] = 0xd2;
    out.at = bytes.writeInt32BE(value, at + 1);
  } else {
    bytes[at] = 0xcb;
    out.at = bytes.writeDoubleBE(value, at + 1);
  }
}

function writeText(out: Out, text: string): void {
  reserve(out, HEAD_BYTES_MAX + text.length * BYTES_PER_UNIT_MAX);
  if (text.length <= FIXED_TEXT_MAX && writeAscii(out, text)) return;
  const { bytes, at } = out;
  const size = bytes.write(text, at + 5);
  bytes[at] = 0xdb;
  bytes.writeUInt32BE(size, at + 1);
  out.at = at + 5 + size;
}

/** @returns false when it is not ASCII: nothing is written then */
function writeAscii(out: Out, text: string): boolean {
  const { bytes, at } = out;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) return false;
    bytes[at + 1 + i] = code;
  }
  bytes[at] = 0xa0 | text.length;
  out.at = at + 1 + text.length;
  return true;
}

function reserve(out: Out, more: number): void {
  if (out.at + more <= out.bytes.length) return;
  const bytes = Buffer.allocUnsafe(2 * (out.at + more));
  out.bytes.copy(bytes, 0, 0, out.at);
  out.bytes = bytes;
}
