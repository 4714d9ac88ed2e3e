/** What may happen next: the state it leads to, and what is broken by the step itself, if anything. */
export type Step<S> = {
  readonly label: () => string;
  readonly state: S;
  readonly broken?: string | undefined;
};
export type Model<S> = {
  readonly initial: S;
  readonly steps: (state: S) => readonly Step<S>[];
  /** Two states of one key behave alike, so that one of them stands for both. */
  readonly keyOf: (state: S) => string;
  /** @returns the invariant that this state breaks */
  readonly check: (state: S) => string | undefined;
};
export type Exploration = {
  readonly states: number;
  readonly transitions: number;
  /** The shortest way to a broken invariant. */
  readonly counterexample?: { readonly broken: string; readonly trace: readonly string[] };
};

/**
 * Visits every state that can be reached, nearest first, until an invariant is broken.
 * @throws Error beyond `statesMax`: a model that is not exhausted proves nothing
 */
export function explore<S>(model: Model<S>, statesMax: number): Exploration {
  const states: S[] = [model.initial];
  const parents = [-1];
  const ordinals = [-1];
  const seen = new Set([model.keyOf(model.initial)]);
  let transitions = 0;

  const traceTo = (at: number): string[] => {
    const path: string[] = [];
    for (let child = at; (parents[child] as number) >= 0; child = parents[child] as number) {
      const before = states[parents[child] as number] as S;
      path.unshift(model.steps(before)[ordinals[child] as number]?.label() ?? '');
    }
    return path;
  };

  for (let at = 0; at < states.length; at++) {
    const state = states[at] as S;
    for (const [ordinal, step] of model.steps(state).entries()) {
      transitions++;
      const key = model.keyOf(step.state);
      if (!step.broken && seen.has(key)) continue;
      seen.add(key);
      states.push(step.state);
      parents.push(at);
      ordinals.push(ordinal);
      if (states.length > statesMax) throw new Error(`more than ${statesMax} states`);
      const broken = step.broken ?? model.check(step.state);
      if (!broken) continue;
      return {
        states: states.length,
        transitions,
        counterexample: { broken, trace: traceTo(states.length - 1) },
      };
    }
  }
  return { states: states.length, transitions };
}
