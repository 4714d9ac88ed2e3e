import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { receiverRoutes } from '../../../services/alerting/adapters/http.ts';
import type { TellOfReceiver } from '../../../services/alerting/core/sending/reachability.ts';
import { createAccess } from '../../../services/platform/access.ts';
import { createHttpServer } from '../../../services/platform/http.ts';
import { catalogOf } from '../../support/platform.ts';
import type { Definitions } from '../../support/platform.ts';
import { CHATS, openChat } from '../../support/receivers/chats.ts';
import type { Chat } from '../../support/receivers/chats.ts';

/** `POST /v1/receivers/{id}/test` of a chat, with all that was answered and logged. */
async function tested(
  chat: Chat,
  people: Definitions['people'] = [],
  settled: TellOfReceiver = async () => undefined,
) {
  const logged: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged.push(chunk.toString('utf8'));
      done();
    },
  });
  const http = createHttpServer(pino({ level: 'trace' }, sink));
  receiverRoutes(http, createAccess({ tokensFile: '', host: '127.0.0.1' }), {
    catalog: () => catalogOf({ receivers: [chat.receiver], people }),
    enable: async () => false,
    messenger: chat.send,
    settled,
    now: Date.now,
    newId: () => 'test',
  });
  const { statusCode, payload } = await http.inject({
    method: 'POST',
    url: '/v1/receivers/ops/test',
  });
  await http.close();
  return {
    status: statusCode,
    answer: JSON.parse(payload) as object,
    shown: payload + logged.join(''),
  };
}

describe.each(CHATS)('the test button, %s', (name) => {
  test('sends a real message and shows that it was delivered', async () => {
    await using chat = await openChat(name);
    const { status, answer } = await tested(chat);
    expect(status).toBe(200);
    expect(answer).toMatchObject({ receiver: 'ops', outcome: 'delivered' });
    expect(chat.server.requests).toHaveLength(1);
  });

  test('is in the words of whoever has the receiver', async () => {
    await using chat = await openChat(name);
    const anna = { id: 'anna', name: { en: 'Anna' }, timezone: 'Asia/Shanghai' };
    await tested(chat, [{ ...anna, locale: 'zh-CN', receivers: [chat.receiver.id] }]);
    expect(JSON.stringify(chat.server.requests.map(({ json }) => json))).toContain('测试消息');
  });

  test('answers while Kafka has yet to take what is said of the receiver', async () => {
    await using chat = await openChat(name);
    const said: string[] = [];
    const never: TellOfReceiver = async ({ receiver }, { status }) => {
      said.push(`${receiver} ${status}`);
      await new Promise(() => undefined);
    };
    expect((await tested(chat, [], never)).answer).toMatchObject({ outcome: 'delivered' });
    expect(said).toEqual(['ops delivered']);
  });

  test.each([
    [200, 'refused or retryable'],
    [429, 'retryable'],
    [500, 'retryable'],
  ])('shows the verdict of an answer %d, and no secret anywhere', async (status, outcome) => {
    await using chat = await openChat(name);
    const all = chat.secrets.join(' ');
    chat.server.force({
      status,
      body: { ok: false, error: all, code: 19024, errcode: 93000, msg: all, errmsg: all },
    });
    const { answer, shown } = await tested(chat);
    expect(outcome).toContain((answer as { outcome: string }).outcome);
    for (const secret of chat.secrets) expect(shown).not.toContain(secret);
    for (const token of ['feishu-token', '9f8e7d6c5b4a', '693a91f6-7xxx', 'XXXXXXXXXXXX', 'xoxb-'])
      expect(shown).not.toContain(token);
  });
});
