import { t } from '../i18n/text.ts';

const REASONS = [
  'schema_unknown',
  'schema_invalid',
  'event_time_missing',
  'event_time_in_future',
  'id_missing',
  'conflict',
] as const;

/** A reason in words; a code without any is its own word. */
export function reasonText(code: string): string {
  const known = REASONS.find((one) => one === code);
  return known ? t(`reason.${known}`) : code;
}
