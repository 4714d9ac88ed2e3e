import type { AlertBody } from './text-body.ts';
import { shownTime } from './text-values.ts';
import { WORDS } from './text-words.ts';
import type { Locale } from './text-words.ts';

/** What has to be known of what burns: that it was so before anybody watched, and how old what is known is. Pure. */
export function stateText(
  { data }: AlertBody,
  { locale, timezone }: { readonly locale: Locale; readonly timezone: string },
): readonly string[] {
  const words = WORDS[locale];
  const { since, windows = 1 } = data.noData ?? {};
  return [
    ...(data.alert?.alreadyBreached === true ? [words.alreadyBreached] : []),
    ...(since === undefined ? [] : [words.noDataSince(shownTime(since, timezone), windows)]),
  ];
}
