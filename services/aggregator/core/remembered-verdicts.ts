import { invariant } from '../../kernel/result.ts';
import type { EpochMs } from '../../kernel/time.ts';

const CHUNK = 1 << 14;
type Chunk = { readonly kinds: Uint8Array; readonly watermarks: Float64Array };

/** What was decided of a partition's offsets, and its watermark after each; 9 B an offset, in chunks of neighbours. */
export type RememberedVerdicts = {
  readonly remember: (offset: number, kind: number, watermarkMs: EpochMs) => void;
  /** Whether something near the offset was remembered: offsets that were passed over are not. */
  readonly has: (offset: number) => boolean;
  readonly kind: (offset: number) => number;
  readonly watermarkMs: (offset: number) => EpochMs;
  readonly forgetBelow: (offset: number) => void;
};

export function rememberedVerdicts(): RememberedVerdicts {
  const chunks = new Map<number, Chunk>();
  /** The chunk that was asked for last: neighbours come one after the other. */
  let recent: Chunk | undefined;
  let recentNumber = -1;

  const find = (offset: number): Chunk | undefined => {
    const number = Math.floor(offset / CHUNK);
    if (number !== recentNumber) {
      recent = chunks.get(number);
      recentNumber = recent ? number : -1;
    }
    return recent;
  };
  const get = (offset: number): Chunk => {
    const chunk = find(offset);
    invariant(chunk, 'nothing is remembered there');
    return chunk;
  };

  return {
    remember(offset, kind, watermarkMs) {
      let chunk = find(offset);
      if (!chunk) {
        chunk = { kinds: new Uint8Array(CHUNK), watermarks: new Float64Array(CHUNK) };
        chunks.set(Math.floor(offset / CHUNK), chunk);
      }
      chunk.kinds[offset % CHUNK] = kind;
      chunk.watermarks[offset % CHUNK] = watermarkMs;
    },
    has: (offset) => find(offset) !== undefined,
    kind: (offset) => get(offset).kinds[offset % CHUNK] as number,
    watermarkMs: (offset) => get(offset).watermarks[offset % CHUNK] as EpochMs,
    forgetBelow(offset) {
      for (const number of chunks.keys()) if ((number + 1) * CHUNK <= offset) chunks.delete(number);
      recentNumber = -1;
      recent = undefined;
    },
  };
}
