import { z } from 'zod';
import { AGGREGATIONS } from '../accumulator.ts';
import type { Json } from '../json.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../time.ts';
import { GRAINS } from '../window.ts';
import {
  choice,
  dimensionName,
  document,
  duration,
  durationUpTo,
  eventTypeId,
  expression,
  fields,
  id,
  localDate,
  localizedText,
  metricId,
  ownerRef,
  personRef,
  teamRef,
  timezone,
  unit,
} from './fields.ts';
import {
  breakdowns,
  descriptive,
  direction,
  drivers,
  grains,
  metricMetadata,
  statements,
  tags,
} from './metric-fields.ts';
import { calendarId } from './calendars.ts';
import type { CalendarDocument } from './calendars.ts';
import type { DashboardDocument } from './dashboard-document.ts';
import type { ManualMetricDocument } from './manual-document.ts';
import { absences, digest, group, quietHours } from './people-fields.ts';
import type { ObjectiveDocument } from './objectives.ts';
import { secretRef } from './receivers.ts';
import type { ReceiverDocument } from './receivers.ts';
import type { AlertRuleDocument } from './rule-document.ts';
import type { SubscriptionDocument } from './subscriptions.ts';
import type { TargetDocument } from './targets.ts';

/** The documents of a catalogue as people write them. Types, checks and the published JSON Schema come from here. */

export const eventTypeDocument = document('EventType', {
  metadata: fields({
    id: eventTypeId,
    name: localizedText.optional(),
    description: z.string().optional(),
    owner: ownerRef.optional(),
    ...descriptive,
  }),
  spec: fields({
    schema: z
      .string()
      .min(1)
      .optional()
      .describe(
        'File of the Avro record under data, relative to the folder that holds the catalogue folder.',
      ),
    avro: z.custom<Json>().optional().describe('The Avro schema itself, in place of a file.'),
    outOfOrderness: durationUpTo(DAY_MS, 'P1D')
      .prefault('PT30S')
      .describe(
        'How far events of one partition may be out of order; the watermark waits this long.',
      ),
    duplicateHorizon: durationUpTo(30 * DAY_MS, 'P30D')
      .prefault('PT24H')
      .describe('How long a source and id are remembered, so that a copy does not count.'),
    maxFuture: durationUpTo(DAY_MS, 'P1D')
      .prefault('PT5M')
      .describe('An event further ahead of its arrival is dead-lettered.'),
    timeFrom: choice(['event', 'append'])
      .default('event')
      .describe('append: an event without time takes that of its arrival in Kafka.'),
    unknownFields: choice(['refuse', 'ignore'])
      .default('refuse')
      .describe('What becomes of fields of data that the schema does not have.'),
    idleTimeout: durationUpTo(366 * DAY_MS, 'P366D')
      .refine((ms) => ms >= MINUTE_MS, 'must be at least PT1M')
      .optional()
      .describe(
        'Without an event for this long the source is silent: its owner is told, and alerts on its metrics hold their breath.',
      ),
  }),
});

export const simpleMetricDocument = document('Metric', {
  metadata: metricMetadata,
  spec: fields({
    type: z.literal('simple'),
    event: eventTypeId.describe('The event type that it reads.'),
    where: expression
      .optional()
      .describe('CEL condition; events for which it is not true do not count.'),
    value: expression.optional().describe('CEL value of an event; absent for count.'),
    aggregation: choice(AGGREGATIONS),
    entity: expression
      .optional()
      .describe('Of latest, CEL: what has the value. The newest value of each is added up.'),
    percentile: z
      .number()
      .gt(0)
      .lt(100)
      .refine((p) => Number(p.toFixed(3)) === p, 'must have at most three decimal places')
      .optional()
      .describe(
        'Which one, of aggregation percentile: 95 is the value that 95 % of the events do not exceed, within 1 % of it.',
      ),
    unit: unit
      .optional()
      .describe('Needed unless events or members are counted. scale: decimal places.'),
    direction,
    dimensions: z
      .record(dimensionName, expression)
      .default({})
      .describe('Name of each dimension and the CEL expression of its member.'),
    breakdowns: breakdowns.default([[]]),
    grains: grains.default([...GRAINS]),
    timezone: timezone.default('UTC').describe('Days and longer windows begin at midnight there.'),
    calendar: calendarId.default('gregorian'),
    lateness: durationUpTo(366 * DAY_MS, 'P366D')
      .prefault('P1D')
      .describe('How long after its end a window still takes events; then it is final.'),
    retention: fields({
      minute: duration.prefault('P7D'),
      hour: duration.prefault('P400D'),
      day: duration.prefault('P10Y'),
    })
      .prefault({})
      .describe('How long cells of each grain are kept.'),
    maxSeries: z
      .int()
      .min(1)
      .max(100_000)
      .default(10_000)
      .describe('Of one breakdown; further ones count into the total only.'),
    eventsFrom: z
      .string()
      .optional()
      .describe('Events before this date or RFC 3339 time do not count.'),
    drivers: drivers.optional(),
    ...statements,
  }),
});

