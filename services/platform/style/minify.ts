import { join } from 'node:path';

/** Colours, type and measures of everything that a browser shows: of the console, and of pages that links lead to. */
export const TOKENS_PATH = join(import.meta.dirname, 'tokens.css');

/** Takes out of a style sheet what only its readers need: comments and blanks. */
export const minifyStyle = (text: string): string =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]) ?/g, '$1')
    .replace(/: /g, ':')
    .replace(/;\}/g, '}')
    .trim();
