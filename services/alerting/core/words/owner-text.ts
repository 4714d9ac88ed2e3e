import type { AlertBody, PassedOver } from './text-body.ts';
import { wordOf } from './text-words.ts';
import type { Words } from './text-words.ts';

/** Who answers for it and why it was he; what nobody answers for says so. */
export function ownerOf({ data }: AlertBody, words: Words): string {
  const { accountable, via, passedOver = [] } = data.owner ?? {};
  if (accountable == null) return words.nobody;
  const who = shownOwner(accountable, words);
  return withReasons(who, [
    ...(via == null ? [] : [viaOf(via, words)]),
    ...awayOf(passedOver, words),
  ]);
}

/** Whom a step tells, and why it is not the one whom it names. */
export function steppedTo(
  {
    to = '',
    answering,
    passedOver = [],
  }: NonNullable<AlertBody['data']['escalation' | 'assignment']>,
  words: Words,
): string {
  if (!answering || answering.who === to) return shownOwner(to, words);
  const instead = wordOf(words.instead, answering.as);
  return withReasons(shownOwner(answering.who, words), [instead, ...awayOf(passedOver, words)]);
}

const awayOf = (passedOver: PassedOver, words: Words): readonly string[] =>
  passedOver.flatMap(({ who, until }) =>
    until === null ? [] : [words.awayUntil(shownOwner(who, words), until)],
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

export function shownOwner(ref: string, words: Words): string {
  const [kind, id = ref] = ref.split(':');
  return kind === 'team' ? words.team(id) : id;
}
