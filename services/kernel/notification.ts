import type { EpochMs } from './time.ts';

/** A message to people's browsers, as alerting leaves it and the console shows it. */
export type BrowserNotification = {
  /** The message's, the same over all its retries: who gets it twice shows it once. */
  readonly id: string;
  readonly receiver: string;
  /** Of alerts, such as `firing`; `test` of a receiver's test. */
  readonly kind: string;
  readonly tone: 'bad' | 'warning' | 'good' | 'neutral';
  /** The alert that it is about. */
  readonly alert: string | null;
  readonly at: EpochMs;
  /** The reader's console chooses. */
  readonly texts: Readonly<
    Record<'en' | 'zh', { readonly title: string; readonly summary: string }>
  >;
};

/** The Redis stream that holds the newest of them, each as JSON in the field `message`. */
export const notificationsKey = (prefix: string): string => `${prefix}notifications`;
/** About so many are kept: browsers show news, the alert itself keeps what became of each message. */
export const NOTIFICATIONS_MAX = 5_000;
