export type Connective = 'and' | 'or';
/** A condition in canonical form: one text, or several parts, sorted and each once. */
export type Truth = string | { readonly connective: Connective; readonly parts: readonly string[] };

/**
 * Joins conditions: nested ones of the same connective become one, parts are sorted and each stands once, `true` and
 * `false` decide or fall away. Kleene's `&&` and `||` are associative, commutative and idempotent, null included.
 */
export function connected(connective: Connective, truths: readonly Truth[]): Truth {
  const [neutral, deciding] = connective === 'and' ? ['true', 'false'] : ['false', 'true'];
  const all = truths.flatMap((truth) =>
    typeof truth !== 'string' && truth.connective === connective
      ? truth.parts
      : [printTruth(truth)],
  );
  const parts = [...new Set(all)].filter((part) => part !== neutral).toSorted();
  if (parts.includes(deciding as string)) return deciding as string;
  const [only, ...others] = parts;
  if (only === undefined) return neutral as string;
  return others.length === 0 ? only : { connective, parts };
}

export const printTruth = (truth: Truth): string =>
  typeof truth === 'string' ? truth : `${truth.connective}(${truth.parts.join(', ')})`;
