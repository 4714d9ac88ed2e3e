import type { Catalog, MetricDefinition, SimpleMetric } from '../kernel/definitions.ts';
import type { Refusal } from '../kernel/errors.ts';
import { err, ok } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';
import type { EpochMs } from '../kernel/time.ts';
import { changesOf, shownBefore, withVersions } from './core/shown-catalog.ts';
import type { ProjectionReader } from './ports.ts';

/** What is known is asked for anew after so long, or with another catalogue; more rarely where nothing is to be swapped. */
const KNOWN_MS_MAX = { swapping: 500, settled: 5_000 } as const;

export type ShownMetric = {
  readonly metric: MetricDefinition;
  /** The catalogue that it and its sources are read by. */
  readonly catalog: Catalog;
  /** What there is to say of its version; undefined where it is the published one. */
  readonly warning: string | undefined;
};

/** Which version of a metric is shown. */
export type Versions = {
  /** The catalogue with the versions that are shown. @throws redis_unavailable */
  readonly shown: () => Promise<Catalog>;
  /** @param version undefined: the one that is shown   @throws redis_unavailable */
  readonly find: (id: string, version: string | undefined) => Promise<Result<ShownMetric, Refusal>>;
  /** Whether what the update stream tells of this version is to be shown, as far as is known. */
  readonly isShown: (metric: string, version: string) => boolean;
  /** Whether a metric is shown in another version than at the call before; false where Redis does not tell. */
  readonly hasSwapped: () => Promise<boolean>;
};

export function createVersions(ports: {
  readonly reader: Pick<ProjectionReader, 'heads'>;
  readonly catalog: () => Catalog;
  readonly now: () => EpochMs;
}): Versions {
  const { reader, now } = ports;
  let known: { of: Catalog; atMs: EpochMs; shown: Catalog } | undefined;

  const shown = async (): Promise<Catalog> => {
    const catalog = ports.catalog();
    const changes = changesOf(catalog);
    if (changes.length === 0) return catalog;
    const isSettled = known?.shown === known?.of;
    const knownMsMax = KNOWN_MS_MAX[isSettled ? 'settled' : 'swapping'];
    const isFresh = known?.of === catalog && now() - known.atMs < knownMsMax;
    if (known && isFresh) return known.shown;
    const metrics = changes.flatMap(({ published, before }) => [published, before]);
    const heads = await reader.heads(metrics.map(({ id, version }) => ({ metric: id, version })));
    const byMetric = new Map(metrics.map((metric, i) => [metric, heads[i]]));
    const before = shownBefore(changes, (metric) => byMetric.get(metric));
    known = { of: catalog, atMs: now(), shown: withVersions(catalog, before) };
    return known.shown;
  };

  let last: string | undefined;
  const hasSwapped = async (): Promise<boolean> => {
    const catalog = await shown().catch(() => undefined);
    if (!catalog) return false;
    const ids = [...(catalog.superseded ?? new Map<string, SimpleMetric>()).keys()];
    const versions = ids.map((id) => `${id}@${catalog.metrics.get(id)?.version}`).join();
    const before = last;
    last = versions;
    return before !== undefined && before !== versions;
  };

  return {
    shown,
    hasSwapped,
    async find(id, version) {
      const catalog = ports.catalog();
      const published = catalog.metrics.get(id);
      if (!published)
        return err({ code: 'not_found', detail: `no published metric is called ${id}` });
      const before = catalog.superseded?.get(id);
      const asked =
        before && version === before.version
          ? withVersions(catalog, [before])
          : version === undefined
            ? await shown()
            : catalog;
      const metric = asked.metrics.get(id) ?? published;
      const isPublished = metric.version === published.version;
      const warning = isPublished
        ? undefined
        : version === undefined
          ? `version ${metric.version} of ${id} is shown until ${published.version}, which is published, has caught up`
          : `version ${metric.version} of ${id} is not the published one, which is ${published.version}`;
      return ok({ metric, catalog: asked, warning });
    },
    isShown(metric, version) {
      const catalog = ports.catalog();
      if (!catalog.superseded?.has(metric)) return true;
      const current = known?.of === catalog ? known.shown : catalog;
      return current.metrics.get(metric)?.version === version;
    },
  };
}
