import type { Catalog, ReceiverDefinition } from '../definitions.ts';
import type { Report } from './fault.ts';

/** Whether it can be told the news of a day: what speaks Alertmanager's language knows alerts only, and would fire them anew. */
export const takesDigests = (receiver: ReceiverDefinition): boolean =>
  receiver.type === 'webhook' ? receiver.format === 'standard' : receiver.type !== 'alertmanager';

/** A digest that could be told to nobody is a fault where it is asked for. */
export function reportDigests(
  { receivers, people, subscriptions }: Catalog,
  at: {
    readonly indexOf: (kind: string, id: string) => number;
    readonly reportFor: (document: number) => Report;
  },
): void {
  const isUnfit = (id: string): boolean => {
    const receiver = receivers.get(id);
    return receiver !== undefined && !takesDigests(receiver);
  };
  const because =
    'takes alerts alone, no digests: an Alertmanager would fire again what it tells of';
  for (const { id, digest, receiver } of subscriptions?.values() ?? [])
    if (digest && receiver !== undefined && isUnfit(receiver))
      at.reportFor(at.indexOf('Subscription', id))(['spec', 'receiver'], {
        code: 'field_invalid',
        message: `the receiver ${receiver} ${because}`,
      });
  for (const { id, digest, receivers: own } of people.values())
    if (digest && own.length > 0 && own.every(isUnfit))
      at.reportFor(at.indexOf('Person', id))(['spec', 'digest'], {
        code: 'field_invalid',
        message: `each of its receivers (${own.join(', ')}) ${because}`,
      });
}
