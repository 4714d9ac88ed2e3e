import { strictText } from './strict-text.ts';

const SLOTS = 1 << 10;
const BYTES_MAX = 32;

/**
 * Texts of one field as strings that are made once while they come again soon: members of dimensions are few. Texts that
 * are longer, or whose two slots others took, are made anew. 45 kB.
 * @returns undefined where the bytes are no UTF-8
 */
export type InternedTexts = (bytes: Buffer, from: number, to: number) => string | undefined;

export function internedTexts(): InternedTexts {
  const texts: string[] = Array.from({ length: SLOTS }, () => '');
  const lengths = new Uint8Array(SLOTS);
  const kept = new Uint8Array(SLOTS * BYTES_MAX);

  /** Whether the slot holds the text of this length that begins there. */
  const isAt = (slot: number, bytes: Buffer, range: { from: number; length: number }): boolean => {
    const { from, length } = range;
    if (lengths[slot] !== length) return false;
    const at = slot * BYTES_MAX;
    for (let i = 0; i < length; i++) if (kept[at + i] !== bytes[from + i]) return false;
    return true;
  };

  return (bytes, from, to) => {
    const length = to - from;
    if (length > BYTES_MAX) return strictText(bytes, from, to);
    const range = { from, length };
    // FNV-1a, 32 bits.
    let hash = 0x811c9dc5;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
    const first = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    if (isAt(first, bytes, range)) return texts[first] as string;
    const second = first ^ 1;
    if (isAt(second, bytes, range)) return texts[second] as string;
    const text = strictText(bytes, from, to);
    if (text === undefined) return undefined;
    // Texts that come again by turns keep a slot each.
    const slot = lengths[first] === 0 ? first : second;
    const at = slot * BYTES_MAX;
    texts[slot] = text;
    lengths[slot] = length;
    for (let i = 0; i < length; i++) kept[at + i] = bytes[from + i] as number;
    return text;
  };
}
