import { send } from './api.ts';

/** A stored cell that the log does not bear out, as `POST /v1/metrics/{id}/verify` tells it. */
export type CellDifference = {
  readonly metric: string;
  readonly kind: 'different' | 'missing' | 'unexpected';
  readonly grain: string;
  readonly start: string;
  readonly labels: Readonly<Record<string, string>>;
};
export type VerifyAnswer = {
  readonly checked: number;
  readonly differing: number;
  readonly seconds: number;
  readonly projections: readonly {
    readonly metric: string;
    readonly differences: readonly CellDifference[];
    readonly records: number;
    readonly cursors: readonly Cursor[];
  }[];
};
type Cursor = { readonly topic: string; readonly partition: number; readonly offset: number };

/** What a recount from the log said of the cells of a window. */
export type Verified = {
  /** `nothing`: there is no cell of it, neither stored nor in the log. */
  readonly verdict: 'equal' | 'differing' | 'nothing';
  readonly checked: number;
  readonly differing: number;
  readonly records: number;
  readonly seconds: number;
  readonly atMs: number;
  readonly differences: readonly CellDifference[];
  /** Up to where the log was counted, as stored beside the cells: `metric ← topic/partition@offset`. */
  readonly cursors: readonly string[];
};

export const cursorText = (metric: string, { topic, partition, offset }: Cursor): string =>
  `${metric} ← ${topic}/${partition}@${offset}`;

export function verifiedOf(answer: VerifyAnswer, atMs: number): Verified {
  const { checked, differing, seconds, projections } = answer;
  return {
    verdict: differing > 0 ? 'differing' : checked > 0 ? 'equal' : 'nothing',
    checked,
    differing,
    seconds,
    atMs,
    records: projections.reduce((sum, { records }) => sum + records, 0),
    differences: projections.flatMap((one) => one.differences),
    cursors: projections.flatMap(({ metric, cursors }) =>
      cursors.map((cursor) => cursorText(metric, cursor)),
    ),
  };
}

/** Counts a window, with the finer ones that begin in it, again from the log. @throws ApiError */
export async function verifyWindow(
  metric: string,
  { start, end }: { readonly start: string; readonly end: string },
): Promise<Verified> {
  const path = `/v1/metrics/${encodeURIComponent(metric)}/verify`;
  return verifiedOf(await send<VerifyAnswer>('POST', path, { from: start, to: end }), Date.now());
}
