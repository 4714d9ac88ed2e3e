import type { Driver } from '../definitions.ts';
import type { FormulaExpression } from '../expression/ast.ts';
import { metricIdOf, namesOf } from '../expression/formula.ts';

/** How an input moves the result: added, subtracted, a factor or a divisor; `influence` is outside of arithmetic. */
export type Role = Driver['operator'];

const OPPOSITE = { '+': '-', '-': '+', '*': '/', '/': '*' } as const;
type Arithmetic = keyof typeof OPPOSITE;

/**
 * The roles of the metrics of a formula, by id; several where a metric stands in several places. A number beside a factor
 * is a weight and changes no role: in `2 * a - b / 100` a is added and b is subtracted.
 */
export function formulaRoles(formula: FormulaExpression): ReadonlyMap<string, ReadonlySet<Role>> {
  const roles = new Map<string, Set<Role>>();
  const visit = (one: FormulaExpression, role: Arithmetic): void => {
    switch (one.kind) {
      case 'number':
        return;
      case 'name': {
        const id = metricIdOf(one.name);
        roles.set(id, (roles.get(id) ?? new Set()).add(role));
        return;
      }
      case 'unary':
        visit(one.operand, isFactor(role) ? role : OPPOSITE[role]);
        return;
      case 'binary':
        visit(one.left, roleOfLeft(one, role));
        visit(one.right, roleOfRight(one, role));
    }
  };
  visit(formula, '+');
  return roles;
}

type BinaryFormula = Extract<FormulaExpression, { kind: 'binary' }>;
const isFactor = (role: Arithmetic): role is '*' | '/' => role === '*' || role === '/';
const isWeight = (one: FormulaExpression): boolean => namesOf(one).length === 0;

function roleOfLeft({ operator, right }: BinaryFormula, role: Arithmetic): Arithmetic {
  if (operator === '+' || operator === '-' || isWeight(right)) return role;
  return isFactor(role) ? role : '*';
}

function roleOfRight({ operator, left }: BinaryFormula, role: Arithmetic): Arithmetic {
  if (operator === '+') return role;
  if (operator === '-') return isFactor(role) ? role : OPPOSITE[role];
  if (operator === '*') return isWeight(left) ? role : isFactor(role) ? role : '*';
  return isFactor(role) ? OPPOSITE[role] : '/';
}
