import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { alertRoutes } from '../../../services/alerting/adapters/http.ts';
import type { AlertState } from '../../../services/alerting/core/alert/episode.ts';
import { register } from '../../../services/cli/alerts.ts';
import { createAccess } from '../../../services/platform/access.ts';
import { createHttpServer } from '../../../services/platform/http.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { bench, lowSales } from '../../support/alerting.ts';
import { runHere, serveCommands } from '../../support/command-line.ts';
import { catalogOf } from '../../support/platform.ts';

const http = createHttpServer(createLogger({ level: 'silent', name: 'test', isTty: false }));

beforeAll(async () => {
  const b = bench();
  b.hour(0, 900);
  const burning = b.alert();
  const { episode, machine } = burning;
  const route = episode?.route;
  if (!route) throw new Error('it burns');
  const of = (id: string, over: Partial<AlertState>): AlertState => ({ ...burning, id, ...over });
  const alerts = [
    of('grave', { severity: 'critical' }),
    of('mild', { severity: 'info' }),
    of('over', { severity: 'info', machine: { ...machine, condition: 'ok' } }),
    of('mine', {
      severity: 'warning',
      episode: { ...episode, route: { ...route, accountable: 'person:local' } },
    }),
  ];
  alertRoutes(http, createAccess({ tokensFile: '', host: '127.0.0.1' }), {
    catalog: () => catalogOf(lowSales({ paused: true })),
    alerts: async () => alerts,
    alert: async () => undefined,
    health: () => [{ rule: 'net-sales-low', state: 'paused', detail: 'its definition says so' }],
  });
  await serveCommands(http);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await http.close();
});

test.each([
  [[], 'grave mild mine over'],
  [['--open'], 'grave mild mine'],
  [['--state', 'ok'], 'over'],
  [['--severity', 'info'], 'mild over'],
  [['--severity', 'info', '--open'], 'mild'],
  [['--owner', 'me'], 'mine'],
  [['--metric', 'net-sales', '--severity', 'critical'], 'grave'],
  [['--metric', 'returns'], ''],
])('alerts list %j is narrowed as the console is: %s', async (flags, ids) => {
  const { out } = await runHere(register, 'alerts', 'list', '--output', 'json', ...flags);
  const rows = JSON.parse(out) as readonly { readonly id: string }[];
  expect(
    rows
      .map(({ id }) => id)
      .toSorted()
      .join(' '),
  ).toBe(ids);
});

test('rules that are paused are named beside the list, and their alerts say so', async () => {
  const { out, notes } = await runHere(register, 'alerts', 'list', '--output', 'json');
  expect(notes).toContain('net-sales-low is paused: its definition says so');
  const rows = JSON.parse(out) as readonly { readonly paused: boolean }[];
  expect(rows.map(({ paused }) => paused)).toEqual([true, true, true, true]);
});

test('a severity that there is none of is refused', async () => {
  const asked = runHere(register, 'alerts', 'list', '--severity', 'dreadful');
  await expect(asked).rejects.toThrow('severity must be one of critical, warning, info');
});
