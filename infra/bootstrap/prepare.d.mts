/** Types of prepare.mjs, which is plain JavaScript because it runs before anything is installed. */
export class PrepareError extends Error {}
export const repositoryDir: string;
export const runtime: string;
export function serversDirectory(): string;
export function javaCommand(env?: Readonly<Record<string, string | undefined>>): string;
export function prepare(wanted?: {
  readonly servers?: boolean;
}): Promise<{ readonly serversDir: string; readonly java: string }>;
export function prepareOrExit(wanted?: {
  readonly servers?: boolean;
}): Promise<{ readonly serversDir: string; readonly java: string }>;
