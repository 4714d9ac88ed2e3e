import type { IncomingEvent } from '../../services/ingest/core/incoming-event.ts';
import { anEventType } from './metrics.ts';

/** A CloudEvent of `anEventType()` as JSON; tests name only what they are about. */
export const aCloudEvent = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  specversion: '1.0',
  id: 'e-1',
  source: '/test',
  type: anEventType().id,
  time: '2026-01-31T08:00:00Z',
  subject: 'order-1',
  data: { store_id: 'S1', amount: '2.55' },
  ...over,
});

/** The same, as the core gets it. */
export const anIncomingEvent = (over: Partial<IncomingEvent> = {}): IncomingEvent => ({
  id: 'e-1',
  source: '/test',
  type: anEventType().id,
  time: '2026-01-31T08:00:00Z',
  subject: 'order-1',
  partitionKey: undefined,
  data: { store_id: 'S1', amount: '2.55' },
  ...over,
});
