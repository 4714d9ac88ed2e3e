/**
 * An expected outcome as a value: what can go wrong in normal operation is returned, not thrown.
 * Exceptions are for transient faults of the outside world and for bugs.
 */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
export const err = <E>(error: E): { readonly ok: false; readonly error: E } => ({
  ok: false,
  error,
});

/** Makes a `switch` over a union total: the compiler refuses the call while a member is unhandled. */
export function assertNever(value: never): never {
  throw new Error(`invariant_broken: unexpected variant ${JSON.stringify(value)}`);
}

/** States what must hold; a failure is a bug, so the process stops rather than go on with a wrong number. */
export function invariant(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`invariant_broken: ${what}`);
}
