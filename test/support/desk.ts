import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from '../../services/console/main.ts';
import { createLifecycle } from '../../services/cli/lifecycle.ts';
import { openPlatform } from '../../services/cli/world.ts';
import type { Json } from '../../services/kernel/json.ts';
import type { Role } from '../../services/platform/access.ts';
import { applyCatalog } from '../../services/platform/catalog/apply.ts';
import { createCatalogView } from '../../services/platform/catalog/topic.ts';
import { createLogger } from '../../services/platform/logger.ts';
import type { Platform, StartService } from '../../services/platform/platform.ts';
import { testConfig } from './platform.ts';
import { uniquePrefix } from './servers.ts';

/** Who works at the catalogue; the name of each is their token. */
export const PEOPLE = {
  anna: ['reader', 'steward'],
  ben: ['reader', 'owner'],
  li: ['reader', 'approver'],
  eva: ['reader', 'steward', 'approver'],
  root: ['admin'],
  guest: ['reader'],
  shop: ['ingest'],
} as const satisfies Record<string, readonly Role[]>;
export type PersonName = keyof typeof PEOPLE;

export type Answer<T> = { readonly status: number; readonly body: T };
export type Desk = {
  readonly platform: Platform;
  readonly ask: <T = Record<string, unknown>>(
    who: PersonName | undefined,
    route: string,
    body?: Json,
  ) => Promise<Answer<T>>;
  /** Publishes files, as `catalog apply` does. */
  readonly apply: (documents: readonly Json[], force?: boolean) => ReturnType<typeof applyCatalog>;
  readonly close: () => Promise<void>;
};

/** Writes a tokens file. @returns the file, and how to remove it */
export function tokensFile(): { readonly file: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-desk-'));
  const file = join(folder, 'tokens.json');
  const entries = Object.entries(PEOPLE).map(([name, roles]) => [
    createHash('sha256').update(name).digest('hex'),
    { person: `person:${name}`, roles },
  ]);
  writeFileSync(file, JSON.stringify(Object.fromEntries(entries)));
  return { file, remove: () => rmSync(folder, { recursive: true }) };
}

/**
 * A console on the shared servers whose catalogue comes from its topic.
 * @param options.prefix of another desk: a second console of that installation
 */
export async function openDesk(
  options: {
    readonly prefix?: string;
    readonly isOpen?: boolean;
    readonly services?: readonly StartService[];
    readonly environment?: Readonly<Record<string, string>>;
  } = {},
): Promise<Desk> {
  const tokens = tokensFile();
  const config = testConfig({
    TIDEMARK_TOPIC_PREFIX: options.prefix ?? uniquePrefix(),
    ...(options.isOpen === true ? {} : { TIDEMARK_TOKENS_FILE: tokens.file }),
    ...options.environment,
  });
  const level = process.env['TEST_LOG_LEVEL'] ?? 'silent';
  const logger = createLogger({ level, name: 'test', isTty: false });
  const lifecycle = createLifecycle(() => undefined);
  const platform = await openPlatform({
    config,
    logger,
    lifecycle,
    async openCatalog(source) {
      const view = await createCatalogView(source);
      lifecycle.onClose('catalogue', view.stop);
      return view;
    },
  });
  tokens.remove();
  for (const service of [...(options.services ?? []), start]) {
    const running = await service(platform);
    lifecycle.onClose(running.name, running.stop);
  }
  await platform.http.ready();
  return {
    platform,
    async ask(who, route, body) {
      const [method = '', path = ''] = route.split(' ');
      const response = await platform.http.inject({
        method: method as 'GET',
        url: `/v1/catalog/${path}`,
        headers: who === undefined ? {} : { authorization: `Bearer ${who}` },
        ...(body === undefined ? {} : { payload: body as object }),
      });
      return { status: response.statusCode, body: response.json() };
    },
    apply: (documents, force = false) =>
      applyCatalog(platform, { documents, author: 'person:local', now: Date.now, force }),
    close: lifecycle.close,
  };
}
