import type { AlertRecord } from '../kernel/alert.ts';
import { formatRfc3339 } from '../kernel/time.ts';
import type { BrowserNotification } from '../kernel/notification.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { MetricUpdate, TickUpdate } from '../kernel/update.ts';
import type { NoteEvent, PipelineEvent } from './core/answers.ts';
import { catalogEvent, NAMES_MAX } from './core/catalog/changes.ts';
import { EventRing } from './core/event-ring.ts';
import type { NumberedEvent } from './core/event-ring.ts';
import { LiveCells } from './core/live-cells.ts';
import { notedMetric } from './core/notes/note-book.ts';
import type { NoteCommand } from './core/notes/note-book.ts';
import { SIGN_EVERY_MS, alertEvent, formatEvent, valueEvent } from './core/stream-events.ts';
import { timeOrNull } from './core/values-answer.ts';
import type { StreamReader } from './ports.ts';

/** A round sends each changed cell once: 4 a second, fewer where very many are sent very much. */
export const ROUND_EVERY_MS = 250;
const ROUNDS_PER_PIPELINE_EVENT = 4;
const ROUNDS_PER_KEEP_ALIVE = SIGN_EVERY_MS / ROUND_EVERY_MS;
const CELLS_MAX = 20_000;
const EVENTS_PER_ROUND_MAX = 2_000;
const RING_MAX = { events: 20_000, characters: 16 * 1024 * 1024 };
/**
 * A reader that has this much unread when the next is due is cut off, so that it costs no more than this and one round;
 * it comes back with its last event's id.
 */
export const UNREAD_BYTES_MAX = 1024 * 1024;

/**
 * What all readers together are sent, 20 MiB a second: 200 who watch 600 busy cells would be sent 160 MB. Beyond it values
 * wait for a later round and go out as they are then, so that whoever asks the console a question is still answered.
 */
export const BYTES_PER_ROUND_MAX = 5 * 1024 * 1024;

type WrittenEvent = NumberedEvent & { readonly text: string };

const utf8 = (text: string): Uint8Array => Buffer.from(text);

/** What stands between the topics and those who watch: conflates, numbers, remembers, and cuts off who is too slow. */
export type StreamHub = {
  readonly onUpdate: (update: MetricUpdate) => void;
  readonly onAlert: (record: AlertRecord) => void;
  readonly onNotification: (notification: BrowserNotification) => void;
  /** Tells of notes on metrics, and of no other command. */
  readonly onCommand: (command: NoteCommand) => void;
  /** @param names `KIND/ID` of the documents that changed; none: nothing is told */
  readonly onCatalog: (names: readonly string[]) => void;
  /** Adds a reader, after sending it what it missed or, where that is no longer known, a `reset`. @returns how to leave */
  readonly join: (reader: StreamReader, lastEventId: string | undefined) => () => void;
  /** Sends what is due; called every `ROUND_EVERY_MS`, one at a time. */
  readonly round: () => Promise<void>;
  /** Tells everyone to read anew. */
  readonly reset: (reason: string) => void;
  readonly readers: () => number;
  /** Ends all readers. */
  readonly close: () => void;
};

/**
 * @param ports.isRebuilding whether a metric's values are withheld now: asked only for metrics whose updates history
 *   filled, at most once a round; when one no longer is, everyone is told to read anew
 */
