import { TidemarkError } from '../../kernel/errors.ts';

/** @throws invalid_parameter unless it is `field=column` */
export function parseColumn(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw new TidemarkError('invalid_parameter', `--map ${text}: write field=column`);
}
