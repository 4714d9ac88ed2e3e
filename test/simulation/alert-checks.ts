import { NO_LINKS } from '../../services/alerting/core/message.ts';
import { apply } from '../../services/alerting/core/partition.ts';
import type { Message } from '../../services/alerting/core/episode.ts';
import { PartitionState } from '../../services/alerting/core/partition-state.ts';
import { replan } from '../../services/alerting/core/replan.ts';
import type { SimulatedAlerting } from './alerting.ts';
import type { Seen } from './branches.ts';
import type { Written } from './broker.ts';

/** What must hold of alerts in the end. @returns what does not, one sentence each */
export function alertFaults(
  alerting: SimulatedAlerting,
  updates: Written['updates'],
  seen: Seen,
): readonly string[] {
  noteBranches(alerting, seen);
  // After a loss less of the log is read again than one reading from the beginning reads.
  const replayed = alerting.isLost() ? [] : compareWithReplay(alerting, updates);
  return [...replayed, ...compareTold(alerting)];
}

function noteBranches({ told, isLost }: SimulatedAlerting, { see }: Seen): void {
  const kinds = new Set(told.map(({ message }) => message.kind));
  if (kinds.has('firing')) see('an alert that fired');
  if (kinds.has('resolved')) see('an alert that was resolved');
  if (new Set(told.map(({ message }) => message.id)).size < told.length)
    see('a message told again under its id');
  if (isLost()) see('the state of alerts lost');
}

/** The condition of every alert is what one reading of the log from the beginning gives. */
function compareWithReplay(
  { plans, begunAt, current, told }: SimulatedAlerting,
  updates: Written['updates'],
): readonly string[] {
  const wanted = new Map<string, string>();
  const messages = new Set<string>();
  updates.forEach((records, partition) => {
    const begun = begunAt.get(partition) ?? { cursor: 0, activeFrom: 0 };
    const state = new PartitionState(partition, { ...begun, logMs: 0, awakeMs: 0 });
    replan(state, plans);
    records.forEach(({ appendMs, update }, offset) => {
      if (offset < begun.cursor) return;
      for (const { alert } of apply(state, { offset, appendMs, update }, NO_LINKS))
        for (const { id } of messagesOf(alert)) messages.add(id);
    });
    for (const { alert } of state.tracks.values()) wanted.set(alert.id, textOf(alert));
  });
  const found = new Map([...(current()?.alerts() ?? [])].map((alert) => [alert.id, textOf(alert)]));
  const strange = told.filter(({ message }) => !messages.has(message.id));
  const conditions = [...new Set([...wanted.keys(), ...found.keys()])]
    .filter((id) => wanted.get(id) !== found.get(id))
    .map((id) => `alert ${id} is ${found.get(id)}, by one reading of the log ${wanted.get(id)}`);
  return [
    ...conditions,
    ...strange.map(({ message }) => `${message.kind} ${message.id} is told by no other reading`),
  ];
}

const messagesOf = ({ ended, episode }: Alert): readonly Message[] =>
  [...ended, ...(episode ? [episode] : [])].flatMap((one) => one.messages);

type Alert = NonNullable<ReturnType<PartitionState['tracks']['get']>>['alert'];
const textOf = ({ machine, episode }: Alert): string =>
  [machine.condition, episode?.id ?? 'no episode'].join(', ');

/** One message has one text; a beginning that was told has its end told too, once there is one. */
function compareTold({ told, current }: SimulatedAlerting): readonly string[] {
  const out: string[] = [];
  const bodies = new Map<string, string>();
  for (const { message } of told) {
    const known = bodies.get(message.id);
    if (known !== undefined && known !== message.body)
      out.push(`message ${message.id} was told with two texts: ${known} and ${message.body}`);
    bodies.set(message.id, message.body);
  }
  const episodes = Map.groupBy(told, ({ episode }) => episode);
  const open = new Set(
    [...(current()?.alerts() ?? [])].flatMap(({ episode }) => (episode ? [episode.id] : [])),
  );
  for (const [episode, list] of episodes) {
    const kinds = new Set(list.map(({ message }) => message.kind));
    const isBegun = kinds.has('firing') || kinds.has('nodata');
    const isEnded = kinds.has('resolved') || kinds.has('corrected');
    if (isBegun && !isEnded && !open.has(episode))
      out.push(`episode ${episode} of ${list[0]?.alert} was told to begin, and not to end`);
  }
  return out;
}
