import type { AlertRecord } from '../../../kernel/alert.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import { newAlert } from './episode.ts';
import type { AlertState, Episode } from './episode.ts';
import { NO_EPISODE_OVERLAY } from '../overlay/overlay.ts';
import type { Emitted } from '../partition/partition.ts';

/** The alert as text for `alerts`: all but its slots. */
export const documentOf = (state: AlertState, nextStartMs?: EpochMs | null): string =>
  JSON.stringify({ ...state, slots: [], nextStartMs });
/** The window that an alert of `alerts` waited for; undefined where its document does not say. */
export const nextStartIn = (text: string): EpochMs | null | undefined =>
  (JSON.parse(text) as Waiting).nextStartMs;
type Waiting = { readonly nextStartMs?: EpochMs | null };
/** The same for the store, which keeps the last look apart (core/partition/partition-fields.ts). */
export const storedDocumentOf = (state: AlertState): string => documentOf({ ...state, last: null });
/** Also of an alert that was written before there were overlays. */
export function parseDocument(text: string): AlertState {
  const { nextStartMs: _, ...known } = JSON.parse(text) as AlertState & Waiting;
  if (known.overlay !== undefined) return known;
  return {
    ...newAlert(known),
    ...known,
    episode: known.episode && upgraded(known.episode),
    ended: known.ended.map(upgraded),
  };
}

function upgraded(episode: Episode): Episode {
  const plain = { to: null, locale: 'en', timezone: 'UTC' } as const;
  const recipients = (episode.route?.receivers ?? []).map((receiver) => ({ receiver, ...plain }));
  const lastKind = episode.messages.at(-1)?.kind;
  return {
    ...episode,
    route: episode.route && { ...episode.route, recipients, escalation: [] },
    messages: episode.messages.map((message) => ({ ...plain, ...message })),
    toldAs: lastKind === undefined ? null : lastKind === 'nodata' ? 'nodata' : 'firing',
    isOld: false,
    overlay: NO_EPISODE_OVERLAY,
    escalation: null,
  };
}

/** The episode that people mean: the open one, else the last one. */
export const currentEpisode = (state: AlertState): Episode | undefined =>
  state.episode ?? state.ended.at(-1);

export function recordOf(
  { alert: state, transition, after, nextStartMs, atMs, inputOffset }: Emitted,
  partition: number,
): AlertRecord {
  const episode = currentEpisode(state);
  const { last } = state;
  return {
    id: state.id,
    rule: state.rule,
    ruleVersion: state.ruleVersion,
    severity: state.severity,
    metric: state.metric,
    metricVersion: state.metricVersion,
    series: state.series,
    state: state.machine.condition,
    transition: transition.kind,
    reason: transition.reason,
    at: atMs,
    sequence: state.sequence,
    episode: episode
      ? {
          id: episode.id,
          startedAt: episode.startedAtMs,
          endedAt: episode.endedAtMs,
          outcome: episode.outcome,
        }
      : null,
    window: last && {
      start: last.window.startMs,
      end: last.window.endMs,
      state: last.window.state,
      revision: last.window.revision,
    },
    value: last?.value ?? null,
    previous: last?.previous ?? null,
    threshold: last?.threshold ?? null,
    worst: episode?.worst ?? null,
    recovered: episode?.recovered ?? null,
    accountable: episode?.route?.accountable ?? null,
    deputy: episode?.route?.deputy ?? null,
    inputPartition: partition,
    inputOffset,
    acknowledgedBy: state.episode?.overlay.ack?.by ?? null,
    acknowledgedUntil: state.episode?.overlay.ack?.untilMs ?? null,
    assignee: episode?.overlay.assignee ?? null,
    mutedBy: state.episode?.overlay.mutedBy ?? null,
    escalationStep: episode?.escalation?.next ?? 0,
    command: state.overlay.lastCommand,
    document: documentOf(after, nextStartMs),
  };
}
