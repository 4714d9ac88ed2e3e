import type { EpisodeOutcome } from '../../../kernel/alert.ts';
import { OUTCOMES } from '../../../kernel/alert.ts';
import type { Matcher } from '../../../kernel/command.ts';
import type { Severity } from '../../../kernel/definitions.ts';
import { isOwnerRef } from '../../../kernel/owner.ts';
import { localized, t } from '../i18n/text.ts';
import { nameIn } from '../parts/owner.ts';
import { SEVERITIES } from './alerts.ts';
import type { AlertAnswer } from './alerts.ts';
import { nameOf } from './metric-names.ts';
import type { Known } from './metric-names.ts';
import type { Names } from './people-names.ts';

/** Reasons as alerting writes them, in the words of a reader. Pure, but for the reader's language. */

const MUTES = { silence: 'alert.muted.silence', maintenance: 'alert.muted.maintenance' } as const;

/** Why nobody is told: `silence ID`, `maintenance ID`, `snoozed`, `closed`, `inhibited by RULE`. */
export function muteWords(reason: string, names: Names): string {
  const [kind = '', , rule = ''] = reason.split(' ');
  if (kind === 'silence' || kind === 'maintenance') return t(MUTES[kind]);
  if (kind === 'snoozed') return t('alert.event.snoozed');
  if (kind === 'closed') return t('alert.event.closed');
  if (kind !== 'inhibited') return reason;
  return t('alert.muted.inhibited', { rule: nameIn(names, `AlertRule/${rule}`) });
}

/** Who did it, to whom, or why; empty where the transition says all. */
export function entryWords(
  { transition, reason }: Pick<AlertAnswer['timeline'][number], 'transition' | 'reason'>,
  names: Names,
): string {
  if (transition === 'silenced' || transition === 'unmuted') return muteWords(reason, names);
  if (OUTCOMES.includes(reason as EpisodeOutcome))
    return t(`alert.outcome.${reason as EpisodeOutcome}`);
  // `step 2 team:sales`, `firing ops-hook`: what it is about stands last.
  const words = reason.split(' ');
  const told = words.findLast(isOwnerRef);
  if (told !== undefined) return nameIn(names, told);
  if (transition !== 'delivered' && transition !== 'not_delivered') return '';
  return nameIn(names, `Receiver/${words.at(-1) ?? ''}`);
}

/** `Store: S001`; of a pattern what it is like, of the opposite what it is not. Dimensions are called as any metric calls them. */
export function matcherWords(
  { name, op, value }: Matcher,
  { names, metrics }: { readonly names: Names; readonly metrics: ReadonlyMap<string, Known> },
): string {
  const isNot = op.startsWith('!');
  const member = op.endsWith('~') ? value : memberWords(name, value, { names, metrics });
  const said = isNot ? t('silence.not', { member }) : member;
  return `${subjectWords(name, metrics)}: ${said}`;
}

function subjectWords(name: string, metrics: ReadonlyMap<string, Known>): string {
  if (name === 'rule') return t('alert.rule');
  if (name === 'metric') return t('alerts.filter.metric');
  if (name === 'severity') return t('alerts.filter.severity');
  const named = metrics.values().find(({ dimensionNames }) => dimensionNames?.[name]);
  const text = named?.dimensionNames?.[name];
  return text ? localized(text) : name;
}

function memberWords(
  name: string,
  value: string,
  { names, metrics }: { readonly names: Names; readonly metrics: ReadonlyMap<string, Known> },
): string {
  if (name === 'rule') return nameIn(names, `AlertRule/${value}`);
  if (name === 'metric') return nameOf(metrics.get(value), value);
  const isSeverity = name === 'severity' && SEVERITIES.includes(value as Severity);
  return isSeverity ? t(`alert.severity.${value as Severity}`) : value;
}
