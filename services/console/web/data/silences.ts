import type { Matcher } from '../../../kernel/command.ts';
import type { AlertSummary } from './alerts.ts';

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
  readonly matches: { readonly count: number; readonly alerts: readonly AlertSummary[] };
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

/** What a form of a silence says; times are local, as `<input type=datetime-local>` writes them, empty where none is given. */
export type SilenceWish = {
  /** How long, ISO 8601; empty until it is chosen, `own` where the end is given. */
  readonly lasting: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly comment: string;
  readonly isMaintenance: boolean;
};

/** How long a silence is thought to last while nothing is chosen, so that it can be said what it covers. */
const SHOWN_FOR = 'PT1H';

/** Whether it is said when it ends. Pure. */
export const hasEnd = ({ lasting, endsAt }: SilenceWish): boolean =>
  lasting === 'own' ? endsAt !== '' : lasting !== '';

/** The body of `POST /v1/silences`; what only shows it may leave out the end. Pure. */
export function silenceRequest(
  matchers: readonly (string | Matcher)[],
  wish: SilenceWish,
  preview: boolean,
): Readonly<Record<string, unknown>> {
  const { lasting, startsAt, endsAt, comment, isMaintenance } = wish;
  const instant = (local: string): string => new Date(local).toISOString();
  const end = lasting === 'own' && endsAt !== '' ? { endsAt: instant(endsAt) } : undefined;
  return {
    matchers,
    ...(isMaintenance ? { kind: 'maintenance' } : {}),
    ...(startsAt === '' ? {} : { startsAt: instant(startsAt) }),
    ...(end ?? { for: hasEnd(wish) ? lasting : SHOWN_FOR }),
    ...(comment.trim() === '' ? {} : { comment: comment.trim() }),
    preview,
  };
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
