import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { unsubscribeRoutes } from '../../../services/alerting/adapters/http-unsubscribe.ts';
import { unsubscribeLinks } from '../../../services/alerting/adapters/unsubscribe-links.ts';
import {
  followCommand,
  followingsAfter,
  unsubscribedOf,
} from '../../../services/alerting/core/people/unsubscribed.ts';
import { createFollowingView } from '../../../services/alerting/unsubscribed.ts';
import type { OwnerRef } from '../../../services/kernel/definitions.ts';
import type { Command } from '../../../services/kernel/command.ts';
import { createAccess } from '../../../services/platform/access.ts';
import { createHttpServer } from '../../../services/platform/http.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { catalogOf } from '../../support/platform.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const links = unsubscribeLinks('http://console', randomBytes(32));
const told: Command[] = [];
let http: FastifyInstance;
beforeEach(() => {
  told.length = 0;
  http = createHttpServer(createLogger({ level: 'silent', name: 'test', isTty: false }));
  const bo = { id: 'bo', name: { en: 'Bo <b>' }, locale: 'en', timezone: 'UTC', receivers: [] };
  const follow = { who: 'person:bo', metric: 'net-sales', where: {}, severity: 'info' } as const;
  const team = (id: string, members: readonly OwnerRef[]) => {
    return { id, name: { en: id }, members, timezone: 'UTC', receivers: [] };
  };
  const catalog = catalogOf({
    people: [bo],
    teams: [team('all', ['team:some']), team('some', ['person:local'])],
    subscriptions: [
      { id: 'bo-follows', ...follow },
      { id: 'own', ...follow, who: 'person:local' },
      { id: 'all-follow', ...follow, who: 'team:all' },
    ],
  });
  unsubscribeRoutes(http, createAccess({ tokensFile: '', host: '127.0.0.1' }), {
    catalog: () => catalog,
    tell: async (command) => {
      told.push(command);
      return { offset: told.length - 1, isTaken: true };
    },
    now: () => NOW,
    newId: () => 'request-1',
    links,
  });
});
afterEach(() => http.close());
const path = (of = { subscription: 'bo-follows', to: 'person:bo' }) =>
  new URL(links.urlOf(of) ?? '').pathname;

test('looking at the link changes nothing; its button, or the one click of a mail program, ends it', async () => {
  const seen = await http.inject(path());
  expect(seen.statusCode).toBe(200);
  expect(seen.headers['content-security-policy']).toContain("default-src 'none'");
  expect(seen.body).toContain('Bo &#60;b&#62;');
  expect(told).toEqual([]);
  const clicked = await http.inject({
    method: 'POST',
    url: path(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'List-Unsubscribe=One-Click',
  });
  expect(clicked.statusCode).toBe(200);
  expect(told).toMatchObject([
    { kind: 'unsubscribe', target: 'subscription:bo-follows', by: 'person:bo', at: NOW },
  ]);
  const logged = told.map((command, offset) => ({ offset, command }));
  expect([...unsubscribedOf(followingsAfter(new Map(), logged))]).toEqual(['bo-follows person:bo']);
});

test('mail programs may send the one click as a form of several parts', async () => {
  const clicked = await http.inject({
    method: 'POST',
    url: path(),
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
    payload:
      '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
  });
  expect(clicked.statusCode).toBe(200);
  expect(told).toMatchObject([{ kind: 'unsubscribe', by: 'person:bo' }]);
});

test.each(['x', 'x.y', `${Buffer.from('["a","b"]').toString('base64url')}.abc`])(
  'a token that is not ours is refused: %s',
  async (token) => {
    const answer = await http.inject({ method: 'POST', url: `/v1/unsubscribe/${token}` });
    expect(answer.statusCode).toBe(410);
    expect(told).toEqual([]);
  },
);

test('without a secret there are no links', () => {
  const none = unsubscribeLinks('http://console', undefined);
  expect(none.urlOf({ subscription: 'a', to: null })).toBeNull();
  expect(none.open('x.y').ok).toBe(false);
});

test('a person stops and goes on by name', async () => {
  for (const kind of ['unsubscribe', 'subscribe'] as const) {
    const answer = await http.inject({
      method: 'POST',
      url: `/v1/subscriptions/own/${kind}`,
    });
    expect(answer.json()).toEqual({
      subscription: 'own',
      who: 'person:local',
      follows: kind === 'subscribe',
    });
  }
  const unknown = await http.inject({ method: 'POST', url: '/v1/subscriptions/x/unsubscribe' });
  expect(unknown.statusCode).toBe(404);
  const logged = told.map((command, offset) => ({ offset, command }));
  expect(logged).toHaveLength(2);
  expect(unsubscribedOf(followingsAfter(new Map(), logged)).size).toBe(0);
});

test('by a subscription of others nobody follows nor stops; by one of a team its members do', async () => {
  const answer = async (id: string, kind: string) => {
    const { statusCode } = await http.inject({
      method: 'POST',
      url: `/v1/subscriptions/${id}/${kind}`,
    });
    return statusCode;
  };
  for (const kind of ['unsubscribe', 'subscribe']) {
    expect(await answer('bo-follows', kind)).toBe(403);
    expect(await answer('all-follow', kind)).toBe(200);
  }
  expect(told.map(({ target }) => target)).toEqual([
    'subscription:all-follow',
    'subscription:all-follow',
  ]);
});

test('the view of who follows no more reads on where it ended', async () => {
  const read: [number, number][] = [];
  const of = { subscription: 'a', by: 'person:bo', id: 'x', at: NOW };
  let end = 1;
  const view = createFollowingView({
    append: async () => 0,
    end: async () => end,
    read: async (from, to) => {
      read.push([from, to]);
      const kind = from === 0 ? 'unsubscribe' : 'subscribe';
      return [{ offset: from, command: followCommand(kind, of) }];
    },
  });
  const seen = async () => [...unsubscribedOf((await view()).followings)];
  expect(await seen()).toEqual(['a person:bo']);
  await view();
  end = 2;
  expect(await seen()).toEqual([]);
  expect(read).toEqual([
    [0, 1],
    [1, 2],
  ]);
});
