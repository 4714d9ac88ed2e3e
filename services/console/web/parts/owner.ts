import type { LocalizedText } from '../../../kernel/definitions.ts';
import { localized } from '../i18n/text.ts';

/** Who answers: by name where it is known, else the reference without its kind. */
export const ownerText = (owner: string | null | undefined, name?: LocalizedText | null): string =>
  name ? localized(name) : (owner ?? '').replace(/^(person|team):/, '');
