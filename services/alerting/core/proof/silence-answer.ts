import type { Catalog } from '../../../kernel/definitions.ts';
import { formatRfc3339 } from '../../../kernel/time.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import { alertItem } from './answer.ts';
import type { AlertItem } from './answer.ts';
import type { AlertState } from '../alert/episode.ts';
import { covers } from '../overlay/silence.ts';
import type { Silence } from '../overlay/silence.ts';

/** Alerts that are named in one answer; the count is of all. */
const SHOWN_MAX = 100;

export type SilenceAnswer = {
  readonly id: string;
  readonly kind: Silence['kind'];
  readonly state: 'pending' | 'active' | 'expired';
  readonly matchers: Silence['matchers'];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly by: string;
  readonly comment: string | null;
  readonly createdAt: string;
  /** Open alerts that it covers now, whether it is active or not. */
  readonly matches: { readonly count: number; readonly alerts: readonly AlertItem[] };
};

/** A silence as the API shows it, with what it covers now. Pure. */
export function silenceAnswer(
  silence: Silence,
  alerts: readonly AlertState[],
  at: { readonly catalog: Catalog; readonly nowMs: EpochMs },
): SilenceAnswer {
  const { id, kind, matchers, startsAt, endsAt, by, comment } = silence;
  const covered = alerts.filter((alert) => alert.episode !== null && covers(silence, alert));
  const isBegun = startsAt <= at.nowMs;
  return {
    id,
    kind,
    state: endsAt <= at.nowMs ? 'expired' : isBegun ? 'active' : 'pending',
    matchers,
    startsAt: formatRfc3339(startsAt),
    endsAt: formatRfc3339(endsAt),
    by,
    comment,
    createdAt: formatRfc3339(silence.at),
    matches: {
      count: covered.length,
      alerts: covered.slice(0, SHOWN_MAX).map((alert) => alertItem(alert, at.catalog)),
    },
  };
}
