import { aMetric } from '../../../support/metrics.ts';
import { catalogOf } from '../../../support/platform.ts';
import { CANARY } from './canary.ts';

const FOLLOW = { who: 'person:0', metric: CANARY, where: {}, severity: 'info' } as const;

export const catalog = () =>
  catalogOf({
    metrics: [aMetric({ id: CANARY })],
    teams: [{ id: 'sales', name: { en: 'Sales' }, members: [], timezone: 'UTC', receivers: [] }],
    subscriptions: [{ id: CANARY, ...FOLLOW }],
  });
