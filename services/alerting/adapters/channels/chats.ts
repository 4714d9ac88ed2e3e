import { escapeLark } from '../../core/words/feishu-form.ts';
import { escapeMarkdown } from '../../core/words/markdown-form.ts';
import { escapeSlack } from '../../core/words/slack-form.ts';
import type { Channels, Threads } from '../../ports.ts';
import type { ChatPorts } from './chat-post.ts';
import { dingtalkChannel } from './dingtalk.ts';
import { feishuChannel } from './feishu.ts';
import { wordsWith } from './message-words.ts';
import { slackBot } from './slack-bot.ts';
import { slackChannel } from './slack.ts';
import { wecomChannel } from './wecom.ts';

/** The channels of chat services. @param ports `slackApi` is another address of Slack's Web API, for tests */
export function chatChannels(
  ports: ChatPorts & { threads: Threads; slackApi?: string },
): Pick<Channels, 'slack' | 'feishu' | 'dingtalk' | 'wecom'> {
  const { slackApi } = ports;
  const markdown = { ...ports, wordsOf: wordsWith(escapeMarkdown) };
  const slack = { ...ports, wordsOf: wordsWith(escapeSlack) };
  const bot = slackBot(slackApi === undefined ? slack : { ...slack, apiUrl: slackApi });
  return {
    slack: slackChannel({ ...slack, bot }),
    feishu: feishuChannel({ ...ports, wordsOf: wordsWith(escapeLark) }),
    dingtalk: dingtalkChannel(markdown),
    wecom: wecomChannel(markdown),
  };
}
