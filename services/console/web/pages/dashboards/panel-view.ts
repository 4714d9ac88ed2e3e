import type { MetricSummary } from '../../../core/answers.ts';
import type { DashboardView } from './panel-query.ts';

/** What all panels of a dashboard share. */
export type PanelView = DashboardView & {
  readonly dashboardMs: number;
  readonly metrics: ReadonlyMap<string, MetricSummary>;
};
