import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { receiverRoutes } from '../../../services/alerting/adapters/http.ts';
import { register } from '../../../services/cli/alerts.ts';
import { createAccess } from '../../../services/platform/access.ts';
import { createHttpServer } from '../../../services/platform/http.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { salesCatalog } from '../../support/alerting.ts';
import { runHere, serveCommands } from '../../support/command-line.ts';
import { catalogOf } from '../../support/platform.ts';

const http = createHttpServer(createLogger({ level: 'silent', name: 'test', isTty: false }));
const disabled = new Set(['ops-hook']);

beforeAll(async () => {
  receiverRoutes(http, createAccess({ tokensFile: '', host: '127.0.0.1' }), {
    catalog: () => catalogOf(salesCatalog()),
    enable: async ({ id }) => disabled.delete(id),
    messenger: async () => ({ kind: 'delivered', detail: '204' }),
    settled: async () => undefined,
    now: () => 0,
    newId: () => 'one',
  });
  await serveCommands(http);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await http.close();
});

const enable = (receiver: string) =>
  runHere(register, 'alerts', 'enable-receiver', receiver, '--output', 'json');

test('a receiver that wanted nothing more is enabled from the command line, and it says whether it was not', async () => {
  expect(JSON.parse((await enable('ops-hook')).out)).toEqual({
    receiver: 'ops-hook',
    wasDisabled: true,
  });
  expect(JSON.parse((await enable('ops-hook')).out)).toMatchObject({ wasDisabled: false });
  await expect(enable('nobody')).rejects.toThrow('no receiver nobody is published');
});
