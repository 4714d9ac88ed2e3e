import type { AlertRecord } from '../../services/kernel/alert.ts';
import type { MetricUpdate } from '../../services/kernel/update.ts';
import { updateKey } from '../../services/kernel/update.ts';
import type { Owed } from '../../services/alerting/core/alert/lifecycle.ts';
import type { Reached } from '../../services/alerting/core/partition/recovery-point.ts';
import type { UpdateLog, UpdateSource } from '../../services/alerting/ports.ts';
import { createAlerting } from '../../services/alerting/service.ts';
import type { Alerting } from '../../services/alerting/service.ts';
import { NO_LINKS } from '../../services/alerting/core/alert/message.ts';
import { memoryAlertLog } from './memory-alert-log.ts';
import { memoryAlertStore } from './memory-alert-store.ts';
import { memoryCommandLog } from './memory-command-log.ts';

type Stored = { readonly appendMs: number; readonly update: MetricUpdate };

/** One partition of `metric-updates`, the topic `alerts` and the store in memory: what outlives a process. */
export function memoryWorld() {
  const updates: Stored[] = [];
  const alerts: AlertRecord[] = [];
  const store = memoryAlertStore();
  const commands = memoryCommandLog();
  let committed: Reached | undefined;
  let owners = 0;
  let first = 0;
  const steps: string[] = [];

  const updateLog: UpdateLog = {
    partitions: async () => 1,
    bounds: async () => ({ first, end: updates.length }),
    async offsetAt(_partition, timeMs) {
      const found = updates.findIndex(({ appendMs }) => appendMs >= timeMs);
      return found === -1 ? updates.length : found;
    },
    timeAt: async (_partition, offset) => updates[offset]?.appendMs,
    committed: async () => committed,
    async writeClocks(_partitions, { commands: upTo }) {
      const at = updates.at(-1)?.appendMs ?? 0;
      const update = { kind: 'clock', watermark: at, at, commands: upTo } as const;
      updates.push({ appendMs: at, update });
    },
    decode: async (value) => updates[value.readUInt32BE(0)]?.update,
  };
  const plainLog = memoryAlertLog(alerts, () => steps.push('append'));
  const alertReads: number[] = [];
  const alertLog: typeof plainLog = {
    ...plainLog,
    readFrom: (partition, offset) => (
      alertReads.push(offset),
      plainLog.readFrom(partition, offset)
    ),
  };

  /** A process: reads when the test says so. */
  const open = (over: Partial<Parameters<typeof createAlerting>[0]> = {}) => {
    let handlers: Parameters<UpdateSource['run']>[0] | undefined;
    let position: number | undefined;
    const owed = new Map<string, Owed>();
    const source: UpdateSource = {
      async run(next) {
        handlers = next;
        next.onAssigned([0]);
      },
      seek: (_partition, offset) => {
        position = offset;
      },
      commit: ([cursor]) => {
        committed = cursor ?? committed;
      },
      stop: async () => {
        handlers = undefined;
      },
    };
    const alerting: Alerting = createAlerting({
      store,
      alerts: alertLog,
      updates: updateLog,
      commands,
      source,
      history: { head: async () => undefined, cells: async () => undefined },
      observer: {
        evaluated: () => undefined,
        attempted: () => undefined,
        reloaded: () => undefined,
        crashed: () => undefined,
      },
      outbox: {
        offer(_partition, _alert, list) {
          for (const one of list) owed.set(one.message.id, one);
          if (list.length > 0) steps.push('offer');
        },
        forget: () => owed.clear(),
      },
      now: () => updates.at(-1)?.appendMs ?? 0,
      pause: () => new Promise((resolve) => setImmediate(resolve)),
      newOwner: () => `owner-${owners++}`,
      links: NO_LINKS,
      ...over,
    });
    const handOver = async (from: number): Promise<boolean> =>
      (await handlers?.onBatch({
        partition: 0,
        fetchedOffset: from,
        nextOffset: updates.length,
        records: updates.slice(from).map(({ update, appendMs }, i) => ({
          offset: from + i,
          appendMs,
          key: Buffer.from(keyOf(update)),
          value: placeOf(from + i),
        })),
      })) ?? false;
    /** Hands over what is in the log until all of it is taken. */
    const read = async (): Promise<void> => {
      for (let tries = 0; position === undefined || position < updates.length; tries++) {
        if (tries > 100) throw new Error('the log is not read to its end');
        await new Promise((resolve) => setImmediate(resolve));
        if (position === undefined) continue;
        const from = position;
        const isTaken = await handOver(from);
        if (isTaken && position === from) position = updates.length;
      }
    };
    /** Hands over what is in the log and does not wait for what comes of it. */
    const stepAndLeave = async (): Promise<void> => {
      const before = alerts.length;
      void handOver(position ?? 0);
      while (alerts.length === before) await new Promise((resolve) => setImmediate(resolve));
    };
    return { alerting, read, stepAndLeave, owed, handOver };
  };

  return {
    store,
    alerts,
    commands,
    steps,
    /** From where `alerts` was read, each time. */
    alertReads,
    open,
    /** What retention does to records below an offset. */
    forget: (before: number) => {
      first = before;
    },
    /** The store is lost, and all that Kafka knows of how far the group has come is an offset of long ago. */
    loseFrom: (offset: number) => {
      store.lose();
      committed = { offset, point: undefined };
    },
    write: (...records: readonly MetricUpdate[]) => {
      for (const update of records) updates.push({ appendMs: update.at, update });
    },
  };
}

const keyOf = (update: MetricUpdate): string =>
  update.kind === 'clock'
    ? 'clock'
    : updateKey(update.metric, update.kind === 'value' ? update.series : '');

/** A record's value here is its place in the log; `decode` looks it up. */
function placeOf(offset: number): Buffer {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(offset, 0);
  return value;
}
