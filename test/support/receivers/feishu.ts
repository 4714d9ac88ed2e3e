import { createHmac } from 'node:crypto';
import { counter, fieldsOf, isWebUrl, listOf, openChatServer } from './chat-server.ts';
import type { ChatReply, ChatServer } from './chat-server.ts';

/** A custom bot of Feishu, by its documentation: what it checks, and the codes that it answers. */
export type FeishuBot = ChatServer & { readonly url: string; readonly cards: object[] };

const HOUR_S = 3_600;
const code = (number: number, msg: string): ChatReply => ({
  body: { code: number, msg, data: {} },
});
const TAGS = new Set(['div', 'action', 'note', 'hr', 'markdown', 'img']);

export async function openFeishu(
  options: { secret?: string; keyword?: string; now?: () => number } = {},
): Promise<FeishuBot> {
  const now = options.now ?? Date.now;
  const token = '0f0e0d0c-feishu-token-b1b2b3b4';
  const cards: object[] = [];
  const perMinute = counter({ count: 100, perMs: 60_000 }, now);
  const perSecond = counter({ count: 5, perMs: 1_000 }, now);
  const server = await openChatServer((request) => {
    const body = fieldsOf(request.json);
    if (request.path !== `/open-apis/bot/v2/hook/${token}`)
      return code(19001, 'param invalid: incoming webhook access token invalid');
    if (
      request.method !== 'POST' ||
      !String(request.headers['content-type']).startsWith('application/json')
    )
      return code(9499, 'Bad Request');
    if (Buffer.byteLength(request.text) > 20_000) return code(9499, 'Bad Request: body too large');
    if (options.secret !== undefined) {
      const { timestamp, sign } = body;
      const isRecent =
        typeof timestamp === 'string' &&
        /^\d{10}$/.test(timestamp) &&
        Math.abs(now() / 1000 - Number(timestamp)) < HOUR_S;
      const key = `${String(timestamp)}\n${options.secret}`;
      const expected = createHmac('sha256', key).digest('base64');
      if (!isRecent || sign !== expected)
        return code(19021, 'sign match fail or timestamp is not within one hour from current time');
    }
    if (options.keyword !== undefined && !request.text.includes(options.keyword))
      return code(19024, 'Key Words Not Found');
    const fault = faultOfCard(body);
    if (fault !== undefined) return code(9499, `Bad Request: ${fault}`);
    if (!perMinute.allows() || !perSecond.allows()) return code(11232, 'frequency limited psm');
    cards.push(fieldsOf(body['card']));
    return { body: { StatusCode: 0, StatusMessage: 'success', code: 0, data: {}, msg: 'success' } };
  });
  return Object.assign(server, {
    url: `${server.origin}/open-apis/bot/v2/hook/${token}`,
    cards,
  });
}

function faultOfCard(body: Readonly<Record<string, unknown>>): string | undefined {
  if (body['msg_type'] !== 'interactive') return 'msg_type';
  const card = fieldsOf(body['card']);
  const title = fieldsOf(fieldsOf(card['header'])['title']);
  if (title['tag'] !== 'plain_text' || typeof title['content'] !== 'string') return 'header';
  for (const one of listOf(card['elements'])) {
    const element = fieldsOf(one);
    if (!TAGS.has(String(element['tag']))) return `tag ${String(element['tag'])}`;
    if (element['tag'] === 'action')
      for (const action of listOf(element['actions'])) {
        const button = fieldsOf(action);
        if (button['tag'] !== 'button' || !isWebUrl(button['url'])) return 'button';
      }
  }
  return undefined;
}
