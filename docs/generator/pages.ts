import { catalogPage } from './catalog.ts';
import { cliPage } from './cli.ts';
import { errorsPage } from './errors.ts';
import { mcpPage } from './mcp.ts';
import type { OpenApi } from './openapi/document.ts';
import { rolesPage } from './roles.ts';
import { configPage } from './settings.ts';
import { telemetryPage } from './telemetry.ts';
import { topicsPage } from './topics.ts';

/** The reference pages by file name: each follows from the code alone. */
export async function referencePages(openApi: OpenApi): Promise<Readonly<Record<string, string>>> {
  return {
    'config.md': configPage(),
    'errors.md': errorsPage(),
    'roles.md': rolesPage(openApi),
    'topics.md': topicsPage(),
    'catalog.md': catalogPage(),
    'cli.md': await cliPage(),
    'telemetry.md': telemetryPage(),
    'mcp.md': mcpPage(),
  };
}
