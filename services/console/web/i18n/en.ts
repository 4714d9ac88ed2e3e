import { textsIn } from './texts.ts';

/** All that a reader of English loads: the browser gets what this comes to, and nothing of the other language. */
export const texts = textsIn('en');
