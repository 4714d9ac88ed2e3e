/** Above this a change is told as a multiple. */
const SHARE_MAX = 10;

/** A change as a share: `+12.3%`, `−4%`; from tenfold on `×12.5`. */
export function formatChange(share: number, locale: string): string {
  if (Math.abs(share) >= SHARE_MAX)
    return `×${new Intl.NumberFormat(locale, { maximumFractionDigits: 1, notation: 'compact' }).format(share + 1)}`;
  return new Intl.NumberFormat(locale, {
    style: 'percent',
    signDisplay: 'exceptZero',
    maximumFractionDigits: Math.abs(share) < 1 ? 1 : 0,
  }).format(share);
}

/** A share of something, which may be more than all of it where other parts are subtracted. */
export const formatPercent = (share: number, locale: string): string =>
  new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(share);
