/** Choices from a seed: the same seed and label make the same choices, whatever other labels do. */
export type Chance = {
  /** In [0, 1). */
  readonly next: () => number;
  /** An integer in [0, limit). */
  readonly below: (limit: number) => number;
  /** A number in [from, to). */
  readonly between: (from: number, to: number) => number;
  readonly is: (probability: number) => boolean;
  readonly pick: <T>(list: readonly T[]) => T;
  /** In another order. */
  readonly shuffle: <T>(list: readonly T[]) => readonly T[];
};

/** @see mulberry32, Tommy Ettinger, public domain */
export function chance(seed: number, label: string): Chance {
  let state = seed >>> 0;
  for (const letter of label) state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 0x9e3779b1);
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    between: (from, to) => from + next() * (to - from),
    is: (probability) => next() < probability,
    pick: <T>(list: readonly T[]): T => list[below(list.length)] as T,
    shuffle<T>(list: readonly T[]) {
      const out = [...list];
      for (let last = out.length - 1; last > 0; last--) {
        const other = below(last + 1);
        [out[last], out[other]] = [out[other] as T, out[last] as T];
      }
      return out;
    },
  };
}
