import type { GroupSettings, LocalizedText, OwnerRef, SecretRef } from './definitions.ts';
import type { DurationMs } from './time.ts';

/** The server that sends e-mail. */
export type SmtpDefinition = {
  readonly host: string;
  readonly port: number;
  readonly security: 'starttls' | 'tls' | 'none';
  readonly username?: string;
  readonly password?: SecretRef;
  readonly from: string;
};
/** What is set once for all: the one document of kind Settings. */
export type SettingsDefinition = {
  readonly fallbackTeam?: OwnerRef;
  readonly group?: GroupSettings;
  readonly smtp?: SmtpDefinition;
  /** Who hears that alerts are evaluated, and how often: for a dead-man switch outside. */
  readonly watchdog?: { readonly receiver: string; readonly everyMs: DurationMs };
  /** What people see of domains, of those that have a name. */
  readonly domains?: ReadonlyMap<string, LocalizedText>;
  /** Per cent of a metric's deviation that one of its drivers must explain to be named as its cause; absent: 50. */
  readonly driverShare?: number;
};
