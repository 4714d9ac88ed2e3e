import { expect, test } from 'vitest';
import { receiverRoutes } from '../../../services/alerting/adapters/http.ts';
import { NOT_TRIED } from '../../../services/alerting/core/sending/delivery.ts';
import { wordOf } from '../../../services/alerting/core/sending/reachability.ts';
import type { Delivery, Verdict } from '../../../services/alerting/core/sending/delivery.ts';
import type { Message } from '../../../services/alerting/core/alert/episode.ts';
import type { CommandLog } from '../../../services/alerting/ports.ts';
import { createReachability } from '../../../services/alerting/reachability.ts';
import type { Command } from '../../../services/kernel/command.ts';
import { HOUR_MS } from '../../../services/kernel/time.ts';
import { createAccess } from '../../../services/platform/access.ts';
import { createHttpServer } from '../../../services/platform/http.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { memoryCommandLog } from '../../support/memory-command-log.ts';
import { catalogOf } from '../../support/platform.ts';

const to = (receiver: string, id = 'msg_1'): Message => ({
  id,
  receiver,
  kind: 'firing',
  body: '{}',
  decidedAtMs: 0,
  shownAtMs: 0,
  to: null,
  locale: 'en',
  timezone: 'UTC',
});
const as = (status: Delivery['status']): Delivery => ({ ...NOT_TRIED, status, detail: '503' });

/** Processes over one topic; each second one of them settles something. */
function processes() {
  const said: Command[] = [];
  const commands = memoryCommandLog(said);
  const failures: unknown[] = [];
  let nowMs = 0;
  const start = (log: CommandLog = commands) => {
    const tell = createReachability({
      commands: log,
      now: () => (nowMs += 1_000),
      newId: () => `id-${said.length}`,
      failed: (error) => failures.push(error),
    });
    const settle = (receiver: string, status: Delivery['status'], id?: string) =>
      tell(to(receiver, id), as(status));
    return Object.assign(settle, { tell });
  };
  const words = () => said.map(({ kind, target, text }) => `${kind} ${target} ${text}`);
  const wait = (forMs: number): void => void (nowMs += forMs);
  return { start, words, wait, failures, commands };
}

test('the first message that is given up is said, and the first one after it that is delivered', async () => {
  const { start, words } = processes();
  const settle = start();
  await settle('hook', 'delivered');
  await settle('hook', 'given_up');
  await settle('hook', 'given_up');
  await settle('mail', 'disabled');
  await settle('hook', 'delivered');
  await settle('hook', 'delivered');
  expect(words()).toEqual([
    'unreachable receiver:hook 503',
    'unreachable receiver:mail 503',
    'reachable receiver:hook 503',
  ]);
});

test('what nobody may have taken up is said again an hour later, and not before', async () => {
  const { start, words, wait } = processes();
  const settle = start();
  await settle('hook', 'given_up');
  wait(HOUR_MS - 60_000);
  await settle('hook', 'given_up');
  expect(words()).toHaveLength(1);
  wait(60_000);
  await settle('hook', 'given_up');
  await settle('hook', 'given_up');
  expect(words()).toHaveLength(2);
});

test('a receiver that was tried for long in vain is said before the message is given up', () => {
  const at = { nowMs: 0, unreachable: new Map() };
  const wordAfter = (attempts: number) => wordOf(to('hook'), { status: 'waiting', attempts }, at);
  expect([wordAfter(1), wordAfter(5), wordAfter(6)]).toEqual([undefined, undefined, 'unreachable']);
});

test('another process, and one that starts later, know what was said', async () => {
  const { start, words } = processes();
  const [one, other] = [start(), start()];
  await one('hook', 'given_up');
  await other('hook', 'given_up');
  await start()('hook', 'delivered');
  await one('hook', 'given_up');
  expect(words().map((word) => word.split(' ')[0])).toEqual([
    'unreachable',
    'reachable',
    'unreachable',
  ]);
});

test('a beat of the watchdog that is lost says nothing', async () => {
  const { start, words } = processes();
  await start()('dead-man', 'given_up', 'beat_1');
  expect(words()).toEqual([]);
});

test('what could not be said is said by the next delivery', async () => {
  const { start, words, failures, commands } = processes();
  let isAway = true;
  const settle = start({
    ...commands,
    append: async (command) => {
      if (isAway) throw new Error('away');
      return commands.append(command);
    },
  });
  await settle('hook', 'given_up');
  expect([words(), failures.length]).toEqual([[], 1]);
  isAway = false;
  await settle('hook', 'given_up');
  expect(words()).toEqual(['unreachable receiver:hook 503']);
});

test('a test of a receiver that arrives ends what was said of it, and one that fails says nothing', async () => {
  const { start, words } = processes();
  const settle = start();
  let answer: Verdict['kind'] = 'gone';
  const http = createHttpServer(createLogger({ level: 'silent', name: 'test', isTty: false }));
  receiverRoutes(http, createAccess({ tokensFile: '', host: '127.0.0.1' }), {
    catalog: () => catalogOf({ receivers: [{ id: 'hook', type: 'browser' }] }),
    enable: async () => true,
    messenger: async () => ({ kind: answer, detail: `test: ${answer}` }),
    settled: settle.tell,
    now: () => 0,
    newId: () => 'x',
  });
  const tryIt = async (kind: Verdict['kind']) => {
    answer = kind;
    await http.inject({ method: 'POST', url: '/v1/receivers/hook/test' });
    return words();
  };
  expect(await tryIt('gone')).toEqual([]);
  await settle('hook', 'given_up');
  const said = 'unreachable receiver:hook 503';
  expect(await tryIt('retryable')).toEqual([said]);
  const ended = [said, 'reachable receiver:hook test: delivered'];
  expect(await tryIt('delivered')).toEqual(ended);
  expect(await tryIt('delivered')).toEqual(ended);
  await http.close();
});
