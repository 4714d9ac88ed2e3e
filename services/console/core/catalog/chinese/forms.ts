/** A sentence with places for what is put in, and how it is said elsewhere. */
export type Form = {
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly say: string;
};

/** Sentences in English beside those in Chinese, `{n}` for what is put in: the first that fits is said. */
export type FormTable = readonly (readonly [english: string, chinese: string])[];

export const formsOf = (table: FormTable): readonly Form[] =>
  table.map(([english, say]) => {
    const parts = english.split(/\{\w+\}/);
    const pattern = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
    return {
      pattern: new RegExp(`^${pattern.join('(.+?)')}$`, 's'),
      names: [...english.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
      say,
    };
  });

/**
 * @param word what is put in, said in its turn, by its name
 * @returns undefined: no form fits
 */
export function sayBy(
  forms: readonly Form[],
  english: string,
  word: (value: string, name: string) => string,
): string | undefined {
  for (const { pattern, names, say } of forms) {
    const found = pattern.exec(english);
    if (!found) continue;
    const values = new Map(names.map((name, i) => [name, word(found[i + 1] ?? '', name)]));
    return say.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values.get(name) ?? whole);
  }
  return undefined;
}
