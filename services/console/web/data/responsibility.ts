/** Who answers, as alerting's `GET /v1/responsibilities` writes it. Dates are local to the metric, spans half-open. */
export type Span = {
  readonly from: string;
  readonly to: string;
  readonly accountable: string | null;
  readonly deputy: string | null;
  /** The responsibility that says so; `metric` or `fallback` where none does. */
  readonly via: string | null;
  readonly answering: { readonly who: string; readonly as: AnswersAs } | null;
  readonly passedOver: readonly {
    readonly who: string;
    readonly as: AnswersAs;
    readonly reason: 'absent' | 'unreachable' | 'unknown';
    readonly until: string | null;
  }[];
  readonly isGap: boolean;
  readonly overlaps: readonly { readonly id: string; readonly accountable: string }[];
};
export type AnswersAs = 'accountable' | 'absence' | 'deputy' | 'escalation' | 'metric' | 'fallback';
export type Coverage = {
  readonly metric: string;
  readonly where: Readonly<Record<string, string>>;
  readonly spans: readonly Span[];
};
export type ResponsibilitiesAnswer = {
  readonly from: string;
  readonly to: string;
  readonly responsibilities: readonly Coverage[];
};

/** What may be wrong with a span, the worst first. */
export const FLAWS = ['nobody', 'gap', 'overlap', 'absent'] as const;
export type Flaw = (typeof FLAWS)[number];

export function flawsOf(span: Span): readonly Flaw[] {
  const has: Readonly<Record<Flaw, boolean>> = {
    nobody: span.answering === null,
    gap: span.isGap,
    overlap: span.overlaps.length > 0,
    absent: span.passedOver.some(({ reason }) => reason === 'absent'),
  };
  return FLAWS.filter((flaw) => has[flaw]);
}

/** The span that holds on a date. */
export const spanOn = ({ spans }: Coverage, date: string): Span | undefined =>
  spans.find(({ from, to }) => from <= date && date < to);

/** How many rows have each flaw on a date. */
export const flawCounts = (
  rows: readonly Coverage[],
  date: string,
): Readonly<Record<Flaw, number>> => {
  const counts = { nobody: 0, gap: 0, overlap: 0, absent: 0 };
  for (const row of rows) {
    const span = spanOn(row, date);
    for (const flaw of span ? flawsOf(span) : []) counts[flaw] += 1;
  }
  return counts;
};

/** Everyone whom a span names in any part. */
export const namedIn = (span: Span): readonly string[] => [
  ...new Set(
    [
      span.accountable,
      span.deputy,
      span.answering?.who,
      ...span.passedOver.map(({ who }) => who),
      ...span.overlaps.map(({ accountable }) => accountable),
    ].filter((who) => who != null),
  ),
];

/** Rows that name the person anywhere in the range, and have the flaw on the date; by metric. */
export const chosenRows = (
  rows: readonly Coverage[],
  choice: { readonly date: string; readonly who: string | undefined; readonly flaw: Flaw | 'all' },
): readonly Coverage[] =>
  rows
    .toSorted((a, b) => a.metric.localeCompare(b.metric))
    .filter((row) => {
      const { who, flaw } = choice;
      const span = spanOn(row, choice.date);
      return (
        (who === undefined || row.spans.some((one) => namedIn(one).includes(who))) &&
        (flaw === 'all' || (span !== undefined && flawsOf(span).includes(flaw)))
      );
    });

export const datePlus = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
const DAY_MS = 86_400_000;

/** Days shown before the chosen date, and from it on. */
const DAYS_BEFORE = 7;
const DAYS_AFTER = 35;
export const rangeAround = (date: string): { readonly from: string; readonly to: string } => ({
  from: datePlus(date, -DAYS_BEFORE),
  to: datePlus(date, DAYS_AFTER),
});

/** Columns of a grid with one column a day, from 1, that a stretch of dates takes up. */
export const columnsOf = (
  { from, to }: { readonly from: string; readonly to: string },
  start: string,
): { readonly first: number; readonly end: number } => ({
  first: daysBetween(start, from) + 1,
  end: daysBetween(start, to) + 1,
});

/** Days of a stretch that begin a week, for the marks above it. */
export const mondaysIn = (range: {
  readonly from: string;
  readonly to: string;
}): readonly string[] =>
  Array.from({ length: daysBetween(range.from, range.to) }, (_, i) =>
    datePlus(range.from, i),
  ).filter((day) => new Date(day).getUTCDay() === 1);
