import { z } from 'zod';
import { GREGORIAN, isOfWeeks } from '../fiscal-year.ts';
import type { FiscalYear, YearRules } from '../fiscal-year.ts';
import { WEEK_PATTERNS, YEAR_ENDS } from '../week-year.ts';
import { checkOwner, checkReference } from './context.ts';
import type { Context } from './context.ts';
import { choice, document, fields, id, localizedText, ownerRef } from './fields.ts';
import { WEEKDAYS } from './people-fields.ts';

/** The calendar that is there without a document. */
const GREGORIAN_ID = 'gregorian';

const weeks = fields({
  pattern: choice(WEEK_PATTERNS).describe(
    'Weeks of the three months of each quarter. A 53rd week belongs to the last month.',
  ),
  lastMonth: z.int().min(1).max(12).describe('At whose end its years end: 1 is January.'),
  end: choice(YEAR_ENDS)
    .default('nearest')
    .describe(
      'Years end on the day before weeks begin: the one nearest to the last day of lastMonth, or the last one in it.',
    ),
});

/** When years begin for the metrics that name it. Cells are days, so that no event is counted otherwise. */
export const calendarDocument = document('Calendar', {
  metadata: fields({
    id: id.refine((one) => one !== GREGORIAN_ID, 'is that of the calendar which is built in'),
    name: localizedText.optional(),
    description: z.string().optional(),
    owner: ownerRef.optional(),
  }),
  spec: fields({
    firstMonth: z
      .int()
      .min(1)
      .max(12)
      .optional()
      .describe('In which its years begin: 4 is April. Of a year of months.'),
    firstDay: z
      .int()
      .min(1)
      .max(28)
      .optional()
      .describe('Day of the month on which years, quarters and months begin; absent: 1.'),
    weeks: weeks
      .optional()
      .describe('Of a year of 52 or 53 whole weeks, in place of firstMonth and firstDay.'),
    namedBy: choice(['start', 'end'])
      .default('end')
      .describe('Whether FY2026 is the year that begins or the one that ends in 2026.'),
    weekStart: choice(WEEKDAYS).default('mon').describe('Day on which weeks begin.'),
  }).refine(
    ({ firstMonth, firstDay, weeks: ofWeeks }) =>
      (firstMonth === undefined) === (ofWeeks !== undefined) &&
      (firstDay === undefined || ofWeeks === undefined),
    { error: 'has firstMonth and perhaps firstDay, or weeks' },
  ),
});
export type CalendarDocument = z.output<typeof calendarDocument>;

export function fiscalYearOf({ metadata, spec }: CalendarDocument, context: Context): FiscalYear {
  checkOwner(metadata.owner, ['metadata', 'owner'], context);
  const { firstMonth = 1, firstDay = 1, namedBy } = spec;
  const weekStart = WEEKDAYS.indexOf(spec.weekStart) + 1;
  const { id } = metadata;
  return spec.weeks
    ? { id, weeks: spec.weeks, namedBy, weekStart }
    : { id, firstMonth, firstDay, namedBy, weekStart };
}

/** The field of metrics. */
export const calendarId = id.describe(
  'gregorian, or the id of a Calendar: of what years, quarters, months and weeks are.',
);

/** Sound calendars by id. */
export type Calendars = ReadonlyMap<string, FiscalYear>;

/**
 * The year that a metric's `spec.calendar` names; one that no document declares is reported.
 * @returns as a field of the definition; none for the Gregorian year
 */
export function calendarField(
  named: string,
  calendars: Calendars,
  context: Context,
): { readonly calendar?: FiscalYear } {
  if (named === GREGORIAN_ID) return {};
  checkReference({ kind: 'Calendar', id: named, path: ['spec', 'calendar'] }, context);
  const calendar = calendars.get(named);
  return calendar ? { calendar } : {};
}

type WithCalendar = { readonly calendar?: FiscalYear };

/**
 * What of a calendar moves windows, as part of a version: what it and its years are called moves none.
 * @returns nothing where windows are those of the Gregorian year
 */
export function windowRules({ calendar }: WithCalendar): { readonly calendar?: YearRules } {
  if (!calendar) return {};
  const { weekStart } = calendar;
  if (isOfWeeks(calendar)) return { calendar: { weeks: calendar.weeks, weekStart } };
  const { firstMonth, firstDay } = calendar;
  const isGregorian =
    firstMonth === GREGORIAN.firstMonth &&
    firstDay === GREGORIAN.firstDay &&
    weekStart === GREGORIAN.weekStart;
  return isGregorian ? {} : { calendar: { firstMonth, firstDay, weekStart } };
}
