import type { Refusal } from '../kernel/errors.ts';
import { ok } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';
import { eventTypeOf } from '../kernel/topics.ts';
import type { LateEventRecord } from '../platform/side-records.ts';
import { letterId } from './core/dead-letters/letter.ts';
import { NoteBoard } from './core/dead-letters/note-board.ts';
import { formatCursor, parseNoteQuery } from './core/dead-letters/note-query.ts';
import { isLateFor, lateAnswer, lateCounts } from './core/late-events.ts';
import type { Late, LateEventsAnswer } from './core/late-events.ts';
import type { Parameters } from './core/values-query.ts';
import type { NoteLog } from './ports.ts';

/** Late events that are kept; of older ones only their number is known. */
const EVENTS_MAX = 20_000;

/** `GET /v1/late-events` without HTTP. The answer throws broker_unavailable, registry_unavailable, rebuilding. */
export function createLateEvents(
  log: NoteLog<LateEventRecord>,
  prefix: string,
): (parameters: Parameters) => Promise<Result<LateEventsAnswer, Refusal>> {
  const board = new NoteBoard<Late>(EVENTS_MAX);
  return async (parameters) => {
    const query = parseNoteQuery(parameters, ['type', 'metric']);
    if (!query.ok) return query;
    await log.catchUp({
      onFirst: (partition, first) => board.dropBelow(partition, first),
      onNote: (record, lies) => board.offer(lateOf(record, lies, prefix)),
    });
    const { filters, after, limit } = query.value;
    const { type, metric } = filters;
    const { notes, next } = board.page(
      (late) =>
        (type === undefined || late.eventType === type) &&
        (metric === undefined || isLateFor(late, metric)),
      { after, limit },
    );
    return ok({
      events: notes.map(lateAnswer),
      counts: lateCounts(board.all()),
      older: board.passed,
      ...(next ? { cursor: formatCursor(next) } : {}),
    });
  };
}

const lateOf = (record: LateEventRecord, lies: Late['lies'], prefix: string): Late => ({
  // By the metrics too: a metric that reads the log later notes the same event for itself.
  id: `${letterId(record)} ${record.metrics.join(' ')}`,
  atMs: record.appendTime,
  lies,
  topic: record.topic,
  partition: record.partition,
  offset: record.offset,
  eventType: eventTypeOf(prefix, record.topic) ?? record.topic,
  eventId: record.id,
  source: record.source,
  eventMs: record.eventTime,
  watermarkMs: record.watermark,
  metrics: record.metrics,
});
