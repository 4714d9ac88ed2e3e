import type { OwnerRef } from '../../../../services/kernel/definitions.ts';
import { aMetric } from '../../../support/metrics.ts';
import { catalogOf } from '../../../support/platform.ts';
import { CANARY } from './canary.ts';

/** Everybody who asks follows by it. */
const members = Array.from({ length: 20 }, (_, who): OwnerRef => `person:${who}`);
const FOLLOW = { who: 'team:sales', metric: CANARY, where: {}, severity: 'info' } as const;

export const catalog = () =>
  catalogOf({
    metrics: [aMetric({ id: CANARY })],
    teams: [{ id: 'sales', name: { en: 'Sales' }, members, timezone: 'UTC', receivers: [] }],
    subscriptions: [{ id: CANARY, ...FOLLOW }],
  });
