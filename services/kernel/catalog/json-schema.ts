import { z } from 'zod';
import type { Json } from '../json.ts';
import { calendarDocument } from './calendars.ts';
import { dashboardDocument } from './dashboard-document.ts';
import {
  derivedMetricDocument,
  eventTypeDocument,
  personDocument,
  responsibilityDocument,
  settingsDocument,
  simpleMetricDocument,
  teamDocument,
} from './documents.ts';
import { manualMetricDocument } from './manual-document.ts';
import { objectiveDocument } from './objectives.ts';
import { alertRuleDocument } from './rule-document.ts';
import { receiverDocuments } from './receivers.ts';
import { subscriptionDocument } from './subscriptions.ts';
import { targetDocument } from './targets.ts';

/** The JSON Schema of catalogue documents, for editors: schemas/catalog.schema.json is this. */
export function catalogJsonSchema(): Json {
  const documents = z.union([
    eventTypeDocument,
    calendarDocument,
    simpleMetricDocument,
    derivedMetricDocument,
    manualMetricDocument,
    alertRuleDocument,
    responsibilityDocument,
    personDocument,
    teamDocument,
    ...Object.values(receiverDocuments),
    settingsDocument,
    subscriptionDocument,
    objectiveDocument,
    targetDocument,
    dashboardDocument,
  ]);
  const schema = z.toJSONSchema(documents, { io: 'input', unrepresentable: 'any' });
  return { title: 'Tidemark catalogue document', ...(schema as Record<string, Json>) };
}
