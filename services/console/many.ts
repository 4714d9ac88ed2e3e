import type { Catalog } from '../kernel/definitions.ts';
import type { Refusal } from '../kernel/errors.ts';
import { ok } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { ValuesAnswer } from './core/answers.ts';
import { correctionsOf, pageOfMetrics, parseCorrectionsQuery } from './core/overview/many.ts';
import type { CorrectionsAnswer, ManyAnswer } from './core/overview/many.ts';
import type { Parameters } from './core/values-query.ts';
import type { ConsoleReads } from './service.ts';

/** Questions about many metrics at once, where a page would need one for each. */
export type ManyReads = {
  readonly current: (parameters: Parameters) => Promise<Result<ManyAnswer, Refusal>>;
  readonly corrections: (parameters: Parameters) => Promise<Result<CorrectionsAnswer, Refusal>>;
};

export function createManyReads(ports: {
  readonly reads: Pick<ConsoleReads, 'current' | 'values'>;
  readonly catalog: () => Catalog;
  readonly now: () => EpochMs;
}): ManyReads {
  const { reads, catalog, now } = ports;
  /** Metrics that lack such a window are a part of the answer, not its end. */
  const askAll = async (
    ids: readonly string[],
    ask: (id: string) => Promise<Result<ValuesAnswer, Refusal>>,
  ): Promise<ManyAnswer> => {
    const answers = await Promise.all(ids.map(ask));
    return {
      metrics: answers.flatMap((answer) => (answer.ok ? [answer.value] : [])),
      refused: answers.flatMap((answer, i) =>
        answer.ok
          ? []
          : [{ metric: ids[i] ?? '', code: answer.error.code, detail: answer.error.detail }],
      ),
    };
  };
  return {
    async current({ metric, cursor, ...parameters }) {
      const page = pageOfMetrics(catalog().metrics.keys(), { metric, cursor });
      if (!page.ok) return page;
      const { ids, ...next } = page.value;
      return ok({ ...(await askAll(ids, (id) => reads.current(id, parameters))), ...next });
    },
    async corrections(parameters) {
      const query = parseCorrectionsQuery(parameters, now());
      if (!query.ok) return query;
      const { from } = query.value;
      const daily = [...catalog().metrics.values()].filter(({ grains }) => grains.includes('day'));
      const { metrics } = await askAll(
        daily.map(({ id }) => id),
        (id) => reads.values(id, { grain: 'day', from }),
      );
      return ok(correctionsOf(from, metrics));
    },
  };
}
