import { takesDigests } from '../kernel/catalog/digests.ts';
import type { Catalog } from '../kernel/definitions.ts';
import { stillWanted } from './core/sending/digest-plan.ts';
import type { Due } from './core/sending/digest-plan.ts';
import type { AlertState, Message } from './core/alert/episode.ts';
import type { Links } from './core/alert/message.ts';
import { askedValues, NEWS_VALUES_MAX, newsMessages } from './core/sending/news.ts';
import type { AskedValue, NewsValue } from './core/sending/news.ts';
import { recipientsBy } from './core/people/recipients.ts';
import { unsubscribedKey } from './core/people/unsubscribed.ts';
import type { PartitionState } from './core/partition/partition-state.ts';
import type { AlertingObserver, History } from './ports.ts';

export type DigestPorts = {
  readonly catalog: () => Catalog;
  readonly alerts: () => Promise<readonly AlertState[]>;
  readonly history: History;
  readonly links: Links;
};
/** Writes a digest that is due. @throws redis_unavailable, rebuilding: it is tried again */
export type WriteDigest = (
  due: Due,
  unsubscribed: ReadonlySet<string>,
) => Promise<readonly Message[]>;

/** Reads what a digest tells of: all alerts of the installation, and stored values. */
export function digestWriter(ports: DigestPorts): WriteDigest {
  return async (asDue, unsubscribed) => {
    const catalog = ports.catalog();
    const plan = stillWanted(asDue.plan, unsubscribed);
    if (!plan) return [];
    const due = { ...asDue, plan };
    const { who, subscription, receiver } = due.plan;
    const recipients = recipientsBy(catalog, who, { receiver, atMs: due.atMs })
      .map((one) => (subscription === null ? one : { ...one, subscription }))
      .filter((one) => {
        const known = catalog.receivers.get(one.receiver);
        return known !== undefined && takesDigests(known);
      })
      .filter(
        ({ to }) => subscription === null || !unsubscribed.has(unsubscribedKey(subscription, to)),
      );
    if (recipients.length === 0) return [];
    const asked = askedValues(catalog, due).slice(0, NEWS_VALUES_MAX);
    const values = await Promise.all(asked.map((one) => valueOf(ports.history, one)));
    const alerts = await ports.alerts();
    const { links } = ports;
    return newsMessages(due, { recipients, alerts, values }, { catalog, links });
  };
}

/** Writes what is due in a partition. What cannot be read now waits: nothing else waits for it. */
export async function writeDueDigests(
  { digests, builtIns, following }: PartitionState,
  {
    writeDigest,
    observer,
  }: { readonly writeDigest?: WriteDigest; readonly observer: Pick<AlertingObserver, 'crashed'> },
): Promise<void> {
  for (const due of digests.pending(builtIns.digests ?? []))
    try {
      digests.written(due, (await writeDigest?.(due, following.unsubscribed)) ?? []);
    } catch (error) {
      observer.crashed(error as Error);
    }
}

async function valueOf(history: History, asked: AskedValue): Promise<NewsValue> {
  const { metric, series, startMs, beforeMs } = asked;
  const of = { grain: 'day', fromMs: beforeMs, toMs: startMs + 1, series: [series] } as const;
  const cells = (await history.cells(metric, of)) ?? [];
  const at = (ms: number) => cells.find(({ start }) => start === ms)?.value ?? null;
  return { ...asked, value: at(startMs), previous: at(beforeMs) };
}
