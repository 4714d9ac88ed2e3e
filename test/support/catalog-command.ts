import { register } from '../../services/cli/catalog.ts';
import { runHere } from './command-line.ts';
import type { Written } from './command-line.ts';

/** Runs `tidemark catalog …` in this process. @see runHere */
export const runCatalog = (...args: readonly string[]): Promise<Written> =>
  runHere(register, 'catalog', ...args);
