import { NO_LINKS } from '../../services/alerting/core/alert/message.ts';
import { apply } from '../../services/alerting/core/partition/partition.ts';
import { isHeld } from '../../services/alerting/core/alert/episode.ts';
import type { Message } from '../../services/alerting/core/alert/episode.ts';
import { PartitionState } from '../../services/alerting/core/partition/partition-state.ts';
import { takeUpBuiltIns } from '../../services/alerting/core/partition/watch-itself.ts';
import { replan } from '../../services/alerting/core/partition/replan.ts';
import { covers } from '../../services/alerting/core/overlay/silence.ts';
import type { Command, LoggedCommand, SilenceScope } from '../../services/kernel/command.ts';
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
  return [
    ...compareWithReplay(alerting, updates),
    ...compareTold(alerting),
    ...compareMutes(alerting, updates),
  ];
}

function noteBranches({ told, records, isLost }: SimulatedAlerting, { see }: Seen): void {
  const kinds = new Set(told.map(({ message }) => message.kind));
  if (kinds.has('firing')) see('an alert that fired');
  if (kinds.has('resolved')) see('an alert that was resolved');
  if (kinds.has('unmuted')) see('a mute that ended, and was told');
  if (kinds.has('escalated')) see('an escalation');
  const transitions = new Set(records.map(({ transition }) => transition));
  if (transitions.has('released')) see('a message that waited for the end of quiet hours');
  if (transitions.has('silenced')) see('a message withheld by what somebody said');
  if (records.some(({ reason }) => reason.startsWith('inhibited')))
    see('an alert inhibited by a graver one');
  const silences = records.filter(({ rule }) => rule === 'source-silent');
  if (silences.some(({ transition }) => transition === 'firing')) see('a source that fell silent');
  if (silences.some(({ reason }) => reason === 'recovered')) see('a silent source that came back');
  if (records.some(({ rule }) => rule === 'watchdog')) see('a watchdog that was heard');
  if (transitions.has('acknowledged')) see('an alert that was acknowledged');
  if (new Set(told.map(({ message }) => message.id)).size < told.length)
    see('a message told again under its id');
  if (isLost()) see('the state of alerts lost');
}

/** The condition of every alert is what one reading of the log from the beginning gives. */
function compareWithReplay(
  alerting: SimulatedAlerting,
  updates: Written['updates'],
): readonly string[] {
  const { plans, builtIns, commands, begunAt, rebuilds, current, told } = alerting;
  const forgotten = new Set<string>();
  const wanted = new Map<string, string>();
  const messages = new Set<string>();
  updates.forEach((records, partition) => {
    const begun = begunAt.get(partition) ?? { cursor: 0, activeFrom: 0 };
    const state = new PartitionState(partition, { ...begun, logMs: 0, awakeMs: 0 });
    replan(state, plans);
    takeUpBuiltIns(state, builtIns);
    records.forEach(({ appendMs, update }, offset) => {
      if (offset < begun.cursor) return;
      for (const { cursor, activeFrom } of rebuilds.filter((one) => one.partition === partition))
        if (activeFrom === offset)
          for (const id of forgottenBy(state, records.slice(0, cursor))) forgotten.add(id);
      const record = { offset, appendMs, update, commands: news(state, commands) };
      for (const { alert } of apply(state, record, NO_LINKS))
        for (const { id } of messagesOf(alert)) messages.add(id);
    });
    for (const { alert } of state.tracks.values()) {
      if (!isUnheard(alert)) wanted.set(alert.id, textOf(alert));
    }
  });
  const heard = [...(current()?.alerts() ?? [])].filter((alert) => !isUnheard(alert));
  const found = new Map(heard.map((alert) => [alert.id, textOf(alert)]));
  const strange = told.filter(
    ({ alert, message }) => !messages.has(message.id) && !forgotten.has(alert),
  );
  const conditions = [...new Set([...wanted.keys(), ...found.keys()])]
    .filter((id) => wanted.get(id) !== found.get(id) && !forgotten.has(id))
    .map((id) => `alert ${id} is ${found.get(id)}, by one reading of the log ${wanted.get(id)}`);
  return [
    ...conditions,
    ...strange.map(({ message }) => `${message.kind} ${message.id} is told by no other reading`),
  ];
}

/** Commands that the state has not taken yet, where they lie. */
const news = (state: PartitionState, commands: readonly Command[]): readonly LoggedCommand[] =>
  commands
    .map((command, offset) => ({ offset, command }))
    .filter(({ offset }) => offset >= state.commandsNext);

const messagesOf = ({ ended, episode }: Alert): readonly Message[] =>
  [...ended, ...(episode ? [episode] : [])].flatMap((one) => one.messages);

type Alert = NonNullable<ReturnType<PartitionState['tracks']['get']>>['alert'];
/**
 * What no log says any more after a loss: since when a series was watched and all was well, where that began before what is
 * read again. It begins anew with the first value that is read, and waits for the window of that one.
 * @param state as it was at the loss   @param gone what lies before what is read again
 */
