import type { LineageAnswer } from '../../core/catalog-answers.ts';

/** What a definition comes from, or what depends on it: the nearest first. */
export type LineageRow = {
  readonly kind: string;
  readonly id: string;
  /** What for, as the edges on the way there say it. */
  readonly as: readonly string[];
  /** Edges between them, at least 1. */
  readonly distance: number;
};

type Edge = LineageAnswer['edges'][number];

export type LineageSides = {
  readonly sources: readonly LineageRow[];
  readonly uses: readonly LineageRow[];
};

/** Both sides of a metric. Law: every node of the answer but the metric itself is on one of them. */
export function sidesOf({ metric, edges }: LineageAnswer): LineageSides {
  const self = `Metric/${metric}`;
  return {
    sources: walk(
      self,
      Map.groupBy(edges, ({ to }) => to),
      ({ from }) => from,
    ),
    uses: walk(
      self,
      Map.groupBy(edges, ({ from }) => from),
      ({ to }) => to,
    ),
  };
}

function walk(
  self: string,
  edges: ReadonlyMap<string, readonly Edge[]>,
  next: (edge: Edge) => string,
): readonly LineageRow[] {
  const found = new Map<string, { readonly as: Set<string>; readonly distance: number }>();
  let reached: readonly string[] = [self];
  for (let distance = 1; reached.length > 0; distance++) {
    const fresh = new Set<string>();
    for (const edge of reached.flatMap((key) => edges.get(key) ?? [])) {
      const key = next(edge);
      if (!found.has(key) && key !== self) {
        found.set(key, { as: new Set(), distance });
        fresh.add(key);
      }
      found.get(key)?.as.add(edge.words ?? edge.as);
    }
    reached = [...fresh];
  }
  return [...found].map(([key, { as, distance }]) => {
    const cut = key.indexOf('/');
    return { kind: key.slice(0, cut), id: key.slice(cut + 1), as: [...as], distance };
  });
}
