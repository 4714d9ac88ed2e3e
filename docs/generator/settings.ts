import { SETTINGS } from '../../services/platform/config.ts';
import { code, page, table } from './markdown.ts';

export function configPage(): string {
  const rows = Object.entries(SETTINGS).map(([name, setting]) => [
    code(name),
    code(setting.default),
    setting.unit,
    setting.meaning,
  ]);
  return page('Configuration', '`services/platform/config.ts`', [
    'Environment variables. An empty one counts as absent. Every fault is listed at once at start, with exit code 2; an unknown `TIDEMARK_…` name is a fault.',
    table(['name', 'default', 'value', 'meaning'], rows),
  ]);
}
