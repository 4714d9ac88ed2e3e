import type { Severity } from '../../../kernel/definitions.ts';

const SEVERITIES: readonly Severity[] = ['info', 'warning', 'critical'];

export const isGraver = (one: Severity, than: Severity): boolean =>
  SEVERITIES.indexOf(one) > SEVERITIES.indexOf(than);
