import type { Catalog, LocalizedText, OwnerRef, Unit } from '../../../kernel/definitions.ts';
import { entryRefusal } from '../../../kernel/catalog/manual-access.ts';
import type { Enterer } from '../../../kernel/catalog/manual-access.ts';
import { isManual, manualSize, manualWindowName } from '../../../kernel/catalog/manual-windows.ts';
import type { ManualGrain, ManualMetric } from '../../../kernel/catalog/manual-windows.ts';
import { ownerName } from '../../../kernel/owner.ts';
import { formatRfc3339 } from '../../../kernel/time.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import { calendarOf } from '../../../kernel/window.ts';

type SheetWindow = {
  readonly start: string;
  readonly end: string;
  /** In the metric's own calendar: `FY2026 M01`. */
  readonly name?: string;
};

/** What one needs to enter values of a metric. */
export type EntrySheet = {
  readonly id: string;
  readonly name: LocalizedText;
  readonly purpose?: LocalizedText;
  readonly domain?: string;
  readonly unit: Unit;
  readonly owner: OwnerRef;
  readonly ownerName: LocalizedText | null;
  readonly timezone: string;
  readonly grain: ManualGrain;
  /** Dimension → members. */
  readonly members: Readonly<Record<string, readonly string[]>>;
  readonly min?: string;
  readonly max?: string;
  readonly mayEnter: boolean;
  /** The last windows, the newest first: the one that holds now, and those before it. */
  readonly windows: readonly SheetWindow[];
};
/** `GET /v1/entries` */
export type EntrySheetsAnswer = { readonly metrics: readonly EntrySheet[] };

const WINDOWS: Readonly<Record<ManualGrain, number>> = {
  day: 14,
  week: 12,
  month: 12,
  quarter: 8,
  year: 5,
};

export const entrySheets = (catalog: Catalog, by: Enterer, nowMs: EpochMs): readonly EntrySheet[] =>
  [...catalog.metrics.values()]
    .filter(isManual)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((metric) => entrySheet(metric, { catalog, by, nowMs }));

function entrySheet(
  metric: ManualMetric,
  { catalog, by, nowMs }: { catalog: Catalog; by: Enterer; nowMs: EpochMs },
): EntrySheet {
  const { id, name, purpose, domain, unit, owner, timezone, manual } = metric;
  const { grain, members, min, max } = manual;
  return {
    id,
    name,
    ...(purpose === undefined ? {} : { purpose }),
    ...(domain === undefined ? {} : { domain }),
    unit,
    owner,
    ownerName: ownerName(catalog, owner),
    timezone,
    grain,
    members,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    mayEnter: entryRefusal(by, metric, catalog) === undefined,
    windows: windowsBefore(metric, nowMs),
  };
}

function windowsBefore(metric: ManualMetric, nowMs: EpochMs): EntrySheet['windows'] {
  const calendar = calendarOf(metric);
  const { grain } = metric.manual;
  const windows: SheetWindow[] = [];
  for (let atMs = nowMs; windows.length < WINDOWS[grain];) {
    const window = calendar.windowAt(manualSize(grain), atMs);
    const name = manualWindowName(metric, window);
    windows.push({
      start: formatRfc3339(window.startMs),
      end: formatRfc3339(window.endMs),
      ...(name === undefined ? {} : { name }),
    });
    atMs = window.startMs - 1;
  }
  return windows;
}
