import { oneLine } from './one-line.ts';
import type { AlertBody, PassedOver } from './text-body.ts';
import { wordOf } from './text-words.ts';
import type { Words } from './text-words.ts';

/** The words of a language, and what a message calls the ids in it. */
export type Naming = {
  readonly words: Words;
  readonly nameOf: (kind: string, id: string) => string;
};
export const namingOf = ({ data }: Pick<AlertBody, 'data'>, words: Words): Naming => ({
  words,
  nameOf: (kind, id) => oneLine(data.names?.refs?.[`${kind}:${id}`] ?? id),
});

/** Who answers for it and why it was he; what nobody answers for says so. */
export function ownerOf({ data }: AlertBody, naming: Naming): string {
  const { words } = naming;
  const { accountable, via, passedOver = [] } = data.owner ?? {};
  if (accountable == null) return words.nobody;
  const who = shownOwner(accountable, naming);
  return withReasons(who, [
    ...(via == null ? [] : [viaOf(via, words)]),
    ...awayOf(passedOver, naming),
  ]);
}

/** Whom a step tells, and why it is not the one whom it names. */
export function steppedTo(
  {
    to = '',
    answering,
    passedOver = [],
  }: NonNullable<AlertBody['data']['escalation' | 'assignment']>,
  naming: Naming,
): string {
  const { words } = naming;
  if (!answering || answering.who === to) return shownOwner(to, naming);
  const instead = wordOf(words.instead, answering.as);
  return withReasons(shownOwner(answering.who, naming), [instead, ...awayOf(passedOver, naming)]);
}

const awayOf = (passedOver: PassedOver, naming: Naming): readonly string[] =>
  passedOver.flatMap(({ who, until }) =>
    until === null ? [] : [naming.words.awayUntil(shownOwner(who, naming), until)],
  );
const withReasons = (who: string, reasons: readonly string[]): string =>
  reasons.length === 0 ? who : `${who} (${reasons.join('; ')})`;

/** @param via `ID`, `ID/deputy` and the like, `metric` or `fallback` (core/responsibility.ts) */
function viaOf(via: string, words: Words): string {
  if (via === 'metric') return words.viaMetric;
  if (via === 'fallback') return words.viaFallback;
  const [id = via, as] = via.split('/');
  if (id === 'metric') return `${words.viaMetric}; ${wordOf(words.instead, as ?? '')}`;
  return as === undefined ? words.via(id) : `${words.via(id)}; ${wordOf(words.instead, as)}`;
}

/** By name where the message has one, else the id. */
export function shownOwner(ref: string, { words, nameOf }: Naming): string {
  const [kind = '', id] = ref.split(':');
  if (id === undefined) return oneLine(ref);
  const name = nameOf(kind, id);
  return kind === 'team' ? words.team(name) : name;
}
