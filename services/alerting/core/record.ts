import type { AlertRecord } from '../../kernel/alert.ts';
import type { AlertState, Episode } from './episode.ts';
import type { Emitted } from './partition.ts';

/** The alert as text for `alerts` and for the store: all but its slots, which are stored one by one. */
export const documentOf = (state: AlertState): string => JSON.stringify({ ...state, slots: [] });
export const parseDocument = (text: string): AlertState => JSON.parse(text) as AlertState;

/** The episode that people mean: the open one, else the last one. */
export const currentEpisode = (state: AlertState): Episode | undefined =>
  state.episode ?? state.ended.at(-1);

export function recordOf(
  { alert: state, transition, after, atMs, inputOffset }: Emitted,
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
    document: documentOf(after),
  };
}
