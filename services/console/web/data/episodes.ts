import type { AlertSummary } from './alerts.ts';

/** When an alert burned, as far as a chart shows it. */
export type Episode = {
  readonly alert: AlertSummary;
  readonly startMs: number;
  /** undefined: it is still open. */
  readonly endMs: number | undefined;
};

/** The newest episodes of these alerts that lie in the range or reach into it, in order; one that was taken back never was. */
export function episodesIn(
  alerts: readonly AlertSummary[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): readonly Episode[] {
  return alerts
    .flatMap((alert): Episode[] => {
      if (alert.startedAt === null || alert.outcome === 'retracted') return [];
      const startMs = Date.parse(alert.startedAt);
      const endMs = alert.endedAt === null ? undefined : Date.parse(alert.endedAt);
      return startMs < toMs && (endMs ?? Infinity) > fromMs ? [{ alert, startMs, endMs }] : [];
    })
    .toSorted((a, b) => a.startMs - b.startMs);
}
