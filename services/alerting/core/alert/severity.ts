import type { AlertRuleDefinition, Severity } from '../../../kernel/definitions.ts';
import type { Machine } from './condition.ts';

const SEVERITIES: readonly Severity[] = ['info', 'warning', 'critical'];

/** Orders the gravest first. */
export const byGravity = (one: Severity, other: Severity): number =>
  SEVERITIES.indexOf(other) - SEVERITIES.indexOf(one);
export const isGraver = (one: Severity, than: Severity): boolean => byGravity(one, than) < 0;

/** How grave the rule has it that its alert is in this condition. */
export const severityIn = (
  { severity, noDataSeverity }: Pick<AlertRuleDefinition, 'severity' | 'noDataSeverity'>,
  { condition }: Pick<Machine, 'condition'>,
): Severity => (condition === 'nodata' ? (noDataSeverity ?? severity) : severity);
