import { draftRule } from '../kernel/catalog/draft-rule.ts';
import type { AlertRuleDefinition, Catalog } from '../kernel/definitions.ts';
import type { Refusal } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import { err, ok } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';
import type { EpochMs } from '../kernel/time.ts';
import { targetsOf } from '../kernel/target.ts';
import { readText } from '../platform/catalog/text.ts';
import { catalogTools } from '../platform/catalog/tools.ts';
import { compilePattern, parseCel } from '../platform/cel.ts';
import { runBackTest } from './back-tester.ts';
import type { BackTestQuestion } from './back-tester.ts';
import { backTestAnswer } from './core/proof/back-test-answer.ts';
import type { BackTestAnswer } from './core/proof/back-test-answer.ts';
import type { RulePlan } from './core/plan/plan.ts';
import { planRule } from './core/plan/rule-plan.ts';
import type { History } from './ports.ts';

/** A published rule by its id, or one that need not be: as a document, or as its author writes it, in YAML. */
export type TestedRule =
  | { readonly rule: string }
  | { readonly document: Json }
  | { readonly text: string };

export type RuleTester = {
  /** A published rule, or a draft, made ready. Err says why it cannot be tested. */
  readonly plan: (of: TestedRule) => Result<RulePlan, Refusal>;
  /** @throws span_too_long, rebuilding, redis_unavailable */
  readonly test: (
    of: BackTestQuestion,
    onProgress: (share: number) => void,
  ) => Promise<BackTestAnswer>;
  readonly now: () => EpochMs;
};

/** Tests published rules and drafts over stored history, by the catalogue of now. */
export function ruleTester(of: {
  readonly catalog: () => Catalog;
  readonly history: History;
  readonly now: () => EpochMs;
}): RuleTester {
  const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    now: of.now,
    plan(asked) {
      const catalog = of.catalog();
      const rule = ruleOf(asked, catalog);
      if (!rule.ok) return rule;
      const definition = rule.value;
      const plan = planRule(definition, catalog, { parse: parseCel, compilePattern });
      return plan.ok ? plan : err({ code: 'invalid_parameter', detail: plan.error });
    },
    async test(asked, onProgress) {
      const tested = await runBackTest({ history: of.history, breathe }, asked, onProgress);
      const { metric, rule } = asked.plan;
      const targetOf = targetsOf(of.catalog(), metric, rule);
      const { drawn } = tested;
      return backTestAnswer(
        asked.plan,
        drawn ? { ...tested, drawn: { ...drawn, targetOf } } : tested,
      );
    },
  };
}

function ruleOf(asked: TestedRule, catalog: Catalog): Result<AlertRuleDefinition, Refusal> {
  if ('rule' in asked) {
    const rule = catalog.rules.get(asked.rule);
    return rule
      ? ok(rule)
      : err({ code: 'not_found', detail: `no rule ${asked.rule} is published` });
  }
  const read = 'text' in asked ? readText(asked.text) : { json: asked.document, faults: [] };
  const [fault] = read.faults;
  if (fault || read.json === undefined)
    return err({
      code: 'invalid_parameter',
      detail: fault ? `${fault.line}:${fault.column} ${fault.message}` : 'there is no document',
    });
  const rule = draftRule(read.json, catalog, catalogTools);
  return rule.ok ? rule : err({ code: 'invalid_parameter', detail: rule.error.join('; ') });
}
