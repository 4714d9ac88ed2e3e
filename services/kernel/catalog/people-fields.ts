import { z } from 'zod';
import { choice, dimensionName, duration, fields, localDate, ownerRef } from './fields.ts';

/** Fields of people, teams, subscriptions and settings that say when somebody is told. */

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const weekday = choice(WEEKDAYS);

const clockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as "22:00", in quotes');
const endTime = z
  .string()
  .regex(
    /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/,
    'must be a time such as "07:00" or "24:00", in quotes',
  );

export const quietHours = z
  .array(
    fields({
      from: clockTime,
      to: endTime,
      days: z.array(weekday).min(1).max(7).optional(),
    }).refine(({ from, to }) => from !== to, {
      path: ['to'],
      error: 'must differ from from; a whole day is from "00:00" to "24:00"',
    }),
  )
  .max(10)
  .optional()
  .describe(
    'Local times within which only critical messages come; others wait for their end. Overnight where to is earlier than from; days are those on which they begin.',
  );

export const absences = z
  .array(
    fields({ from: localDate, to: localDate, deputy: ownerRef.optional() }).refine(
      ({ from, to }) => from < to,
      { path: ['to'], error: 'must be later than from: the day on which the person is back' },
    ),
  )
  .max(100)
  .optional()
  .describe('Local dates, from ≤ date < to; the deputy answers meanwhile.');

export const digest = fields({
  every: choice(['day', 'week']),
  at: clockTime,
  weekday: weekday.optional().describe('Of every: week; monday by default.'),
})
  .refine(({ every, weekday: day }) => every === 'week' || day === undefined, {
    path: ['weekday'],
    error: 'is only of every: week',
  })
  .optional()
  .describe('What changed and what fires, in one message at this local time.');

export const group = fields({
  by: z
    .union([choice(['rule', 'parent', 'none']), fields({ dimension: dimensionName })], {
      error: 'must be rule, parent, none or { dimension: NAME }',
    })
    .default('rule')
    .describe(
      'What makes one incident of several alerts: their rule, the metric that theirs are drivers of, or a common member.',
    ),
  wait: duration
    .prefault('PT30S')
    .describe('How long further alerts of an incident are collected.'),
  interval: duration
    .prefault('PT5M')
    .describe('How long later ones are, once the incident is told.'),
})
  .optional()
  .describe('Alerts of one incident that go to the same receiver are told in one message.');
