import { escapeLark } from '../../core/feishu-form.ts';
import { escapeMarkdown } from '../../core/markdown-form.ts';
import { escapeSlack } from '../../core/slack-form.ts';
import type { Channels, Threads } from '../../ports.ts';
import type { ChatPorts } from './chat-post.ts';
import { dingtalkChannel } from './dingtalk.ts';
import { feishuChannel } from './feishu.ts';
import { wordsWith } from './message-words.ts';
import type { AudienceOf } from './message-words.ts';
import { slackBot } from './slack-bot.ts';
import { slackChannel } from './slack.ts';
import { wecomChannel } from './wecom.ts';

/** The channels of chat services. @param ports `slackApi` is another address of Slack's Web API, for tests */
export function chatChannels(
  ports: ChatPorts & { audienceOf: AudienceOf; threads: Threads; slackApi?: string },
): Pick<Channels, 'slack' | 'feishu' | 'dingtalk' | 'wecom'> {
  const { audienceOf, slackApi } = ports;
  const markdown = { ...ports, wordsOf: wordsWith(audienceOf, escapeMarkdown) };
  const slack = { ...ports, wordsOf: wordsWith(audienceOf, escapeSlack) };
  const bot = slackBot(slackApi === undefined ? slack : { ...slack, apiUrl: slackApi });
  return {
    slack: slackChannel({ ...slack, bot }),
    feishu: feishuChannel({ ...ports, wordsOf: wordsWith(audienceOf, escapeLark) }),
    dingtalk: dingtalkChannel(markdown),
    wecom: wecomChannel(markdown),
  };
}
