import { createHmac } from 'node:crypto';
import { feishuVerdict } from '../../core/sending/chat-verdict.ts';
import { feishuCard } from '../../core/words/feishu-form.ts';
import type { Channel } from '../../ports.ts';
import { postJson, readSecrets } from './chat-post.ts';
import type { ChatPorts } from './chat-post.ts';
import type { WordsOf } from './message-words.ts';

/**
 * Signature of Feishu's (and Lark's) custom bots: time and secret are the key, the message is empty.
 * @param timestampS epoch seconds
 * @see https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
 */
export const feishuSign = (secret: string, timestampS: number): string =>
  createHmac('sha256', `${timestampS}\n${secret}`).update('').digest('base64');

/** Cards to a group of Feishu or Lark by a custom bot. */
export function feishuChannel(ports: ChatPorts & { wordsOf: WordsOf }): Channel<'feishu'> {
  return async (message, receiver) => {
    const read = readSecrets(ports.secrets, { url: receiver.url, secret: receiver.secret });
    if (!read.ok) return read.error;
    const { url, secret } = read.value;
    const timestampS = Math.floor(ports.now() / 1_000);
    const card = feishuCard(ports.wordsOf(message, receiver));
    const signed =
      secret === undefined
        ? {}
        : { timestamp: String(timestampS), sign: feishuSign(secret, timestampS) };
    const answer = await postJson(ports, {
      url,
      body: { ...signed, msg_type: 'interactive', card },
      hidden: secret === undefined ? [url] : [url, secret],
    });
    return answer.ok ? feishuVerdict(answer.value) : answer.error;
  };
}
