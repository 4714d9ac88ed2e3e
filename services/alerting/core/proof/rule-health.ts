/** That nothing, or not all, is judged by a rule, and why: never a state of its alerts. */
export type RuleHealth = {
  readonly rule: string;
  /** It is paused; it cannot be judged; only a part of what it watches is. */
  readonly state: 'paused' | 'unjudged' | 'degraded';
  readonly detail: string;
};
