import type {
  Absence,
  DigestTime,
  GroupSettings,
  LocalizedText,
  PersonDefinition,
  QuietHours,
  ResponsibilityDefinition,
  TeamDefinition,
} from '../definitions.ts';
import type { SettingsDefinition, SmtpDefinition } from '../settings.ts';
import { checkOwner, checkReference } from './context.ts';
import type { Context } from './context.ts';
import type {
  PersonDocument,
  ResponsibilityDocument,
  SettingsDocument,
  TeamDocument,
} from './documents.ts';
import type { Metrics } from './rules.ts';
import { textOf } from './fields.ts';

function checkReceivers(receivers: readonly string[], context: Context): void {
  for (const [i, id] of receivers.entries())
    checkReference({ kind: 'Receiver', id, path: ['spec', 'receivers', i] }, context);
}

export function personOf({ metadata, spec }: PersonDocument, context: Context): PersonDefinition {
  checkReceivers(spec.receivers, context);
  return {
    id: metadata.id,
    name: textOf(metadata.name ?? { en: metadata.id }),
    locale: spec.locale,
    timezone: spec.timezone,
    ...(spec.quietHours === undefined ? {} : { quietHours: spec.quietHours.map(quietHoursOf) }),
    ...(spec.absences === undefined ? {} : { absences: absencesOf(spec.absences, context) }),
    ...(spec.digest === undefined ? {} : { digest: digestOf(spec.digest) }),
    receivers: spec.receivers,
  };
}

const quietHoursOf = ({
  from,
  to,
  days,
}: NonNullable<PersonDocument['spec']['quietHours']>[number]): QuietHours => ({
  from,
  to,
  ...(days === undefined ? {} : { days }),
});

const absencesOf = (
  absences: NonNullable<PersonDocument['spec']['absences']>,
  context: Context,
): readonly Absence[] =>
  absences.map(({ from, to, deputy }, i) => {
    checkOwner(deputy, ['spec', 'absences', i, 'deputy'], context);
    return { from, to, ...(deputy === undefined ? {} : { deputy }) };
  });

export const digestOf = ({
  every,
  at,
  weekday,
}: NonNullable<PersonDocument['spec']['digest']>): DigestTime => ({
  every,
  at,
  ...(weekday === undefined ? {} : { weekday }),
});

export function teamOf({ metadata, spec }: TeamDocument, context: Context): TeamDefinition {
  checkReceivers(spec.receivers, context);
  for (const [i, member] of spec.members.entries())
    checkOwner(member, ['spec', 'members', i], context);
  return {
    id: metadata.id,
    name: textOf(metadata.name ?? { en: metadata.id }),
    members: spec.members,
    timezone: spec.timezone,
    receivers: spec.receivers,
  };
}

export function settingsOf({ spec }: SettingsDocument, context: Context): SettingsDefinition {
  checkOwner(spec.fallbackTeam, ['spec', 'fallbackTeam'], context);
  const { fallbackTeam, group, smtp, watchdog, driverShare, domains } = spec;
  if (watchdog)
    checkReference(
      { kind: 'Receiver', id: watchdog.receiver, path: ['spec', 'watchdog', 'receiver'] },
      context,
    );
  return {
    ...(driverShare === undefined ? {} : { driverShare }),
    ...(fallbackTeam === undefined ? {} : { fallbackTeam }),
    ...(domains === undefined ? {} : { domains: namesBy(domains) }),
    ...(group === undefined ? {} : { group: groupOf(group) }),
    ...(smtp === undefined ? {} : { smtp: smtpOf(smtp) }),
    ...(watchdog === undefined
      ? {}
      : { watchdog: { receiver: watchdog.receiver, everyMs: watchdog.every } }),
  };
}

/** What things are called, by their ids. */
const namesBy = (
  texts: NonNullable<SettingsDocument['spec']['domains']>,
): ReadonlyMap<string, LocalizedText> =>
  new Map(Object.entries(texts).map(([id, text]) => [id, textOf(text)]));

export const groupOf = ({
  by,
  wait,
  interval,
}: NonNullable<SettingsDocument['spec']['group']>): GroupSettings => ({
  by,
  waitMs: wait,
  intervalMs: interval,
});

function smtpOf({
  username,
  password,
  ...server
}: NonNullable<SettingsDocument['spec']['smtp']>): SmtpDefinition {
  return {
    ...server,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
}

export function responsibilityOf(
  { metadata, spec }: ResponsibilityDocument,
  metrics: Metrics,
  context: Context,
): ResponsibilityDefinition {
  for (const [i, entry] of spec.entries()) checkEntry(entry, { i, metrics }, context);
  return {
    id: metadata.id,
    entries: spec.map(({ metric, where, from, to, accountable, deputy, escalation }) => ({
      metric,
      where,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      accountable,
      ...(deputy === undefined ? {} : { deputy }),
      escalation: escalation.map((step) => ({ afterMs: step.after, to: step.to })),
    })),
  };
}

function checkEntry(
  entry: ResponsibilityDocument['spec'][number],
  { i, metrics }: { i: number; metrics: Metrics },
  context: Context,
): void {
  const at = (...rest: readonly (string | number)[]) => ['spec', i, ...rest];
  checkReference({ kind: 'Metric', id: entry.metric, path: at('metric') }, context);
  checkOwner(entry.accountable, at('accountable'), context);
  checkOwner(entry.deputy, at('deputy'), context);
  for (const [j, { to }] of entry.escalation.entries())
    checkOwner(to, at('escalation', j, 'to'), context);
  if (entry.from !== undefined && entry.to !== undefined && entry.from >= entry.to)
    context.report(at('to'), {
      code: 'field_invalid',
      message: `to must be later than ${entry.from}`,
    });
  const metric = metrics.get(entry.metric);
  const names = metric && new Set(metric.breakdowns.flat());
  for (const name of Object.keys(entry.where))
    if (names && !names.has(name))
      context.report(at('where', name), {
        code: 'breakdown_unavailable',
        isName: true,
        message: `${entry.metric} is not broken down by ${name}; there are ${[...names].join(', ') || 'none'}`,
      });
}
