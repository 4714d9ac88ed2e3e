import type { Cursor } from '../../kernel/update.ts';

/** Cursors of one request. */
export const CURSORS_MAX = 10_000;

/** Whether a part of a body is a vector of cursors. */
export const isCursors = (value: unknown): value is readonly Cursor[] =>
  Array.isArray(value) &&
  value.length <= CURSORS_MAX &&
  value.every((one: unknown) => isCursor((one ?? {}) as Partial<Cursor>));

const isCursor = ({ topic, partition, offset }: Partial<Cursor>): boolean =>
  typeof topic === 'string' && Number.isSafeInteger(partition) && Number.isSafeInteger(offset);
