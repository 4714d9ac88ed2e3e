import { BLANK_COMMAND } from '../../../kernel/command.ts';
import type { Command } from '../../../kernel/command.ts';
import type { Refusal } from '../../../kernel/errors.ts';
import { CAUSE_MAX, feedbackReason, FEEDBACKS } from '../../../kernel/feedback.ts';
import { err, ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { AlertState } from '../alert/episode.ts';
import { currentEpisode } from '../alert/record.ts';

/**
 * What somebody says of the alert's episode, the open one or the last: `{ verdict, cause? }`. Pure.
 * @returns episode_ended where the alert never had one
 */
export function feedbackCommand(
  request: {
    readonly alert: AlertState;
    readonly body: Readonly<Record<string, unknown>>;
  },
  { id, by, nowMs }: { readonly id: string; readonly by: string; readonly nowMs: EpochMs },
): Result<Command, Refusal> {
  const { alert, body } = request;
  const verdict = FEEDBACKS.find((one) => one === body['verdict']);
  const { cause = null } = body;
  const invalid = (detail: string, pointer: string): Result<never, Refusal> =>
    err({ code: 'invalid_parameter', detail, pointer });
  if (!verdict) return invalid(`verdict must be one of ${FEEDBACKS.join(', ')}`, '/verdict');
  if (cause !== null && (typeof cause !== 'string' || cause === '' || cause.length > CAUSE_MAX))
    return invalid(`cause must be a text of at most ${CAUSE_MAX} characters`, '/cause');
  const episode = currentEpisode(alert);
  if (!episode)
    return err({ code: 'episode_ended', detail: `the alert ${alert.id} never had an episode` });
  return ok({
    ...BLANK_COMMAND,
    id,
    kind: 'feedback',
    target: alert.id,
    episode: episode.id,
    by,
    at: nowMs,
    text: feedbackReason({ verdict, cause }),
  });
}
