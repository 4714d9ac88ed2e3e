import { expect, test } from 'vitest';
import { alertRoutes } from '../../../services/alerting/adapters/http.ts';
import type { AlertState } from '../../../services/alerting/core/alert/episode.ts';
import { createAccess } from '../../../services/platform/access.ts';
import { createHttpServer } from '../../../services/platform/http.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { bench, salesCatalog } from '../../support/alerting.ts';
import { catalogOf } from '../../support/platform.ts';

/** Alerts of several people, one of them a team with person:local in it. */
function served() {
  const b = bench();
  b.hour(0, 900);
  const burning = b.alert();
  const { episode } = burning;
  const route = episode?.route;
  if (!route) throw new Error('it burns');
  const of = (id: string, accountable: string, over: Partial<AlertState> = {}): AlertState => ({
    ...burning,
    id,
    episode: { ...episode, route: { ...route, accountable, deputy: null } },
    ...over,
  });
  const assigned = of('assigned', 'person:bo');
  const alerts = [
    of('team', 'team:all'),
    of('other', 'person:bo', { severity: 'info' }),
    {
      ...assigned,
      episode: assigned.episode && {
        ...assigned.episode,
        overlay: { ...assigned.episode.overlay, assignee: 'person:local' },
      },
    },
    of('deputy', 'person:bo', {
      episode: { ...episode, route: { ...route, accountable: null, deputy: 'team:some' } },
    }),
  ];
  const team = (id: string, members: readonly `${'person' | 'team'}:${string}`[]) => {
    return { id, name: { en: id }, members, timezone: 'UTC', receivers: [] };
  };
  const catalog = catalogOf(
    salesCatalog({ teams: [team('all', ['team:some']), team('some', ['person:local'])] }),
  );
  const http = createHttpServer(createLogger({ level: 'silent', name: 'test', isTty: false }));
  alertRoutes(http, createAccess({ tokensFile: '', host: '127.0.0.1' }), {
    catalog: () => catalog,
    alerts: async () => alerts,
    alert: async () => undefined,
    health: () => [],
  });
  return async (query: string) => {
    const answer = await http.inject(`/v1/alerts?${query}`);
    const { alerts: found = [], code } = answer.json<{
      alerts?: { id: string }[];
      code?: string;
    }>();
    return code ?? found.map(({ id }) => id).toSorted();
  };
}

test.each([
  ['', ['assigned', 'deputy', 'other', 'team']],
  ['owner=me', ['assigned', 'deputy', 'team']],
  ['owner=person:bo', ['assigned', 'other']],
  ['owner=person:local', ['assigned']],
  ['owner=team:some', ['deputy']],
  ['severity=info', ['other']],
  ['severity=critical&owner=person:bo', ['assigned']],
  ['severity=loud', 'invalid_parameter'],
])('alerts by %s', async (query, expected) => expect(await served()(query)).toEqual(expected));
