import type { z } from 'zod';
import { canonicalJson } from '../json.ts';
import type { Json } from '../json.ts';
import { nearest } from '../text.ts';
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
import { alertRuleDocument } from './rule-document.ts';
import type { CatalogDocument } from './documents.ts';
import type { DocumentPath, Report } from './fault.ts';
import { NOT_YET } from './fields.ts';
import { manualMetricDocument } from './manual-document.ts';
import { objectiveDocument } from './objectives.ts';
import { RECEIVER_TYPES, receiverDocuments, receiverType } from './receivers.ts';
import { subscriptionDocument } from './subscriptions.ts';
import { targetDocument } from './targets.ts';

const DOCUMENTS = {
  EventType: eventTypeDocument,
  AlertRule: alertRuleDocument,
  Responsibility: responsibilityDocument,
  Person: personDocument,
  Team: teamDocument,
  Settings: settingsDocument,
  Subscription: subscriptionDocument,
  Objective: objectiveDocument,
  Calendar: calendarDocument,
  Target: targetDocument,
  Dashboard: dashboardDocument,
} as const;
/** In the order in which documents may be published: what is named comes before what names it. */
export const KINDS = [
  'Receiver',
  'Person',
  'Team',
  'Settings',
  'EventType',
  'Calendar',
  'Metric',
  'Objective',
  'Target',
  'AlertRule',
  'Responsibility',
  'Subscription',
  'Dashboard',
] as const;

/** Checks the form of one document and fills in its defaults. Every fault is reported. @returns undefined when there is one */
export function readDocument(raw: Json, report: Report): CatalogDocument | undefined {
  const schema = schemaOf(raw, report);
  if (!schema) return undefined;
  const parsed = schema.safeParse(raw, { reportInput: true });
  if (parsed.success) return parsed.data as CatalogDocument;
  for (const issue of parsed.error.issues) reportIssue(issue, report);
  return undefined;
}

type Fields = { readonly [key: string]: Json | undefined };
const isObject = (value: Json | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function schemaOf(raw: Json, report: Report): z.ZodType | undefined {
  const kind = isObject(raw) ? raw['kind'] : undefined;
  if (typeof kind !== 'string') {
    report([], { code: 'kind_unknown', message: `a document has a kind: ${KINDS.join(', ')}` });
    return undefined;
  }
  if (kind === 'Metric') return metricSchema(raw as Fields, report);
  if (kind === 'Receiver') return receiverSchema(raw as Fields, report);
  if (Object.hasOwn(DOCUMENTS, kind)) return DOCUMENTS[kind as keyof typeof DOCUMENTS];
  const close = nearest(kind, KINDS);
  report(['kind'], {
    code: 'kind_unknown',
    message: `there is no kind ${kind}; ${close === undefined ? `there are ${KINDS.join(', ')}` : `did you mean ${close}?`}`,
  });
  return undefined;
}

function metricSchema(raw: Fields, report: Report): z.ZodType | undefined {
  const spec = raw['spec'];
  const type = isObject(spec) ? spec['type'] : undefined;
  if (type === 'derived') return derivedMetricDocument;
  if (type === 'manual') return manualMetricDocument;
  if (type === 'simple' || !isObject(spec)) return simpleMetricDocument;
  if (type === undefined)
    report(['spec'], {
      code: 'field_missing',
      message: 'type is missing: simple, derived or manual',
    });
  else
    report(['spec', 'type'], {
      code: 'field_invalid',
      message: 'type must be simple, derived or manual',
    });
  return undefined;
}

function receiverSchema(raw: Fields, report: Report): z.ZodType | undefined {
  const spec = raw['spec'];
  if (!isObject(spec)) return receiverDocuments.webhook;
  const type = receiverType.safeParse(spec['type'], { reportInput: true });
  if (type.success) return receiverDocuments[type.data];
  if (spec['type'] === undefined)
    report(['spec'], {
      code: 'field_missing',
      message: `type is missing: ${RECEIVER_TYPES.join(', ')}`,
    });
  else
    for (const issue of type.error.issues)
      reportIssue({ ...issue, path: ['spec', 'type'] }, report);
  return undefined;
}

function reportIssue(issue: z.core.$ZodIssue, report: Report): void {
  const path = issue.path as DocumentPath;
  const name = path.length === 0 ? 'the document' : shownPath(path);
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split(' ');
    for (const key of issue.keys) reportUnknown([...path, key], known, report);
  } else if (issue.code === 'invalid_union' && issue.errors.length > 0 && isUnknownKey(issue)) {
    for (const inner of issue.errors.flat().filter(({ code }) => code === 'unrecognized_keys'))
      reportIssue({ ...inner, path: [...issue.path, ...inner.path] }, report);
  } else if (issue.message.startsWith(NOT_YET)) {
    report(path, { code: 'not_supported', message: issue.message.slice(NOT_YET.length) });
  } else if (issue.input === undefined && issue.code !== 'custom') {
    report(path.slice(0, -1), { code: 'field_missing', message: `${name} is missing` });
  } else {
    const isName = issue.code === 'invalid_key';
    report(path, { code: 'field_invalid', message: `${name} ${describe(issue)}`, isName });
  }
}

/** Whether a union failed only because of a field that its nearest member does not know. */
const isUnknownKey = (issue: z.core.$ZodIssue & { code: 'invalid_union' }): boolean =>
  issue.errors.some((errors) => errors.every(({ code }) => code === 'unrecognized_keys'));

function reportUnknown(path: DocumentPath, known: readonly string[], report: Report): void {
  const name = String(path.at(-1));
  const close = nearest(name, known);
  const hint = close === undefined ? `there are ${known.join(', ')}` : `did you mean ${close}?`;
  report(path, {
    code: 'field_unknown',
    message: `there is no field ${name} here; ${hint}`,
    ...(close === undefined ? {} : { meant: close }),
  });
}

const shownPath = (path: DocumentPath): string =>
  path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${part}`))
    .join('');

const SHOWN_CHARACTERS_MAX = 60;

function describe(issue: z.core.$ZodIssue): string {
  const { input } = issue;
  const found = canonicalJson(input as Json).slice(0, SHOWN_CHARACTERS_MAX);
  switch (issue.code) {
    case 'invalid_type': {
      const quote =
        issue.expected === 'string' && typeof input !== 'object' ? ': put it in quotes' : '';
      return `must be ${article(issue.expected)}, not ${found}${quote}`;
    }
    case 'too_big':
      return `is too large: ${issue.inclusive === false ? 'below' : 'at most'} ${issue.maximum}`;
    case 'too_small':
      if (issue.origin === 'string' && issue.minimum === 1) return 'must not be empty';
      return `is too small: ${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}`;
    case 'invalid_key':
      return `has a name that is not possible: ${issue.issues.map(({ message }) => message).join(', ')}`;
    case 'invalid_value':
      return issue.message.startsWith('must') || issue.message.startsWith('is')
        ? issue.message
        : `must be ${issue.values.map(String).join(' or ')}, not ${found}`;
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_union':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return issue.message;
  }
}

const article = (expected: string): string =>
  /^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`;
