import { createHmac } from 'node:crypto';
import { counter, fieldsOf, isWebUrl, listOf, openChatServer } from './chat-server.ts';
import type { ChatReply, ChatServer } from './chat-server.ts';

/** A custom bot of DingTalk, by its documentation: 20 messages a minute, then silence for ten. */
export type DingtalkBot = ChatServer & { readonly url: string; readonly texts: string[] };

const HOUR_MS = 3_600_000;
const BLOCK_MS = 600_000;
const code = (errcode: number, errmsg: string): ChatReply => ({ body: { errcode, errmsg } });

export async function openDingtalk(
  options: { secret?: string; keyword?: string; now?: () => number } = {},
): Promise<DingtalkBot> {
  const now = options.now ?? Date.now;
  const token = '9f8e7d6c5b4a39281706f5e4d3c2b1a0';
  const texts: string[] = [];
  const perMinute = counter({ count: 20, perMs: 60_000 }, now);
  let blockedUntil = 0;
  const server = await openChatServer((request) => {
    if (request.path !== '/robot/send' || request.query.get('access_token') !== token)
      return code(300005, 'token is not exist');
    if (options.secret !== undefined && !isSigned(request.query, options.secret, now()))
      return code(310000, 'sign not match, more: [https://ding-doc.dingtalk.com/doc#/serverapi2]');
    if (Buffer.byteLength(request.text) > 20_000) return code(460101, 'message too long');
    const body = fieldsOf(request.json);
    const text = textOf(body);
    if (text === undefined) return code(400105, 'msgtype 不支持或参数不合法');
    if (options.keyword !== undefined && !text.includes(options.keyword))
      return code(310000, 'keywords not in content');
    if (now() < blockedUntil || !perMinute.allows()) {
      blockedUntil = Math.max(blockedUntil, now() + BLOCK_MS);
      return code(130101, 'send too fast, exceed 20 times per minute');
    }
    texts.push(text);
    return code(0, 'ok');
  });
  return Object.assign(server, { url: `${server.origin}/robot/send?access_token=${token}`, texts });
}

function isSigned(query: URLSearchParams, secret: string, nowMs: number): boolean {
  const timestamp = query.get('timestamp') ?? '';
  const hmac = createHmac('sha256', Buffer.from(secret, 'utf8'));
  hmac.update(timestamp);
  hmac.update('\n');
  hmac.update(secret);
  return (
    /^\d{13}$/.test(timestamp) &&
    Math.abs(nowMs - Number(timestamp)) < HOUR_MS &&
    query.get('sign') === hmac.digest('base64')
  );
}

/** The text of a message that is well formed. */
function textOf(body: Readonly<Record<string, unknown>>): string | undefined {
  const type = body['msgtype'];
  if (type !== 'markdown' && type !== 'actionCard') return undefined;
  const inner = fieldsOf(body[type]);
  const { title, text } = inner;
  if (typeof title !== 'string' || title === '' || typeof text !== 'string') return undefined;
  if (type === 'markdown') return text;
  const isSingle = typeof inner['singleTitle'] === 'string' && isWebUrl(inner['singleURL']);
  const buttons = listOf(inner['btns']).map(fieldsOf);
  const areButtons =
    buttons.length > 1 &&
    buttons.every((button) => typeof button['title'] === 'string' && isWebUrl(button['actionURL']));
  return isSingle || areButtons ? text : undefined;
}
