import type { Catalog } from '../definitions.ts';
import { targetKey } from '../target.ts';
import type { TargetEntry } from '../target.ts';
import type { DocumentPath, Report } from './fault.ts';

type Places = {
  readonly indexOf: (kind: string, id: string) => number;
  readonly reportFor: (document: number) => Report;
};
type Placed = {
  readonly entry: TargetEntry;
  readonly document: number;
  readonly index: number;
};

/**
 * Two values of the same windows and members, of which one would be forgotten: two with an end whose dates overlap, two
 * without one that begin on the same date. The later one is at fault, also where it stands in another document.
 */
export function reportTargetOverlaps({ targets }: Pick<Catalog, 'targets'>, at: Places): void {
  const placed = [...(targets?.values() ?? [])].flatMap((target) => {
    const document = at.indexOf('Target', target.id);
    return target.entries.map((entry, index) => ({
      key: `${targetKey(target)} ${membersKey(entry)}`,
      entry,
      document,
      index,
    }));
  });
  for (const same of Map.groupBy(placed, ({ key }) => key).values()) {
    const sorted = same.toSorted((a, b) => (fromOf(a) < fromOf(b) ? -1 : 1));
    reportBounded(
      sorted.filter(({ entry }) => entry.to !== undefined),
      at,
    );
    reportOpen(
      sorted.filter(({ entry }) => entry.to === undefined),
      at,
    );
  }
}

const membersKey = ({ where }: TargetEntry): string =>
  JSON.stringify(Object.entries(where).toSorted(([a], [b]) => (a < b ? -1 : 1)));
const fromOf = ({ entry: { from = '' } }: Placed): string => from;
const toOf = ({ entry: { to = '' } }: Placed): string => to;

/** @param sorted by `from` */
function reportBounded(sorted: readonly Placed[], at: Places): void {
  let last: Placed | undefined;
  for (const one of sorted) {
    if (last && fromOf(one) < toOf(last)) report(last, one, at);
    if (!last || toOf(one) > toOf(last)) last = one;
  }
}

/** @param sorted by `from` */
function reportOpen(sorted: readonly Placed[], at: Places): void {
  for (const [i, one] of sorted.entries()) {
    const before = sorted[i - 1];
    if (before && fromOf(before) === fromOf(one)) report(before, one, at);
  }
}

const pathOf = ({ index }: Placed): DocumentPath => ['spec', 'values', index];

function report(a: Placed, b: Placed, at: Places): void {
  const isLater = a.document - b.document || a.index - b.index;
  const [first, later] = isLater > 0 ? [b, a] : [a, b];
  const { from, to } = b.entry;
  const dates = `${from === undefined ? 'at all times' : `from ${from}`}${to === undefined ? '' : ` to ${toOf(a) < to ? toOf(a) : to}`}`;
  at.reportFor(later.document)(pathOf(later), {
    code: 'target_overlap',
    message: `another value is for the same windows ${dates}: leave one of them out, or let it end where the other begins`,
    related: { document: first.document, path: pathOf(first) },
  });
}
