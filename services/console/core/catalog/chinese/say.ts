import { FIELD_SENTENCES } from './field-sentences.ts';
import { SENTENCES } from './sentences.ts';
import { WORDS } from './words.ts';

/**
 * An English sentence about a catalogue in Chinese. The sentence's form is its code, as parts of one come from the forms
 * of fields, from expressions and from formulas: `{n}` stands for what is put in.
 * @returns undefined: nobody has said it in Chinese
 */
export function inChinese(english: string): string | undefined {
  const said = sayBy(sentences, english) ?? sayOfField(english);
  return said?.replaceAll(GAPS, '$1').replaceAll(TIGHT, '$1 ');
}

/** None between two Chinese characters, one before Latin letters and digits. */
const GAPS = /(\p{Script=Han}) (?=\p{Script=Han})/gu;
const TIGHT = /(\p{Script=Han})(?=\w)/gu;

function sayOfField(english: string): string | undefined {
  const [, field, rest] = /^(the document|an? \w+|[\w.[\]-]+) (.+)$/s.exec(english) ?? [];
  const own = sayBy(fieldSentences, english);
  if (own !== undefined || field === undefined || rest === undefined) return own;
  const predicate = sayBy(fieldSentences, rest);
  return predicate === undefined ? undefined : `${word(field)} ${predicate}`;
}

type Form = { readonly pattern: RegExp; readonly names: readonly string[]; readonly say: string };

const formsOf = (table: typeof SENTENCES): readonly Form[] =>
  table.map(([english, say]) => {
    const [names, parts] = [/\{(\w+)\}/g, english.split(/\{\w+\}/)];
    const pattern = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
    return {
      pattern: new RegExp(`^${pattern.join('(.+?)')}$`, 's'),
      names: [...english.matchAll(names)].map(([, name = '']) => name),
      say,
    };
  });

const sentences = formsOf(SENTENCES);
const fieldSentences = formsOf(FIELD_SENTENCES);
const words = formsOf(WORDS);

function sayBy(forms: readonly Form[], english: string): string | undefined {
  for (const { pattern, names, say } of forms) {
    const found = pattern.exec(english);
    if (!found) continue;
    const values = new Map(
      names.map((name, i) => {
        const value = found[i + 1] ?? '';
        return [name, WORDED.has(name) ? word(value) : value];
      }),
    );
    return say.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values.get(name) ?? whole);
  }
  return undefined;
}

/** What stands in for these may be a word; all else is a name. */
const WORDED: ReadonlySet<string> = new Set(
  'kind type expected list dates a b what why'.split(' '),
);
const word = (english: string): string =>
  sayBy(words, english) ?? sayBy(fieldSentences, english) ?? english;
