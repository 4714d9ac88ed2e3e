import type { SlackReceiver } from '../../../kernel/definitions.ts';
import { slackWebhookVerdict } from '../../core/sending/chat-verdict.ts';
import { slackForm } from '../../core/words/slack-form.ts';
import type { Channel } from '../../ports.ts';
import { postJson, readSecrets } from './chat-post.ts';
import type { ChatPorts } from './chat-post.ts';
import type { WordsOf } from './message-words.ts';

export type SlackBot = (
  message: Parameters<Channel<'slack'>>[0],
  receiver: Extract<SlackReceiver, { token: unknown }>,
) => ReturnType<Channel<'slack'>>;

/** Messages to a channel of Slack: by an incoming webhook, or by a bot that updates what it said (slack-bot.ts). */
export function slackChannel(
  ports: ChatPorts & { wordsOf: WordsOf; bot: SlackBot },
): Channel<'slack'> {
  return async (message, receiver) => {
    if ('token' in receiver) return ports.bot(message, receiver);
    const read = readSecrets(ports.secrets, { url: receiver.url });
    if (!read.ok) return read.error;
    const { url } = read.value;
    const body = slackForm(ports.wordsOf(message, receiver));
    const answer = await postJson(ports, { url, body, hidden: [url] });
    return answer.ok ? slackWebhookVerdict(answer.value) : answer.error;
  };
}
