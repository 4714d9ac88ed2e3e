import type { EpochMs } from '../../../kernel/time.ts';
import {
  decodeAccumulators,
  decodeInputs,
  encodeAccumulators,
  encodeInputs,
} from '../../../kernel/update.ts';
import type { EncodedInputs } from '../../../kernel/update.ts';
import type { WindowState } from '../../../kernel/window.ts';
import type { AlertState } from '../alert/episode.ts';
import { storedDocumentOf } from '../alert/record.ts';
import type { Cell } from '../values/window-value.ts';
import { lookField } from './look-fields.ts';
import { slotField } from './slot-fields.ts';
import type { Track, TrackStart } from './track.ts';

/**
 * The form in which the store keeps a partition. Raised with every change that another version would misread: whoever knows
 * another one takes it for nothing and reads the log again.
 */
export const LAYOUT = 4;

/** What an alert is: changes with its rule. */
export type StoredTrack = Pick<
  AlertState,
  'rule' | 'ruleVersion' | 'severity' | 'metric' | 'metricVersion' | 'series' | 'bornMs'
> &
  Pick<TrackStart, 'resumeAt' | 'followFrom' | 'followNextMs' | 'isDormant' | 'heardMs'>;

/** Which field keeps what somebody said last about following. */
export const FOLLOWINGS = { n: 'unsubscribe', o: 'subscribe' } as const;

type StoredCell = {
  end: number;
  n: number;
  a: Record<string, string>;
  i?: EncodedInputs;
  value: string | null;
  state: WindowState;
  revision: number;
  backfilled: boolean;
};

/** A track as it was when its fields were written last. */
export type Kept = Pick<
  Track,
  'alert' | 'nextStartMs' | 'resumeAt' | 'followNextMs' | 'isDormant' | 'sight'
>;

/**
 * Writes what is other than it was kept, but for its look and its slots (core/partition/shared-sights.ts).
 * @param kept absent: nothing of it is stored
 */
export function writeTrack(
  track: Track,
  kept: Kept | undefined,
  write: { field: (name: string, text: string | null) => void; document: (text: string) => void },
): void {
  const { alert } = track;
  const { id } = alert;
  if (!kept || isOther(track, kept)) write.field(`t|${id}`, encodeTrack(track));
  if (alert.sequence > 0 && (!kept || isOther(track, kept) || isNews(alert, kept.alert)))
    write.document(storedDocumentOf(alert));
}

/** Names of all fields of a track. */
export const fieldsOf = ({ alert: { id, slots } }: Pick<Track, 'alert'>): readonly string[] => [
  `t|${id}`,
  lookField(id),
  ...slots.map(({ startMs }) => slotField(id, startMs)),
];

function isOther(track: Track, kept: Kept): boolean {
  const [now, then] = [track.alert, kept.alert];
  return (
    track.resumeAt !== kept.resumeAt ||
    track.followNextMs !== kept.followNextMs ||
    track.isDormant !== kept.isDormant ||
    now.bornMs !== then.bornMs ||
    now.severity !== then.severity ||
    now.ruleVersion !== then.ruleVersion ||
    now.metricVersion !== then.metricVersion ||
    now.metric !== then.metric
  );
}

/** Whether anything of the document changed: all that is not in the small fields. */
const isNews = (now: AlertState, then: AlertState): boolean =>
  now.sequence !== then.sequence ||
  now.machine !== then.machine ||
  now.episode !== then.episode ||
  now.ended !== then.ended ||
  now.overlay !== then.overlay ||
  now.timeline !== then.timeline ||
  now.historyFromMs !== then.historyFromMs;

function encodeTrack(track: Track): string {
  const { alert, resumeAt, followFrom, followNextMs, isDormant, heardMs } = track;
  const { rule, ruleVersion, severity, metric, metricVersion, series, bornMs } = alert;
  const of = { rule, ruleVersion, severity, metric, metricVersion, series, bornMs };
  return JSON.stringify({
    ...of,
    resumeAt,
    ...(followFrom === undefined ? {} : { followFrom }),
    ...(followNextMs === undefined ? {} : { followNextMs }),
    isDormant,
    ...(heardMs === undefined ? {} : { heardMs }),
  } satisfies StoredTrack);
}

export const cellField = (memory: string, series: string, startMs: EpochMs): string =>
  `c|${startMs}|${memory}|${series}`;
/** Where the cell of a field `c|START|METRIC@VERSION|GRAIN|SERIES` lies. */
export function cellPlace(field: string): { readonly memory: string; readonly series: string } {
  const from = field.indexOf('|', 2) + 1;
  const to = field.indexOf('|', field.indexOf('|', from) + 1);
  return { memory: field.slice(from, to), series: field.slice(to + 1) };
}

export const encodeCell = ({ accumulators, inputs, ...cell }: Cell): string =>
  JSON.stringify({
    ...cell,
    n: accumulators.contributions,
    a: encodeAccumulators(accumulators),
    ...(inputs ? { i: encodeInputs(inputs) } : {}),
  } satisfies StoredCell);

export function decodeCell(text: string): Cell {
  const { n, a, i, ...cell } = JSON.parse(text) as StoredCell;
  const inputs = i && decodeInputs(i);
  return { ...cell, accumulators: decodeAccumulators(n, a), ...(inputs ? { inputs } : {}) };
}
