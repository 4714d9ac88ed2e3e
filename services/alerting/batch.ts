import type { Links } from './core/alert/message.ts';
import { apply } from './core/partition/partition.ts';
import type { Emitted } from './core/partition/partition.ts';
import type { PartitionState } from './core/partition/partition-state.ts';
import type { CommandLog, UpdateBatch, UpdateLog } from './ports.ts';
import { isReadFor } from './recovery.ts';

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
  batch: UpdateBatch,
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
