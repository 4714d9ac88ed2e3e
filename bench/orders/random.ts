/** Numbers in [0, 1) from a seed: the same seed gives the same workload on every machine. */
export type Random = () => number;

/** @see mulberry32, Tommy Ettinger, public domain */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** An integer in [0, below). */
export const below = (random: Random, limit: number): number => Math.floor(random() * limit);
