import type { AlertRuleDefinition, Catalog } from '../definitions.ts';
import type { Json } from '../json.ts';
import { err, ok } from '../result.ts';
import type { Result } from '../result.ts';
import type { CatalogTools } from './context.ts';
import type { Report } from './fault.ts';
import { readDocument } from './read-document.ts';
import { alertRuleOf } from './rules.ts';

/**
 * A rule that is not published, checked as publishing would check it against what is published now.
 * @param raw the document, as people write it   @returns its faults, `PATH: MESSAGE` each
 */
export function draftRule(
  raw: Json,
  known: Pick<Catalog, 'metrics' | 'targets'>,
  tools: CatalogTools,
): Result<AlertRuleDefinition, readonly string[]> {
  const faults: string[] = [];
  const report: Report = (path, { message }) => void faults.push(`${path.join('.')}: ${message}`);
  const document = readDocument(raw, report);
  if (!document) return err(faults);
  if (document.kind !== 'AlertRule')
    return err([`kind: an AlertRule is wanted, not ${document.kind}`]);
  const declared = new Map([['Metric', new Set(known.metrics.keys())]]);
  const rule = alertRuleOf(document, known, { tools, declared, report });
  return rule && faults.length === 0 ? ok(rule) : err(faults);
}