export function createStreamHub(ports: {
  readonly epoch: string;
  readonly now: () => EpochMs;
  readonly isRebuilding: (metric: string) => Promise<boolean>;
}): StreamHub {
  const ring = new EventRing(ports.epoch, RING_MAX);
  const cells = new LiveCells(CELLS_MAX);
  const ticks = new Map<string, TickUpdate>();
  const readers = new Set<StreamReader>();
  let rebuilding: ReadonlySet<string> = new Set();
  let rounds = 0;
  /** Bytes that were sent beyond what the rounds until now may send. */
  let owedBytes = 0;

  const send = (reader: StreamReader, bytes: Uint8Array): void => {
    if (reader.unreadBytes() <= UNREAD_BYTES_MAX) {
      owedBytes += bytes.length;
      return reader.write(bytes);
    }
    readers.delete(reader);
    reader.end();
  };
  /** As every reader gets it: formatted once, however many there are. */
  const written = (event: NumberedEvent): WrittenEvent => ({
    ...event,
    text: formatEvent(event, ring.idOf(event.sequence)),
  });
  const textFor = (reader: StreamReader, events: readonly WrittenEvent[]): string =>
    events
      .filter(
        ({ metric, receiver }) =>
          (metric === undefined || (reader.metrics?.has(metric) ?? true)) &&
          (receiver === undefined || reader.isFor(receiver)),
      )
      .map(({ text }) => text)
      .join('');
  const publish = (events: readonly NumberedEvent[]): void => {
    if (events.length === 0 || readers.size === 0) return;
    const all = events.map(written);
    // Those who watch the same are sent the same bytes; messages to people are each reader's own.
    const isPersonal = events.some(({ receiver }) => receiver !== undefined);
    const known = new Map<string, Uint8Array>();
    for (const reader of readers) {
      const watched = [...(reader.metrics ?? ['*'])].toSorted().join(' ');
      const bytes = (isPersonal ? undefined : known.get(watched)) ?? utf8(textFor(reader, all));
      known.set(watched, bytes);
      if (bytes.length > 0) send(reader, bytes);
    }
  };
  const reset = (reason: string): NumberedEvent =>
    ring.push({ event: 'reset', metric: undefined, data: JSON.stringify({ reason }) });

  /** Metrics of these updates whose values are withheld. */
  const findRebuilding = async (metrics: ReadonlySet<string>): Promise<ReadonlySet<string>> => {
    const found = await Promise.all(
      [...metrics].map(async (metric) => ((await ports.isRebuilding(metric)) ? [metric] : [])),
    );
    return new Set(found.flat());
  };

  const sendValues = async (): Promise<void> => {
    const { updates, lost } = cells.take(EVENTS_PER_ROUND_MAX);
    const before = rebuilding;
    rebuilding = await findRebuilding(
      new Set([
        ...before,
        ...updates.filter(({ backfilled }) => backfilled).map(({ metric }) => metric),
      ]),
    );
    const events = updates.map((update) =>
      ring.push({
        event: 'value',
        metric: update.metric,
        data: JSON.stringify(valueEvent(update, rebuilding.has(update.metric))),
      }),
    );
    if (lost > 0) events.push(reset('more cells changed than are kept'));
    if ([...before].some((metric) => !rebuilding.has(metric)))
      events.push(reset('a metric was rebuilt'));
    publish(events);
  };

  const sendPipeline = (): void => {
    if (ticks.size === 0) return;
    const all = [...ticks.values()];
    ticks.clear();
    for (const reader of readers) {
      const watermarks = all
        .filter(({ metric }) => reader.metrics?.has(metric) ?? true)
        .map(({ metric, version, watermark }) => ({
          metric,
          version,
          watermark: timeOrNull(watermark),
        }));
      if (watermarks.length === 0) continue;
      const data: PipelineEvent = { at: formatRfc3339(ports.now()), watermarks };
      send(reader, utf8(formatEvent({ event: 'pipeline', data: JSON.stringify(data) }, undefined)));
    }
  };

  return {
    onUpdate(update) {
      if (update.kind === 'value') cells.offer(update);
      else if (update.kind === 'tick') ticks.set(update.metric, update);
    },
    onAlert(record) {
      const data = JSON.stringify(alertEvent(record));
      publish([ring.push({ event: 'alert', metric: record.metric, data })]);
    },
    onNotification(notification) {
      const { receiver } = notification;
      const data = JSON.stringify(notification);
      publish([ring.push({ event: 'notification', metric: undefined, receiver, data })]);
    },
    onCommand(command) {
      const metric = notedMetric(command);
      if (metric === undefined) return;
      const data: NoteEvent = { metric };
      publish([ring.push({ event: 'note', metric, data: JSON.stringify(data) })]);
    },
    onCatalog(names) {
      if (names.length === 0) return;
      const data = JSON.stringify(catalogEvent(names));
      publish([
        names.length > NAMES_MAX
          ? reset('more of the catalogue changed than is told')
          : ring.push({ event: 'catalog', metric: undefined, data }),
      ]);
    },
    join(reader, lastEventId) {
      readers.add(reader);
      const missed = lastEventId === undefined ? [] : ring.after(lastEventId);
      const head = `retry: ${ROUND_EVERY_MS * 4}\nid: ${ring.newestId}\n\n`;
      const text = missed
        ? textFor(reader, missed.map(written))
        : formatEvent(
            {
              event: 'reset',
              data: '{"reason":"the events after Last-Event-ID are not known here"}',
            },
            ring.newestId,
          );
      send(reader, utf8(`${head}${text}`));
      return () => void readers.delete(reader);
    },
    async round() {
      rounds++;
      owedBytes = Math.max(0, owedBytes - BYTES_PER_ROUND_MAX);
      if (owedBytes === 0) await sendValues();
      if (rounds % ROUNDS_PER_PIPELINE_EVENT === 0) sendPipeline();
      if (rounds % ROUNDS_PER_KEEP_ALIVE === 0)
        for (const reader of readers) send(reader, utf8(`: keep-alive\nid: ${ring.newestId}\n\n`));
    },
    reset: (reason) => publish([reset(reason)]),
    readers: () => readers.size,
    close() {
      for (const reader of readers) reader.end();
      readers.clear();
    },
  };
}
