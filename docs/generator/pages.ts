import { catalogPage } from './catalog.ts';
import { cliPage } from './cli.ts';
import { errorsPage } from './errors.ts';
import { configPage } from './settings.ts';
import { telemetryPage } from './telemetry.ts';
import { topicsPage } from './topics.ts';

/** The reference pages by file name: each follows from the code alone. */
export async function referencePages(): Promise<Readonly<Record<string, string>>> {
  return {
    'config.md': configPage(),
    'errors.md': errorsPage(),
    'topics.md': topicsPage(),
    'catalog.md': catalogPage(),
    'cli.md': await cliPage(),
    'telemetry.md': telemetryPage(),
  };
}
