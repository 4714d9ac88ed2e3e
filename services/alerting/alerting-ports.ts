import type { DurationMs, EpochMs } from '../kernel/time.ts';
import type { WriteDigest } from './digests.ts';
import type { Owed } from './core/alert/lifecycle.ts';
import type { Links } from './core/alert/message.ts';
import type {
  AlertingObserver,
  AlertLog,
  AlertStore,
  CommandLog,
  History,
  UpdateLog,
  UpdateSource,
} from './ports.ts';

/** What alerting is put together from. */
export type AlertingPorts = {
  readonly store: AlertStore;
  readonly alerts: AlertLog;
  readonly updates: UpdateLog;
  readonly commands: CommandLog;
  readonly source: UpdateSource;
  readonly history: History;
  readonly observer: AlertingObserver;
  /** What became of messages that an alert owes; `forget` when the partition is not ours any more. */
  readonly outbox: {
    readonly offer: (partition: number, alert: string, owed: readonly Owed[]) => void;
    readonly forget: (partition: number) => void;
  };
  readonly now: () => EpochMs;
  readonly pause: (ms: DurationMs) => Promise<void>;
  /** Unique, so that whoever claimed a partition before can commit no more. */
  readonly newOwner: () => string;
  readonly links: Links;
  /** Absent: digests are not told. */
  readonly writeDigest?: WriteDigest;
};
