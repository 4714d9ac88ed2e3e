import { createHmac } from 'node:crypto';
import { dingtalkVerdict } from '../../core/sending/chat-verdict.ts';
import { dingtalkMessage } from '../../core/words/markdown-form.ts';
import type { Channel } from '../../ports.ts';
import { postJson, readSecrets } from './chat-post.ts';
import type { ChatPorts } from './chat-post.ts';
import type { WordsOf } from './message-words.ts';

/**
 * Signature of DingTalk's custom bots, before it is URL-encoded.
 * @param timestampMs epoch milliseconds, unlike Feishu's seconds
 * @see https://open.dingtalk.com/document/robots/customize-robot-security-settings
 */
export const dingtalkSign = (secret: string, timestampMs: number): string =>
  createHmac('sha256', secret).update(`${timestampMs}\n${secret}`).digest('base64');

/** Markdown or action cards to a group of DingTalk by a custom bot. */
export function dingtalkChannel(ports: ChatPorts & { wordsOf: WordsOf }): Channel<'dingtalk'> {
  return async (message, receiver) => {
    const read = readSecrets(ports.secrets, { url: receiver.url, secret: receiver.secret });
    if (!read.ok) return read.error;
    const { url, secret } = read.value;
    if (!URL.canParse(url)) return { kind: 'refused', detail: 'the address is no URL' };
    const address = new URL(url);
    if (secret !== undefined) {
      const timestampMs = ports.now();
      address.searchParams.set('timestamp', String(timestampMs));
      address.searchParams.set('sign', dingtalkSign(secret, timestampMs));
    }
    const answer = await postJson(ports, {
      url: address.href,
      body: dingtalkMessage(ports.wordsOf(message, receiver)),
      hidden: [url, address.href, ...(secret === undefined ? [] : [secret])],
    });
    return answer.ok ? dingtalkVerdict(answer.value) : answer.error;
  };
}