const forgottenBy = (
  { tracks, memories }: PartitionState,
  gone: Written['updates'][number],
): readonly string[] =>
  [...tracks.values()].flatMap(({ plan, alert: { id, series, sequence, slots } }) => {
    const isOlder = gone.some(
      ({ update }) =>
        update.kind === 'value' &&
        update.series === series &&
        memories.get(`${update.metric}@${update.version}|${update.grain}`)?.key === plan?.memory,
    );
    return sequence === 0 && slots.length > 0 && isOlder ? [id] : [];
  });

/** Nothing was ever said of it: a series of long ago is watched again from its next value on. */
const isUnheard = ({ sequence, machine }: Alert): boolean =>
  sequence === 0 && machine.condition === 'ok';
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
  // The run may end within the quiet hours of somebody to whom an end is owed.
  const waits = new Set(
    [...(current()?.alerts() ?? [])].flatMap(({ ended }) =>
      ended.flatMap(({ id, messages }) =>
        messages.filter(isHeld).map(({ receiver }) => `${id} ${receiver}`),
      ),
    ),
  );
  for (const [episode, list] of episodes) {
    if (open.has(episode)) continue;
    for (const [receiver, own] of Map.groupBy(list, ({ message }) => message.receiver)) {
      const isEnded = own.some(({ message }) => ENDS.has(message.kind) || saysItsEnd(message));
      const isBegun = own.some(({ message }) => !ENDS.has(message.kind));
      if (isBegun && !isEnded && !waits.has(`${episode} ${receiver}`))
        out.push(`episode ${episode}: ${receiver} was told that it burns, and not of its end`);
      if (isEnded && !isBegun)
        out.push(`episode ${episode}: ${receiver} was told of an end without a beginning`);
    }
  }
  return out;
}

/** Of a past window that late data lets breach: it is over when it is told. */
const saysItsEnd = ({ kind, body }: Message): boolean =>
  kind === 'firing' &&
  (JSON.parse(body) as { data: { alert: { endedAt: string | null } } }).data.alert.endedAt !== null;

const ENDS: ReadonlySet<Message['kind']> = new Set(['resolved', 'corrected']);

/**
 * Nobody is told that it burns while a silence holds, and each mute is told to be over once: by the commands alone, in the
 * order in which the clocks of the alert's partition let them count.
 */
function compareMutes(
  { told, commands, records }: SimulatedAlerting,
  updates: Written['updates'],
): readonly string[] {
  const homes = new Map(records.map((record) => [record.id, record]));
  const distinct = [...new Map(told.map((one) => [one.message.id, one])).values()];
  // No silence reaches the watchdog, not even its word that a snooze is over.
  const burning = distinct.filter(
    ({ alert, message }) => !ENDS.has(message.kind) && homes.get(alert)?.rule !== 'watchdog',
  );
  const spoken = burning.flatMap(({ alert, message }) => {
    const home = homes.get(alert);
    const held = silencesOf(commands, updates[home?.inputPartition ?? 0] ?? []).find(
      (one) =>
        home !== undefined &&
        covers(one, home) &&
        one.fromMs < message.decidedAtMs &&
        message.decidedAtMs < one.toMs,
    );
    return held ? [`${message.kind} ${message.id} was told under ${held.id}`] : [];
  });
  const again = [...Map.groupBy(burning, ({ episode }) => episode)].flatMap(([episode, list]) => {
    const over = list.filter(
      ({ message }) => message.kind === 'unmuted' && message.receiver === 'ops-hook',
    );
    const mutes = new Set(
      records
        .filter((one) => one.episode?.id === episode && one.transition === 'silenced')
        .map(({ sequence }) => sequence),
    );
    return over.length > mutes.size
      ? [`episode ${episode}: ${over.length} mutes were over, of ${mutes.size}`]
      : [];
  });
  return [...spoken, ...again];
}

/** From when to when each silence held in a partition, by its log. */
function silencesOf(
  commands: readonly Command[],
  records: Written['updates'][number],
): readonly (Pick<SilenceScope, 'matchers'> & {
  readonly id: string;
  readonly fromMs: number;
  readonly toMs: number;
})[] {
  const takenMs = (offset: number): number =>
    records.find(({ update }) => update.kind === 'clock' && update.commands > offset)?.appendMs ??
    Infinity;
  return commands.flatMap(({ silence, target }, offset) => {
    if (!silence) return [];
    const end = commands.findIndex((one) => one.kind === 'unsilence' && one.target === target);
    const endMs = end === -1 ? Infinity : takenMs(end);
    const fromMs = Math.max(silence.startsAt, takenMs(offset));
    const { matchers, endsAt } = silence;
    return [{ id: target, matchers, fromMs, toMs: Math.min(endsAt, endMs) }];
  });
}
