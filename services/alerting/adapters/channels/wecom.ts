import { wecomVerdict } from '../../core/sending/chat-verdict.ts';
import { wecomMessage } from '../../core/words/markdown-form.ts';
import type { Channel } from '../../ports.ts';
import { postJson, readSecrets } from './chat-post.ts';
import type { ChatPorts } from './chat-post.ts';
import type { WordsOf } from './message-words.ts';

/** Markdown to a group of WeCom by a bot; whoever knows its URL may use it, there is no signature. */
export function wecomChannel(ports: ChatPorts & { wordsOf: WordsOf }): Channel<'wecom'> {
  return async (message, receiver) => {
    const read = readSecrets(ports.secrets, { url: receiver.url });
    if (!read.ok) return read.error;
    const { url } = read.value;
    const body = wecomMessage(ports.wordsOf(message, receiver));
    const answer = await postJson(ports, { url, body, hidden: [url] });
    return answer.ok ? wecomVerdict(answer.value) : answer.error;
  };
}
