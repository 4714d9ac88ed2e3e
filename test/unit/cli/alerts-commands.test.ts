import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { alertRoutes } from '../../../services/alerting/adapters/http.ts';
import { commandRoutes } from '../../../services/alerting/adapters/http-commands.ts';
import { peopleRoutes } from '../../../services/alerting/adapters/http-people.ts';
import { reviewRoutes } from '../../../services/alerting/adapters/http-review.ts';
import { ruleTestRoutes } from '../../../services/alerting/adapters/http-rules.ts';
import { register } from '../../../services/cli/alerts.ts';
import { ok } from '../../../services/kernel/result.ts';
import { createAccess } from '../../../services/platform/access.ts';
import { createHttpServer } from '../../../services/platform/http.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { bench, plansOf, salesCatalog } from '../../support/alerting.ts';
import { runHere, serveCommands } from '../../support/command-line.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const http = createHttpServer(createLogger({ level: 'silent', name: 'test', isTty: false }));
const catalog = catalogOf(
  salesCatalog({
    metrics: [aMetric({ timezone: 'Asia/Shanghai', breakdowns: [[], ['store']] })],
    responsibilities: [
      {
        id: 'owners',
        entries: [
          {
            metric: 'net-sales',
            where: { store: 'S1' },
            from: '2026-06-20',
            accountable: 'team:sales',
            escalation: [],
          },
        ],
      },
    ],
  }),
);
/** From when to when alerting was asked about. */
let spans: (readonly [number | null, number])[] = [];

beforeAll(async () => {
  const b = bench();
  b.hour(0, 900);
  const alert = b.alert();
  const access = createAccess({ tokensFile: '', host: '127.0.0.1' });
  const at = { catalog: () => catalog, now: () => NOW, newId: () => 'n' };
  alertRoutes(http, access, {
    ...at,
    alerts: async () => [alert],
    alert: async () => alert,
    health: () => [],
  });
  commandRoutes(http, access, {
    ...at,
    alerts: async () => [alert],
    alert: async () => alert,
    silences: async () => [],
    tell: async () => ({ offset: 7, isTaken: true }),
  });
  peopleRoutes(http, access, { ...at, unsubscribed: async () => new Set() });
  reviewRoutes(http, access, {
    now: () => NOW,
    zoneOf: () => 'Asia/Shanghai',
    health: () => [{ rule: 'net-sales-low', state: 'paused', detail: 'it says so' }],
    async review(_rule, { fromMs, toMs }) {
      spans.push([fromMs, toMs]);
      return { causes: [] } as never;
    },
  });
  const [plan] = plansOf(catalog);
  if (!plan) throw new Error('there is a rule');
  ruleTestRoutes(http, access, {
    now: () => NOW,
    plan: () => ok(plan),
    async test({ fromMs, toMs }) {
      spans.push([fromMs, toMs]);
      return {
        rule: 'net-sales-low',
        wouldHaveTold: [],
        bySeries: [],
        episodeList: [],
        nearMissList: [],
        notes: [],
      } as never;
    },
  });
  await serveCommands(http);
});
beforeEach(() => {
  spans = [];
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await http.close();
});
const run = (...args: readonly string[]) => runHere(register, 'alerts', ...args);
const titlesIn = (text: string): readonly string[] =>
  [...text.matchAll(/\n\n(\w[\w ]*)\n/g)].map(([, title = '']) => title);

test('the review of a rule says whether it is judged at all', async () => {
  expect((await run('review', 'net-sales-low')).out).toMatch(/^state +paused$/m);
  expect((await run('review', 'another')).out).toMatch(/^state +judged$/m);
});

test('tables have their titles beside them, wherever they are sent', async () => {
  const shown = await run('show', 'a1');
  expect(titlesIn(shown.out)).toEqual(['evidence', 'timeline', 'deliveries']);
  expect(shown.out).toMatch(
    /\n\nevidence\nwindow +\d{4}-\d\d-\d\d \d\d:\d\d–.+ UTC .+\nat +\d{4}.+\nverdict +breach\n/,
  );
  const tested = await run('test', 'net-sales-low', '--from', '2026-06-01');
  expect(titlesIn(tested.out)).toEqual([
    'episodes',
    'near misses',
    'messages that would have been sent',
  ]);
  expect(shown.notes + tested.notes).not.toContain('timeline');
  const json = await run('show', 'a1', '--output', 'json');
  expect(JSON.parse(json.out)).toMatchObject({ evidence: { verdict: 'breach' } });
});

test('a date is midnight in the zone of the metric, whichever command is given it', async () => {
  await run('test', 'net-sales-low', '--from', '2026-06-01', '--to', '2026-06-02T00:00:00Z');
  await run('review', 'net-sales-low', '--from', '2026-06-01');
  const fromMs = Date.parse('2026-06-01T00:00:00+08:00');
  expect(spans).toEqual([
    [fromMs, Date.parse('2026-06-02T00:00:00Z')],
    [fromMs, NOW],
  ]);
  const route = async (...args: readonly string[]) =>
    JSON.parse((await run('route', 'net-sales', ...args, '--output', 'json')).out) as object;
  expect(await route('--where', 'store:S1', '--at', '2026-06-20')).toMatchObject({
    labels: { store: 'S1' },
    at: '2026-06-19T16:00:00.000Z',
    via: 'owners',
  });
  expect(await route('--label', 'store=S1', '--at', '2026-06-19')).toMatchObject({
    labels: { store: 'S1' },
    via: 'metric',
  });
  await expect(route('--at', '2026-02-30')).rejects.toThrow('an RFC 3339 time or a date');
});

test.each([
  ['ack', []],
  ['close', []],
  ['feedback', ['expected']],
])('%s shows the alert as it is then, a line for each thing', async (verb, args) => {
  const { out } = await run(verb, 'a1', ...args);
  expect(out).toMatch(/^id +[0-9a-f]{32}\nrule +net-sales-low\n/);
  expect(out).toMatch(/^state +firing$/m);
  expect(out).toMatch(/^command +[0-9a-f]{32}$/m);
  expect(out).not.toContain('"offset"');
  const json = await run(verb, 'a1', ...args, '--output', 'json');
  expect(JSON.parse(json.out)).toMatchObject({ command: { offset: 7 }, alert: {} });
});
