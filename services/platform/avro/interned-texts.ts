import { strictText } from './strict-text.ts';

const SLOTS = 1 << 10;
const BYTES_MAX = 32;

/**
 * Texts of one field as strings that are made once while they come again soon: members of dimensions are few. Texts that
 * are longer, or whose slot another one took, are made anew. 45 kB.
 * @returns undefined where the bytes are no UTF-8
 */
export type InternedTexts = (bytes: Buffer, from: number, to: number) => string | undefined;

export function internedTexts(): InternedTexts {
  const texts: string[] = Array.from({ length: SLOTS }, () => '');
  const lengths = new Uint8Array(SLOTS);
  const kept = new Uint8Array(SLOTS * BYTES_MAX);

  return (bytes, from, to) => {
    const length = to - from;
    if (length > BYTES_MAX) return strictText(bytes, from, to);
    // FNV-1a, 32 bits.
    let hash = 0x811c9dc5;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const at = slot * BYTES_MAX;
    let isSame = lengths[slot] === length;
    for (let i = 0; isSame && i < length; i++) isSame = kept[at + i] === bytes[from + i];
    if (isSame) return texts[slot] as string;
    const text = strictText(bytes, from, to);
    if (text === undefined) return undefined;
    texts[slot] = text;
    lengths[slot] = length;
    for (let i = 0; i < length; i++) kept[at + i] = bytes[from + i] as number;
    return text;
  };
}
