import type { Config } from './config.ts';

/** What links begin with that lead people to the console and to what they may do there; without a slash at its end. */
export const publicUrl = (
  config: Pick<Config, 'TIDEMARK_PUBLIC_URL' | 'TIDEMARK_HOST' | 'TIDEMARK_PORT'>,
): string => config.TIDEMARK_PUBLIC_URL || `http://${config.TIDEMARK_HOST}:${config.TIDEMARK_PORT}`;
