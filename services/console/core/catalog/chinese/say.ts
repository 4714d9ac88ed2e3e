import { FIELD_SENTENCES } from './field-sentences.ts';
import { formsOf, sayBy } from './forms.ts';
import { SENTENCES } from './sentences.ts';
import { WORDS } from './words.ts';

/**
 * An English sentence about a catalogue in Chinese. The sentence's form is its code, as parts of one come from the forms
 * of fields, from expressions and from formulas: `{n}` stands for what is put in.
 * @returns undefined: nobody has said it in Chinese
 */
export function inChinese(english: string): string | undefined {
  const said = sayBy(sentences, english, worded) ?? sayOfField(english);
  return said?.replaceAll(GAPS, '$1').replaceAll(TIGHT, '$1 ');
}

/** None between two Chinese characters, one before Latin letters and digits. */
const GAPS = /(\p{Script=Han}) (?=\p{Script=Han})/gu;
const TIGHT = /(\p{Script=Han})(?=\w)/gu;

function sayOfField(english: string): string | undefined {
  const [, field, rest] = /^(the document|an? \w+|[\w.[\]-]+) (.+)$/s.exec(english) ?? [];
  const own = sayBy(fieldSentences, english, worded);
  if (own !== undefined || field === undefined || rest === undefined) return own;
  const predicate = sayBy(fieldSentences, rest, worded);
  return predicate === undefined ? undefined : `${word(field)} ${predicate}`;
}

const sentences = formsOf(SENTENCES);
const fieldSentences = formsOf(FIELD_SENTENCES);
const words = formsOf(WORDS);

/** What stands in for these may be a word; all else is a name. */
const WORDED: ReadonlySet<string> = new Set(
  'kind type expected list dates a b what why'.split(' '),
);
const worded = (value: string, name: string): string => (WORDED.has(name) ? word(value) : value);
const word = (english: string): string =>
  sayBy(words, english, worded) ?? sayBy(fieldSentences, english, worded) ?? english;
