import type { Catalog } from '../kernel/definitions.ts';
import { entryRefusal } from '../kernel/catalog/manual-access.ts';
import type { Enterer } from '../kernel/catalog/manual-access.ts';
import { readEntry } from '../kernel/catalog/manual-entry.ts';
import { MANUAL_ENTRY } from '../kernel/catalog/manual-entry-type.ts';
import { isManual } from '../kernel/catalog/manual-windows.ts';
import type { Refusal } from '../kernel/errors.ts';
import { err, ok } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';
import { formatRfc3339 } from '../kernel/time.ts';
import type { Clock } from './ports.ts';
import type { Ingest } from './service.ts';

/** `POST /v1/metrics/{id}/entries`: what was written. */
export type EntryAnswer = {
  readonly id: string;
  readonly metric: string;
  readonly start: string;
  readonly end: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
  readonly note: string | null;
  readonly by: string;
  readonly at: string;
  /** The window was final: it is restated. */
  readonly historical: boolean;
  readonly position: string;
};

export type Entries = {
  /**
   * Writes the value of one window and member, over whatever was entered before.
   * @param body JSON as it came
   * @throws as `Ingest.accept`: nothing is promised, and the same may be entered again
   */
  readonly enter: (
    metric: string,
    body: unknown,
    by: Enterer,
  ) => Promise<Result<EntryAnswer, Refusal>>;
};

/** CloudEvents source of all entries. */
const SOURCE = 'tidemark:entries';

/**
 * Manual entries are events like any other, so they come in by the one door to `events.*`: what is acknowledged is durable,
 * and no heartbeat vouches for a time after an entry that is still on its way.
 */
export function createEntries(ports: {
  readonly ingest: Ingest;
  readonly catalog: () => Catalog;
  readonly clock: Clock;
  readonly newId: () => string;
}): Entries {
  const { ingest, catalog, clock, newId } = ports;
  return {
    async enter(id, body, by) {
      const metric = catalog().metrics.get(id);
      if (!metric) return err({ code: 'not_found', detail: `no published metric is called ${id}` });
      if (!isManual(metric))
        return err({
          code: 'invalid_parameter',
          detail: `${id} is no manual metric: its values are counted, and nothing can be entered`,
        });
      const refusal = entryRefusal(by, metric, catalog());
      if (refusal) return err(refusal);
      const nowMs = clock.now();
      const entry = readEntry(metric, body, nowMs);
      if (!entry.ok) return err({ code: 'invalid_parameter', ...entry.error });
      const { window, labels, series, value, note, isHistorical } = entry.value;
      const event = {
        id: newId(),
        source: SOURCE,
        type: MANUAL_ENTRY,
        time: formatRfc3339(window.startMs),
        subject: id,
        // All entries of a metric lie in one partition, so that the last one is the last one.
        partitionKey: id,
        data: {
          metric: id,
          series,
          labels,
          windowStart: window.startMs,
          windowEnd: window.endMs,
          value,
          note,
          by: by.person,
        },
      };
      const accepted = await ingest.accept([ok(event)], {
        isHistorical,
        isStrict: true,
        sources: undefined,
        isEntry: true,
      });
      if (!accepted.ok) return accepted;
      const [written] = accepted.value.body.results;
      if (written?.position === undefined)
        return err(
          written?.error ?? { code: 'invariant_broken', detail: 'no answer for an entry' },
        );
      return ok({
        id: event.id,
        metric: id,
        start: event.time,
        end: formatRfc3339(window.endMs),
        labels,
        value,
        note,
        by: by.person,
        at: formatRfc3339(nowMs),
        historical: isHistorical,
        position: written.position,
      });
    },
  };
}
