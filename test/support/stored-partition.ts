import type {
  PartitionState,
  StoredPartition,
} from '../../services/alerting/core/partition/partition-state.ts';

/** A store in memory: what a commit would have kept, after what it held before. */
export function storedAfter(state: PartitionState, before?: StoredPartition): StoredPartition {
  const { fields, documents } = state.takeChanges();
  const { cursor, activeFrom, logMs, awakeMs } = state;
  return {
    cursor,
    activeFrom,
    logMs,
    awakeMs,
    fields: merged(before?.fields, fields),
    documents: merged(before?.documents, documents),
  };
}

function merged(
  old: ReadonlyMap<string, string> | undefined,
  news: ReadonlyMap<string, string | null>,
): ReadonlyMap<string, string> {
  const all = new Map(old);
  for (const [name, value] of news)
    if (value === null) all.delete(name);
    else all.set(name, value);
  return all;
}
