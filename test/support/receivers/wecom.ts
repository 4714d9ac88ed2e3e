import { counter, fieldsOf, openChatServer } from './chat-server.ts';
import type { ChatReply, ChatServer } from './chat-server.ts';

/** A bot of a WeCom group, by its documentation: 20 messages a minute, markdown of at most 4,096 bytes. */
export type WecomBot = ChatServer & { readonly url: string; readonly contents: string[] };

const code = (errcode: number, errmsg: string): ChatReply => ({ body: { errcode, errmsg } });

export async function openWecom(options: { now?: () => number } = {}): Promise<WecomBot> {
  const now = options.now ?? Date.now;
  const key = '693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa';
  const contents: string[] = [];
  const perMinute = counter({ count: 20, perMs: 60_000 }, now);
  const server = await openChatServer((request) => {
    if (request.path !== '/cgi-bin/webhook/send' || request.query.get('key') !== key)
      return code(
        93000,
        `invalid webhook url, hint: [1700000000_33], from ip: 127.0.0.1, more info at https://open.work.weixin.qq.com/devtool/query?e=93000`,
      );
    const body = fieldsOf(request.json);
    const { content } = fieldsOf(body['markdown']);
    if (body['msgtype'] !== 'markdown' || typeof content !== 'string' || content === '')
      return code(40008, 'invalid message type');
    if (Buffer.byteLength(content) > 4_096)
      return code(40058, 'markdown.content exceed max length 4096');
    if (!perMinute.allows()) return code(45009, 'api freq out of limit');
    contents.push(content);
    return code(0, 'ok');
  });
  return Object.assign(server, {
    url: `${server.origin}/cgi-bin/webhook/send?key=${key}`,
    contents,
  });
}
