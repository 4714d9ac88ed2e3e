/** Types of optional.mjs, which is plain JavaScript because the test runner reads it before anything is installed. */
export type OptionalName = 'browser' | 'promtool' | 'alertmanager' | 'nginx' | 'docker';
export const OPTIONAL_NAMES: readonly OptionalName[];
export function chromiumPath(
  env?: Readonly<Record<string, string | undefined>>,
): string | undefined;
export function isThere(name: OptionalName): boolean;
export function whatIsMissed(name: OptionalName): string;
export function alertmanagerCommand(): string | undefined;
