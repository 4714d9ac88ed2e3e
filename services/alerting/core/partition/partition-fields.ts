import { decodeAccumulators, encodeAccumulators } from '../../../kernel/update.ts';
import type { WindowState } from '../../../kernel/window.ts';
import type { AlertState, Slot } from '../alert/episode.ts';
import type { Track } from './partition-state.ts';
import type { Cell } from '../values/window-value.ts';

/** The small fields in which the store keeps a partition, as text and back. */

export type StoredTrack = {
  rule: string;
  ruleVersion: string;
  severity: AlertState['severity'];
  metric: string;
  metricVersion: string;
  series: string;
  next: number | null;
  resumeAt: number;
  dormant: boolean;
  /** The last check, where there is no document that has it. */
  last: AlertState['last'];
  born?: number;
};
type StoredCell = {
  end: number;
  n: number;
  a: Record<string, string>;
  value: string | null;
  state: WindowState;
  revision: number;
  backfilled: boolean;
};
export type StoredSlot = Pick<Slot, 'endMs' | 'verdict' | 'isClosed' | 'value'>;

export function encodeTrack({ alert, nextStartMs, resumeAt, isDormant }: Track): string {
  const { rule, ruleVersion, severity, metric, metricVersion, series } = alert;
  const of = { rule, ruleVersion, severity, metric, metricVersion, series };
  return JSON.stringify({
    ...of,
    next: nextStartMs,
    resumeAt,
    dormant: isDormant,
    last: alert.sequence === 0 ? alert.last : null,
    ...(alert.sequence === 0 && alert.bornMs > 0 ? { born: alert.bornMs } : {}),
  } satisfies StoredTrack);
}

export const encodeSlot = ({ endMs, verdict, isClosed, value }: Slot): string =>
  JSON.stringify({ endMs, verdict, isClosed, value } satisfies StoredSlot);

export const encodeCell = ({ accumulators, ...cell }: Cell): string =>
  JSON.stringify({
    ...cell,
    n: accumulators.contributions,
    a: encodeAccumulators(accumulators),
  } satisfies StoredCell);

export function decodeCell(text: string): Cell {
  const { n, a, ...cell } = JSON.parse(text) as StoredCell;
  return { ...cell, accumulators: decodeAccumulators(n, a) };
}
