import type { Catalog, LocalizedText } from '../../../kernel/definitions.ts';
import type { DashboardDefinition } from '../../../kernel/catalog/dashboard-panels.ts';
import { metricsOfDashboard } from '../../../kernel/catalog/dashboards.ts';
import type { Refusal } from '../../../kernel/errors.ts';
import { ownerName } from '../../../kernel/owner.ts';
import { err, ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';

/** `GET /v1/dashboards/{id}`: the definition, with every default filled in. */
export type DashboardAnswer = DashboardDefinition & { readonly ownerName: LocalizedText | null };

export type DashboardSummary = Omit<DashboardAnswer, 'panels' | 'rangeMs'> & {
  readonly panels: number;
  /** Ids of the metrics that it reads. */
  readonly metrics: readonly string[];
};
/** `GET /v1/dashboards`: by id. There are tens of them, so that it is one page. */
export type DashboardsAnswer = { readonly dashboards: readonly DashboardSummary[] };

const nameOf = (catalog: Catalog, { owner }: DashboardDefinition): LocalizedText | null =>
  owner === undefined ? null : ownerName(catalog, owner);

export const dashboardsAnswer = (catalog: Catalog): DashboardsAnswer => ({
  dashboards: [...(catalog.dashboards?.values() ?? [])]
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((dashboard) => {
      const { panels, rangeMs: _, ...rest } = dashboard;
      return {
        ...rest,
        ownerName: nameOf(catalog, dashboard),
        panels: panels.length,
        metrics: metricsOfDashboard(dashboard),
      };
    }),
});

export function dashboardAnswer(catalog: Catalog, id: string): Result<DashboardAnswer, Refusal> {
  const dashboard = catalog.dashboards?.get(id);
  return dashboard
    ? ok({ ...dashboard, ownerName: nameOf(catalog, dashboard) })
    : err({ code: 'not_found', detail: `no published dashboard is called ${id}` });
}
