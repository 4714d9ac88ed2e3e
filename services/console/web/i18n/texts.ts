import { ALERT_TEXTS } from './alert-texts.ts';
import { CATALOG_TEXTS } from './catalog-texts.ts';
import { COMMAND_TEXTS } from './command-texts.ts';
import { DASHBOARD_TEXTS } from './dashboard-texts.ts';
import { HOME_TEXTS } from './home-texts.ts';
import { IMPORT_TEXTS } from './import-texts.ts';
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

/** What a reader of one language needs of them. */
export type Texts = Readonly<Record<TextKey, string>>;
export const textsIn = (language: Language): Texts =>
  Object.fromEntries(Object.entries(TEXTS).map(([key, text]) => [key, text[language]])) as Texts;
