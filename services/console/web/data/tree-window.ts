/** Windows of the tree: as far as they have come, beside as much of the period before. */
export const TREE_WINDOWS = ['day-to-date', 'week-to-date', 'month-to-date'] as const;
export type TreeWindow = (typeof TREE_WINDOWS)[number];
