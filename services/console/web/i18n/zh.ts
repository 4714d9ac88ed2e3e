import { textsIn } from './texts.ts';

/** All that a reader of Chinese loads: the browser gets what this comes to, and nothing of the other language. */
export const texts = textsIn('zh');
