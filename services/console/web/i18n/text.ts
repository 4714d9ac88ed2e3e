import { language, texts } from './language.ts';
import type { TEXTS, TextKey } from './texts.ts';

/** The names in braces of a text. */
type Placeholder<S> = S extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholder<Rest>
  : never;
type Values<K extends TextKey> = Placeholder<(typeof TEXTS)[K]['en']>;

/** What a text needs filled in: nothing, or every name in its braces. */
export type TextArguments<K extends TextKey> = [Values<K>] extends [never]
  ? []
  : [values: Readonly<Record<Values<K>, string | number>>];

/** A text that says all by itself. */
export type PlainTextKey = {
  [K in TextKey]: [Values<K>] extends [never] ? K : never;
}[TextKey];

/** Fills the braces of a text. A name without a value stays as it is, visibly. */
export const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));

/** The text in the language shown now: a component that calls this is drawn again when the language changes. */
export function t<K extends TextKey>(key: K, ...[values]: TextArguments<K>): string {
  return fill(texts.value[key], values ?? {});
}

/** A name from the catalogue in the language shown now, English where it has no other. */
export const localized = (name: {
  readonly en: string;
  readonly zh?: string | undefined;
}): string => name[language.value] ?? name.en;
