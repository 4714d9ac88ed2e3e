import type { Catalog } from '../kernel/definitions.ts';
import type { EpochMs } from '../kernel/time.ts';
import { sourcesOf } from './core/derived.ts';
import { watermarkOf } from './core/projection.ts';
import type { ProjectionReader } from './ports.ts';

/**
 * How far each of these metrics has come: of what it is computed from, the source that is furthest behind. One that is
 * not counted yet is left out. One read for all of them.
 * @throws redis_unavailable
 */
export type Watermarks = (metrics: readonly string[]) => Promise<ReadonlyMap<string, EpochMs>>;

export function createWatermarks(ports: {
  readonly reader: Pick<ProjectionReader, 'heads'>;
  readonly catalog: () => Catalog;
}): Watermarks {
  return async (metrics) => {
    const catalog = ports.catalog();
    const asked = metrics.flatMap((id) => {
      const metric = catalog.metrics.get(id);
      return metric ? [{ id, sources: sourcesOf(catalog, metric) }] : [];
    });
    const refs = asked.flatMap(({ sources }) =>
      sources.map(({ id, version }) => ({ metric: id, version })),
    );
    const heads = await ports.reader.heads(refs);
    const known = new Map(
      refs.map(({ metric }, i) => [metric, heads[i] ? watermarkOf(heads[i]) : 0]),
    );
    const found = asked.map(({ id, sources }) => {
      const each = sources.map((source) => known.get(source.id) ?? 0);
      return [id, each.length === 0 ? 0 : Math.min(...each)] as const;
    });
    return new Map(found.filter(([, watermarkMs]) => watermarkMs > 0));
  };
}
