import { HOUR_MS } from '../../../kernel/time.ts';
import type { MetricNotes } from '../../metric-notes.ts';
import { repeat } from '../repeat.ts';

/**
 * Writes notes again well before the topic's retention takes them. At once and every hour: a console that is started anew
 * each day would never come to a later time. One whose topic is still being read does so with the next.
 */
export function restating(
  { restate }: Pick<MetricNotes, 'restate'>,
  onError: (error: unknown) => void,
): Pick<ReturnType<typeof repeat>, 'stop'> {
  const rounds = repeat(HOUR_MS, restate, onError);
  rounds.now();
  return rounds;
}
