import type { Matcher } from '../../../kernel/command.ts';

/** `GET /v1/silences` as alerting's API writes it. Times are RFC 3339. */
export type Silence = {
  readonly id: string;
  readonly kind: 'silence' | 'maintenance';
  readonly state: 'pending' | 'active' | 'expired';
  readonly matchers: readonly Matcher[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly by: string;
  /** Who ended it before its time: it ended then. */
  readonly endedBy?: string;
  readonly comment: string | null;
  /** Open alerts that it covers now. */
  readonly matches: { readonly count: number };
};
export type SilencesAnswer = { readonly silences: readonly Silence[] };

/** When the next of them begins or ends; undefined: none will. Pure. */
export function nextChangeMs(silences: readonly Silence[], nowMs: number): number | undefined {
  const times = silences.flatMap(({ startsAt, endsAt }) => [
    Date.parse(startsAt),
    Date.parse(endsAt),
  ]);
  const next = Math.min(...times.filter((ms) => ms > nowMs));
  return next === Infinity ? undefined : next;
}

/** `store=S001` */
export const matcherText = ({ name, op, value }: Matcher): string => `${name}${op}${value}`;

/** The alert's rule, for the alert's labels. */
export const matchersOf = (alert: {
  readonly rule: string;
  readonly labels: Readonly<Record<string, string>>;
}): readonly Matcher[] =>
  Object.entries({ rule: alert.rule, ...alert.labels }).map(([name, value]) => {
    return { name, op: '=', value };
  });

/** What somebody typed: matchers as texts, parted by commas. */
export const typedMatchers = (text: string): readonly string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