export const derivedMetricDocument = document('Metric', {
  metadata: metricMetadata,
  spec: fields({
    type: z.literal('derived'),
    formula: expression.describe('Arithmetic over metric ids, written with _ for -.'),
    unit: fields({ ...unit.shape, scale: z.int().min(0).max(18).default(4) }),
    direction,
    calendar: calendarId
      .optional()
      .describe('As that of a simple metric; by default that of its inputs.'),
    breakdowns: breakdowns.optional(),
    grains: grains.optional(),
    drivers: drivers.optional(),
    ...statements,
  }),
});

export const responsibilityDocument = document('Responsibility', {
  metadata: fields({ id, name: localizedText.optional(), description: z.string().optional() }),
  spec: z
    .array(
      fields({
        metric: metricId,
        where: z.record(dimensionName, z.string()).default({}),
        from: localDate.optional(),
        to: localDate.optional(),
        accountable: ownerRef,
        deputy: ownerRef.optional(),
        escalation: z
          .array(fields({ after: duration, to: ownerRef }))
          .max(10)
          .default([]),
      }),
    )
    .min(1)
    .max(10_000),
});

const receivers = z.array(id).max(20).default([]);

export const personDocument = document('Person', {
  metadata: fields({ id, name: localizedText.optional(), tags: tags.optional() }),
  spec: fields({
    locale: z
      .string()
      .regex(/^[a-z]{2}(-[A-Za-z0-9]+)*$/, 'must be a locale such as en or zh-CN')
      .default('en'),
    timezone: timezone.default('UTC'),
    quietHours,
    absences,
    digest,
    receivers,
  }).prefault({}),
});

export const teamDocument = document('Team', {
  metadata: fields({ id, name: localizedText.optional(), tags: tags.optional() }),
  spec: fields({
    members: z.array(personRef).min(1).max(1_000),
    timezone: timezone.default('UTC'),
    receivers,
  }),
});

export const settingsDocument = document('Settings', {
  metadata: fields({
    id: z.literal('default', { error: 'must be default: there is one document of settings' }),
  }),
  spec: fields({
    fallbackTeam: teamRef.optional().describe('Gets what nobody owns.'),
    group,
    smtp: fields({
      host: z.string().min(1).max(255),
      port: z.int().min(1).max(65_535).default(587),
      security: choice(['starttls', 'tls', 'none'])
        .default('starttls')
        .describe(
          'tls: from the first byte (port 465); none: plain, for a server on the same machine.',
        ),
      username: z.string().min(1).optional(),
      password: secretRef.optional(),
      from: z.email({ error: 'must be an e-mail address' }),
    })
      .optional()
      .describe('The server that sends e-mail.'),
    watchdog: fields({
      receiver: id,
      every: durationUpTo(DAY_MS, 'P1D')
        .refine((ms) => ms >= 10 * SECOND_MS, 'must be at least PT10S')
        .prefault('PT1M'),
    })
      .optional()
      .describe(
        'An alert that always fires while alerts are evaluated, for a dead-man switch outside.',
      ),
    domains: z
      .record(z.string().min(1), localizedText)
      .optional()
      .describe('What people see of the domains of metrics, by what metadata.domain says.'),
    driverShare: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe(
        'Per cent of a deviation that a driver must explain to be named in the alert of the metric above it; 50 where it is not said.',
      ),
  }),
});

export type EventTypeDocument = z.output<typeof eventTypeDocument>;
export type SimpleMetricDocument = z.output<typeof simpleMetricDocument>;
export type DerivedMetricDocument = z.output<typeof derivedMetricDocument>;
export type ResponsibilityDocument = z.output<typeof responsibilityDocument>;
export type PersonDocument = z.output<typeof personDocument>;
export type TeamDocument = z.output<typeof teamDocument>;
export type SettingsDocument = z.output<typeof settingsDocument>;

/** All kinds of documents. */
export type CatalogDocument =
  | EventTypeDocument
  | SimpleMetricDocument
  | DerivedMetricDocument
  | ManualMetricDocument
  | AlertRuleDocument
  | ResponsibilityDocument
  | PersonDocument
  | TeamDocument
  | ReceiverDocument
  | SubscriptionDocument
  | ObjectiveDocument
  | CalendarDocument
  | TargetDocument
  | DashboardDocument
  | SettingsDocument;
