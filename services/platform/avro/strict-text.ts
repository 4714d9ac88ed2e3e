import { isUtf8 } from 'node:buffer';
import avro from 'avsc';

const REPLACEMENT = '\uFFFD';

/**
 * The text that is `bytes[from, to)`. Decoders put U+FFFD in place of what is no UTF-8, so that different bytes become one
 * text: only where it stands there are the bytes looked at.
 * @returns undefined where the bytes are no UTF-8
 */
export function strictText(bytes: Buffer, from: number, to: number): string | undefined {
  const text = bytes.toString('utf8', from, to);
  return text.includes(REPLACEMENT) && !isUtf8(bytes.subarray(from, to)) ? undefined : text;
}

/** What avsc reads from; its types do not say so. */
type Tap = { readonly buf: Buffer; pos: number; readonly readString: () => string | undefined };

/** Avro's `string`, which avsc decodes leniently. Throws where the bytes are no UTF-8. */
export class StrictStringType extends avro.types.StringType {
  protected _read(tap: Tap): string | undefined {
    const from = tap.pos;
    const text = tap.readString();
    if (
      text?.includes(REPLACEMENT) &&
      !isUtf8(tap.buf.subarray(afterLength(tap.buf, from), tap.pos))
    )
      throw new Error('a string that is no UTF-8');
    return text;
  }
}

/** Past the varint that begins at `position`. */
function afterLength(bytes: Uint8Array, position: number): number {
  let at = position;
  while ((bytes[at] as number) & 0x80) at++;
  return at + 1;
}
