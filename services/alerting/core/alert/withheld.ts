import type { Check } from './episode.ts';
import type { RulePlan } from '../plan/plan.ts';
import type { PartitionState } from '../partition/partition-state.ts';

/**
 * The check as it may be acted on. A window that goes on into the silence of a source that its metric reads says nothing:
 * what is missing would be taken for a breach, or for health.
 */
export function withheld(
  check: Check,
  { sources }: RulePlan,
  state: Pick<PartitionState, 'sources'>,
): Check {
  const lacking = sources.filter((eventType) => {
    const silence = state.sources.silence(eventType);
    return silence !== undefined && check.window.endMs > silence.completeMs;
  });
  return lacking.length === 0 ? check : { ...check, verdict: 'inconclusive', lacking };
}
