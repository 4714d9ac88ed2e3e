import { fieldsOf, isWebUrl, listOf, openChatServer } from './chat-server.ts';
import type { ChatReply, ChatRequest, ChatServer } from './chat-server.ts';

/** Slack, by its documentation: an incoming webhook, and the Web API of a bot. */
export type Slack = ChatServer & {
  readonly hookUrl: string;
  readonly apiUrl: string;
  readonly token: string;
  readonly channel: string;
  /** What the webhook took. */
  readonly hooked: Readonly<Record<string, unknown>>[];
  /** What stands in the channel, by its ts, as it was last said. */
  readonly posts: Map<string, Post>;
};
export type Post = {
  readonly text: string;
  readonly thread: string | undefined;
  readonly isBroadcast: boolean;
  readonly updates: number;
};

const plain = (status: number, body: string): ChatReply => ({ status, body });
const api = (body: object): ChatReply => ({ body });

export async function openSlack(): Promise<Slack> {
  const token = 'xoxb-1111-2222-abcdefghijkl';
  const channel = 'C0123456789';
  const hook = '/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX';
  const hooked: Readonly<Record<string, unknown>>[] = [];
  const posts = new Map<string, Post>();
  let clock = 1_700_000_000;

  const onHook = ({ json }: ChatRequest): ChatReply => {
    const fault = faultOf(json);
    if (fault !== undefined) return plain(400, fault);
    hooked.push(fieldsOf(json));
    return plain(200, 'ok');
  };

  const onApi = (request: ChatRequest): ChatReply => {
    if (request.headers.authorization !== `Bearer ${token}`)
      return api({ ok: false, error: 'invalid_auth' });
    const body = fieldsOf(request.json);
    if (body['channel'] !== channel) return api({ ok: false, error: 'channel_not_found' });
    const fault = faultOf(body);
    if (fault !== undefined) return api({ ok: false, error: fault });
    if (request.path.endsWith('/chat.update')) {
      const ts = String(body['ts']);
      const before = posts.get(ts);
      if (!before) return api({ ok: false, error: 'message_not_found' });
      posts.set(ts, { ...before, text: String(body['text']), updates: before.updates + 1 });
      return api({ ok: true, channel, ts, text: body['text'] });
    }
    if (!request.path.endsWith('/chat.postMessage'))
      return api({ ok: false, error: 'unknown_method' });
    const thread = body['thread_ts'] === undefined ? undefined : String(body['thread_ts']);
    if (thread !== undefined && !posts.has(thread))
      return api({ ok: false, error: 'thread_not_found' });
    clock += 1;
    const ts = `${clock}.000100`;
    const isBroadcast = body['reply_broadcast'] === true;
    posts.set(ts, { text: String(body['text']), thread, isBroadcast, updates: 0 });
    return api({ ok: true, channel, ts, message: { type: 'message', text: body['text'] } });
  };

  const server = await openChatServer((request) => {
    if (request.method !== 'POST') return plain(405, 'method_not_allowed');
    if (!String(request.headers['content-type']).startsWith('application/json'))
      return plain(400, 'invalid_payload');
    if (request.path === hook) return onHook(request);
    if (request.path.startsWith('/api/')) return onApi(request);
    return plain(404, 'no_service');
  });
  return Object.assign(server, {
    hookUrl: `${server.origin}${hook}`,
    apiUrl: `${server.origin}/api`,
    token,
    channel,
    hooked,
    posts,
  });
}

/** Block Kit's limits. */
function faultOf(json: unknown): string | undefined {
  const body = fieldsOf(json);
  const { text } = body;
  const blocks = listOf(body['blocks']).map(fieldsOf);
  if (typeof text !== 'string' || text === '') return 'no_text';
  if (text.length > 40_000) return 'msg_too_long';
  if (blocks.length > 50) return 'invalid_blocks';
  if (JSON.stringify(blocks).length > 13_200) return 'msg_blocks_too_long';
  for (const block of blocks) if (!isBlock(block)) return 'invalid_blocks';
  return undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function isText(value: unknown, max: number, types: readonly string[]): boolean {
  const { type, text } = fieldsOf(value);
  const isKnown = types.includes(String(type));
  return isKnown && typeof text === 'string' && text.length > 0 && text.length <= max;
}

function isBlock(block: Fields): boolean {
  const either = ['plain_text', 'mrkdwn'];
  const fields = listOf(block['fields']);
  const elements = listOf(block['elements']);
  switch (block['type']) {
    case 'header':
      return isText(block['text'], 150, ['plain_text']);
    case 'section':
      return (
        (block['text'] === undefined || isText(block['text'], 3_000, either)) &&
        (block['text'] !== undefined || fields.length > 0) &&
        fields.length <= 10 &&
        fields.every((field) => isText(field, 2_000, either))
      );
    case 'actions':
      return (
        elements.length > 0 &&
        elements.length <= 25 &&
        elements.every((element) => {
          const { type, text, url } = fieldsOf(element);
          return type === 'button' && isText(text, 75, ['plain_text']) && isWebUrl(url);
        })
      );
    case 'context':
      return elements.length > 0 && elements.length <= 10;
    default:
      return false;
  }
}
