import type { DashboardPanel } from '../../../../kernel/catalog/dashboard-panels.ts';

/** Columns of the grid in which panels lie. */
const COLUMNS = 12;

type Placed = Pick<DashboardPanel, 'type' | 'width' | 'height'>;
/** A row of the grid: how high it is beside others; 0 for words alone, which are as high as their text. */
type Row<Panel> = { readonly panels: readonly Panel[]; readonly height: number };

/** Panels of one screen of a wall. */
export type WallPage<Panel> = {
  readonly panels: readonly Panel[];
  /** CSS `grid-template-rows`: rows share the height as their panels say; one that needs more than its share gets it. */
  readonly rows: string;
};

/**
 * Panels in their order on so many screens, rows whole and screens about equally full. Words alone stay with the row
 * that they introduce.
 * @param count screens, at least 1; there are fewer where there are not so many rows
 */
export function wallPages<Panel extends Placed>(
  panels: readonly Panel[],
  count: number,
): readonly WallPage<Panel>[] {
  const blocks = blocksOf(rowsOf(panels));
  const sums = blocks.flatMap((_, from) =>
    blocks.slice(from).map((__, to) => heightOf(blocks.slice(from, from + to + 1).flat())),
  );
  const room = sums.toSorted((a, b) => a - b).find((most) => filled(blocks, most).length <= count);
  return filled(blocks, room ?? 0).map((rows) => ({
    panels: rows.flatMap((row) => row.panels),
    rows: rows
      .map(({ height }) => (height === 0 ? 'auto' : `minmax(min-content, ${String(height)}fr)`))
      .join(' '),
  }));
}

function rowsOf<Panel extends Placed>(panels: readonly Panel[]): readonly Row<Panel>[] {
  const rows: Row<Panel>[] = [];
  let left = 0;
  for (const panel of panels) {
    const isNext = panel.width > left;
    const row = (isNext ? undefined : rows.pop()) ?? { panels: [], height: 0 };
    left = (isNext ? COLUMNS : left) - panel.width;
    const own = panel.type === 'text' ? 0 : panel.height;
    rows.push({ panels: [...row.panels, panel], height: Math.max(row.height, own) });
  }
  return rows;
}

/** Rows that stay together; words at the end stay with what is before them. */
function blocksOf<Panel>(rows: readonly Row<Panel>[]): readonly (readonly Row<Panel>[])[] {
  const blocks: Row<Panel>[][] = [];
  let words: Row<Panel>[] = [];
  for (const row of rows) {
    words.push(row);
    if (row.height === 0) continue;
    blocks.push(words);
    words = [];
  }
  const last = blocks.pop();
  return words.length === 0 && !last ? blocks : [...blocks, [...(last ?? []), ...words]];
}

const heightOf = (rows: readonly { readonly height: number }[]): number =>
  rows.reduce((sum, { height }) => sum + height, 0);

/** Screens that are no fuller than `most`, unless by one block. */
function filled<Panel>(
  blocks: readonly (readonly Row<Panel>[])[],
  most: number,
): readonly (readonly Row<Panel>[])[] {
  const pages: Row<Panel>[][] = [];
  for (const block of blocks) {
    const last = pages.at(-1);
    if (last && heightOf(last) + heightOf(block) <= most) last.push(...block);
    else pages.push([...block]);
  }
  return pages;
}

/** How a dashboard hangs: screens in all, and how large all is drawn, 1 as designed. */
export type Hanging = { readonly count: number; readonly scale: number };

/** Smaller than this is hard to read across a room: rather another screen. */
const SCALE_GOOD = 0.8;
/** A single row that needs more than the screen is drawn as small as it must, for none is cut; to here. */
const SCALE_MIN = 0.3;

/**
 * The hanging that is to be tried next, so that the fullest screen, which needs `content` now, fits; both px.
 * @param blocks screens that there can be at most: those of one block of rows each
 * @returns the same where it fits, or nothing more can be done
 */
export function nextHanging(
  now: Hanging,
  {
    content,
    screen,
    blocks,
  }: { readonly content: number; readonly screen: number; readonly blocks: number },
): Hanging {
  if (content <= screen) return now;
  const isMost = now.count >= blocks;
  const scale = Math.floor(((now.scale * screen) / content) * 100) / 100;
  if (scale < SCALE_GOOD && !isMost) return { count: now.count + 1, scale: 1 };
  const next = Math.max(SCALE_MIN, Math.min(scale, now.scale - 0.01));
  return next < now.scale ? { count: now.count, scale: next } : now;
}
