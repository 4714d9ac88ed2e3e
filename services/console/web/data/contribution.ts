import { addDecimals, parseDecimal } from '../../../kernel/decimal.ts';
import { differenceOf } from './compare.ts';
import type { Beside, Difference } from './compare.ts';
import { TOTAL } from './points.ts';
import type { SeriesPoints } from './points.ts';

/** How a member of a breakdown differs from the window that it is compared with. */
export type Contribution = Difference & {
  /** Of the total's change, 1 is all of it; members that went the other way have a negative one. None where it is 0. */
  readonly ofChange: number | undefined;
};

/**
 * What each series did to the change of the total between a window and the one that it is compared with. Law: where values
 * add up and every member is there, the shares sum to 1. Without a total its change is the sum of the members'.
 * @param start of the window
 */
export function contributionsIn(
  series: SeriesPoints,
  start: string,
  name: Beside,
): ReadonlyMap<string, Contribution> {
  const found = [...series].flatMap(([key, { points }]) => {
    const point = points.find((one) => one.start === start);
    const difference = differenceOf(point, name);
    return difference ? [[key, difference] as const] : [];
  });
  const total = found.find(([key]) => key === TOTAL)?.[1];
  const change = Number(total?.difference ?? sumOf(found.map(([, one]) => one.difference)));
  return new Map(
    found.map(([key, one]) => [
      key,
      // No change is 0 of a fall too, not −0.
      { ...one, ofChange: change === 0 ? undefined : Number(one.difference) / change + 0 },
    ]),
  );
}

/** Exact: changes that cancel out sum to 0, not to nearly nothing. */
function sumOf(texts: readonly string[]): number {
  const { unscaled, scale } = texts
    .flatMap((text) => parseDecimal(text) ?? [])
    .reduce(addDecimals, { unscaled: 0, scale: 0 });
  return Number(unscaled) / 10 ** scale;
}
