import type { LocalizedText } from '../../../kernel/definitions.ts';

/** Alerts as the API writes them (contract sections 5 and 7). Times are RFC 3339, values decimal strings. */

export type AlertSummary = {
  readonly id: string;
  readonly rule: string;
  readonly name?: LocalizedText;
  readonly severity: 'critical' | 'warning' | 'info';
  readonly state: 'ok' | 'pending' | 'firing' | 'recovering' | 'nodata';
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly episode: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly outcome: string | null;
  readonly value: string | null;
  readonly threshold: string | null;
  readonly accountable: string | null;
};
/** `GET /v1/alerts` */
export type AlertsAnswer = { readonly alerts: readonly AlertSummary[]; readonly cursor?: string };

/** Data of the stream's `alert` events; only which alert it is matters here. */
export type AlertEvent = { readonly id: string };
