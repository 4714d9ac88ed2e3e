import type { Catalog } from '../kernel/definitions.ts';
import { TidemarkError } from '../kernel/errors.ts';
import { labelsOf } from '../kernel/series.ts';
import { formatRfc3339 } from '../kernel/time.ts';
import type { EpochMs } from '../kernel/time.ts';
import { planDerived } from './core/derivation.ts';
import type { MetricPlan } from './core/metric-plan.ts';
import type { WindowPlace } from './core/recount.ts';
import type { CellDifference } from './core/verification.ts';
import { verifyWindows } from './verifier.ts';
import type { Verification, VerifierPorts, VerifyLimits } from './verifier.ts';

export type VerifyQuestion = {
  readonly metric: string;
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
};
/** What `POST /v1/metrics/{id}/verify` answers; a derived metric has the projections of all that it reads. */
export type VerifyAnswer = {
  readonly metric: string;
  readonly from: string;
  readonly to: string;
  readonly checked: number;
  readonly differing: number;
  readonly projections: readonly ProjectionAnswer[];
  readonly seconds: number;
};
export type ProjectionAnswer = Pick<Verification, 'cursors' | 'readFrom' | 'records'> & {
  readonly metric: string;
  readonly version: string;
  readonly checked: number;
  readonly differing: number;
  /** The first of them. */
  readonly differences: readonly (Pick<CellDifference, 'kind' | 'stored' | 'recounted'> & {
    readonly metric: string;
    readonly grain: string;
    readonly start: string;
    readonly end: string;
    readonly labels: Readonly<Record<string, string>>;
  })[];
  /** Windows that retention has taken, and cells of series beyond `maxSeries`: rightly nothing is stored of them. */
  readonly expiredWindows: number;
  readonly refusedCells: number;
};

export const VERIFY_LIMITS: VerifyLimits & { readonly windowsMax: number } = {
  /** A hundred days of a metric that keeps minutes. */
  windowsMax: 150_000,
  cellsMax: 200_000,
  /** About half a minute's work. */
  recordsMax: 10_000_000,
};
const DIFFERENCES_MAX = 1_000;

type Ports = VerifierPorts & {
  readonly catalog: () => Catalog;
  readonly plansOf: (topic: string) => readonly MetricPlan[];
  readonly topicOf: (eventType: string) => string;
  /** Monotone, ms. */
  readonly elapsedMs: () => number;
};

/**
 * Verifies all windows of a metric that begin in [fromMs, toMs), of each grain that it keeps; of a derived metric those
 * of the metrics at the bottom of its formula.
 * @returns undefined when no such metric runs here   @throws as `verifyWindows`
 */
export async function answerVerify(
  ports: Ports,
  { metric, fromMs, toMs }: VerifyQuestion,
): Promise<VerifyAnswer | undefined> {
  const beganMs = ports.elapsedMs();
  const plans = plansFor(ports, metric);
  if (!plans) return undefined;
  const projections: ProjectionAnswer[] = [];
  for (const plan of plans) {
    const windows = windowsBetween(plan, { fromMs, toMs });
    projections.push(answerOf(plan, await verifyWindows(ports, { plan, windows }, VERIFY_LIMITS)));
  }
  return {
    metric,
    from: formatRfc3339(fromMs),
    to: formatRfc3339(toMs),
    checked: projections.reduce((sum, { checked }) => sum + checked, 0),
    differing: projections.reduce((sum, { differing }) => sum + differing, 0),
    projections,
    seconds: Math.round(ports.elapsedMs() - beganMs) / 1_000,
  };
}

/** The plans whose cells make the metric's values; while a new version is filled, the one before is counted too. */
export function plansFor(
  { catalog, plansOf, topicOf }: Pick<Ports, 'catalog' | 'plansOf' | 'topicOf'>,
  id: string,
): readonly MetricPlan[] | undefined {
  const { metrics } = catalog();
  const metric = metrics.get(id);
  if (!metric || (metric.kind !== 'simple' && metric.kind !== 'derived')) return undefined;
  const derived = metric.kind === 'derived' ? planDerived(metric, metrics) : undefined;
  if (derived && !derived.ok) return undefined;
  const leaves = metric.kind === 'simple' ? [metric] : (derived?.value.leaves ?? []);
  const plans = leaves.map((leaf) =>
    plansOf(topicOf(leaf.event)).filter((plan) => plan.metric.id === leaf.id),
  );
  return plans.every((versions) => versions.length > 0) ? plans.flat() : undefined;
}

function windowsBetween(
  { calendar, grains }: MetricPlan,
  range: { fromMs: EpochMs; toMs: EpochMs },
): readonly WindowPlace[] {
  const windows: WindowPlace[] = [];
  for (const grain of grains)
    for (const { startMs } of calendar.windowsBetween({ kind: 'grain', grain }, range)) {
      windows.push({ grain, startMs });
      if (windows.length > VERIFY_LIMITS.windowsMax)
        throw new TidemarkError(
          'span_too_long',
          `more than ${VERIFY_LIMITS.windowsMax} windows begin there; ask for less time`,
        );
    }
  if (windows.length === 0)
    throw new TidemarkError(
      'invalid_parameter',
      'no window of the metric begins between from and to',
    );
  return windows;
}

const answerOf = (
  { metric, calendar }: MetricPlan,
  { ref, differences, expired, refused, ...rest }: Verification,
): ProjectionAnswer => ({
  metric: ref.metric,
  version: ref.version,
  checked: rest.checked,
  differing: differences.length,
  differences: differences.slice(0, DIFFERENCES_MAX).map(({ grain, startMs, key, ...cell }) => ({
    metric: metric.id,
    kind: cell.kind,
    grain,
    start: formatRfc3339(startMs),
    end: formatRfc3339(calendar.cellEnd(grain, startMs)),
    labels: labelsOf(key),
    stored: cell.stored,
    recounted: cell.recounted,
  })),
  expiredWindows: expired,
  refusedCells: refused,
  cursors: rest.cursors,
  readFrom: rest.readFrom,
  records: rest.records,
});
