import type { Links } from './core/alert/message.ts';
import { apply } from './core/partition/partition.ts';
import type { Emitted } from './core/partition/partition.ts';
import type { PartitionState } from './core/partition/partition-state.ts';
import type { AlertingObserver, CommandLog, UpdateBatch, UpdateLog } from './ports.ts';
import { isReadFor } from './recovery.ts';

/** Records that follow each other, and where the next one begins. */
export type RecordRange = Pick<UpdateBatch, 'records' | 'nextOffset'>;

/** A breach waits for no more records than these: what its batch says further on is taken when it is on its way. */
const RECORDS_AT_ONCE = 256;

/** The batch in its order; one without records is a piece as well, for where it ends. */
export function piecesOf({ records, nextOffset }: UpdateBatch): readonly RecordRange[] {
  const pieces: RecordRange[] = [];
  for (let from = 0; from < records.length; from += RECORDS_AT_ONCE) {
    const end = records[from + RECORDS_AT_ONCE]?.offset ?? nextOffset;
    pieces.push({ records: records.slice(from, from + RECORDS_AT_ONCE), nextOffset: end });
  }
  return pieces.length > 0 ? pieces : [{ records, nextOffset }];
}

/**
 * Takes a batch of `metric-updates` into a partition's state, with the commands that its clocks say.
 * @returns what came of it, and of how many records
 * @throws broker_unavailable, registry_unavailable; the state is then to be dropped
 */
export async function takeBatch(
  ports: {
    readonly updates: Pick<UpdateLog, 'decode'>;
    readonly commands: Pick<CommandLog, 'read'>;
    readonly links: Links;
  },
  state: PartitionState,
  batch: RecordRange,
): Promise<{ readonly emitted: readonly Emitted[]; readonly count: number }> {
  const emitted: Emitted[] = [];
  let count = 0;
  for (const { offset, appendMs, key, value } of batch.records) {
    if (offset < state.cursor || !value || !isReadFor(state, key)) continue;
    const update = await ports.updates.decode(value);
    if (!update) continue;
    count++;
    const from = state.commandsNext;
    const isSaid = update.kind === 'clock' && update.commands > from;
    const said = isSaid ? { commands: await ports.commands.read(from, update.commands) } : {};
    emitted.push(...apply(state, { offset, appendMs, update, ...said }, ports.links));
  }
  state.cursor = batch.nextOffset;
  return { emitted, count };
}

/**
 * Whether the log holds no more what comes at the cursor. Mostly it does: what was on its way while a lane went back (a
 * new rule reads again what it needs) lies behind the cursor too, and is fetched again. So it is where the broker does not
 * say.
 */
export async function isGone(
  {
    updates,
    observer,
  }: {
    readonly updates: Pick<UpdateLog, 'bounds'>;
    readonly observer: Pick<AlertingObserver, 'crashed'>;
  },
  { partition, fetchedOffset }: UpdateBatch,
  cursor: number,
): Promise<boolean> {
  if (fetchedOffset < cursor) return false;
  try {
    return (await updates.bounds(partition)).first > cursor;
  } catch (error) {
    observer.crashed(error as Error);
    return false;
  }
}
