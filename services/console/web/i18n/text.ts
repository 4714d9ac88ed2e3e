import { ALERT_TEXTS } from './alert-texts.ts';
import { CATALOG_TEXTS } from './catalog-texts.ts';
import { COMMAND_TEXTS } from './command-texts.ts';
import { DASHBOARD_TEXTS } from './dashboard-texts.ts';
import { HOME_TEXTS } from './home-texts.ts';
import { IMPORT_TEXTS } from './import-texts.ts';
import { language } from './language.ts';
import type { Language, Text } from './language.ts';
import { METRIC_TEXTS } from './metric-texts.ts';
import { PIPELINE_TEXTS } from './pipeline-texts.ts';
import { RESPONSIBILITY_TEXTS } from './responsibility-texts.ts';
import { SHELL_TEXTS } from './shell-texts.ts';
import { TREE_TEXTS } from './tree-texts.ts';

/** Every text of the console. */
export const TEXTS = {
  ...SHELL_TEXTS,
  ...HOME_TEXTS,
  ...METRIC_TEXTS,
  ...ALERT_TEXTS,
  ...COMMAND_TEXTS,
  ...PIPELINE_TEXTS,
  ...IMPORT_TEXTS,
  ...TREE_TEXTS,
  ...RESPONSIBILITY_TEXTS,
  ...CATALOG_TEXTS,
  ...DASHBOARD_TEXTS,
} as const satisfies Readonly<Record<string, Text>>;

export type TextKey = keyof typeof TEXTS;

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
  return fill(TEXTS[key][language.value], values ?? {});
}

/** A name from the catalogue in the language shown now, English where it has no other. */
export const localized = (name: {
  readonly en: string;
  readonly zh?: string | undefined;
}): string => name[language.value as Language] ?? name.en;
