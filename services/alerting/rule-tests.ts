import { draftRule } from '../kernel/catalog/draft-rule.ts';
import type { Catalog } from '../kernel/definitions.ts';
import type { Refusal } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import { err } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';
import type { EpochMs } from '../kernel/time.ts';
import { catalogTools } from '../platform/catalog/tools.ts';
import { compilePattern, parseCel } from '../platform/cel.ts';
import { runBackTest } from './back-tester.ts';
import { backTestAnswer } from './core/proof/back-test-answer.ts';
import type { BackTestAnswer } from './core/proof/back-test-answer.ts';
import type { RulePlan } from './core/plan/plan.ts';
import { planRule } from './core/plan/rule-plan.ts';
import type { History } from './ports.ts';

export type RuleTester = {
  /** A published rule, or a draft, made ready. Err says why it cannot be tested. */
  readonly plan: (of: { rule: string } | { document: Json }) => Result<RulePlan, Refusal>;
  /** @throws span_too_long, rebuilding, redis_unavailable */
  readonly test: (
    of: { plan: RulePlan; fromMs: EpochMs; toMs: EpochMs },
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
      const rule =
        'rule' in asked
          ? catalog.rules.get(asked.rule)
          : draftRule(asked.document, catalog, catalogTools);
      if (!rule)
        return err({
          code: 'not_found',
          detail: `no rule ${'rule' in asked ? asked.rule : ''} is published`,
        });
      if ('ok' in rule && !rule.ok)
        return err({ code: 'invalid_parameter', detail: rule.error.join('; ') });
      const definition = 'ok' in rule ? rule.value : rule;
      const plan = planRule(definition, catalog, { parse: parseCel, compilePattern });
      return plan.ok ? plan : err({ code: 'invalid_parameter', detail: plan.error });
    },
    async test(asked, onProgress) {
      const tested = await runBackTest({ history: of.history, breathe }, asked, onProgress);
      return backTestAnswer(asked.plan, tested);
    },
  };
}
