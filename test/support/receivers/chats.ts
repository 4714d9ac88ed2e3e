import { chatChannels } from '../../../services/alerting/adapters/channels/chats.ts';
import type { Message } from '../../../services/alerting/core/alert/episode.ts';
import type { Verdict } from '../../../services/alerting/core/sending/delivery.ts';
import type { Threads } from '../../../services/alerting/ports.ts';
import { createMessenger } from '../../../services/alerting/messenger.ts';
import type { MessageTemplate, ReceiverDefinition } from '../../../services/kernel/definitions.ts';
import { addressGuard } from '../../../services/platform/webhook/address.ts';
import { createWebhookClient } from '../../../services/platform/webhook/client.ts';
import { secretsFrom } from '../../../services/platform/webhook/secret.ts';
import { ANY_VARIABLE } from '../alerting.ts';
import { memoryThreads } from '../memory-threads.ts';
import type { ChatServer } from './chat-server.ts';
import { openDingtalk } from './dingtalk.ts';
import { openFeishu } from './feishu.ts';
import { openSlack } from './slack.ts';
import { openWecom } from './wecom.ts';

export const CHATS = ['slack webhook', 'slack bot', 'feishu', 'dingtalk', 'wecom'] as const;
export type ChatName = (typeof CHATS)[number];

/** A chat service, and our channel to it. */
export type Chat = {
  readonly server: ChatServer;
  readonly receiver: ReceiverDefinition;
  /** All that must never be shown. */
  readonly secrets: readonly string[];
  readonly send: (message: Message, template?: MessageTemplate) => Promise<Verdict>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

const SECRET = 'SEC-0123456789-秘密';
const KEYWORD = '告警';

async function opened(
  name: ChatName,
): Promise<{ server: ChatServer; url: string; receiver: ReceiverDefinition; token?: string }> {
  const url = { env: 'CHAT_URL' };
  const secret = { env: 'CHAT_SECRET' };
  const keyword = KEYWORD;
  switch (name) {
    case 'slack webhook': {
      const server = await openSlack();
      return { server, url: server.hookUrl, receiver: { id: 'ops', type: 'slack', url } };
    }
    case 'slack bot': {
      const server = await openSlack();
      const { apiUrl, token, channel } = server;
      const receiver = { id: 'ops', type: 'slack', token: { env: 'CHAT_TOKEN' }, channel } as const;
      return { server, url: apiUrl, receiver, token };
    }
    case 'feishu': {
      const server = await openFeishu({ secret: SECRET, keyword });
      const receiver = { id: 'ops', type: 'feishu', url, secret, keyword } as const;
      return { server, url: server.url, receiver };
    }
    case 'dingtalk': {
      const server = await openDingtalk({ secret: SECRET, keyword });
      const receiver = { id: 'ops', type: 'dingtalk', url, secret, keyword } as const;
      return { server, url: server.url, receiver };
    }
    case 'wecom': {
      const server = await openWecom();
      return { server, url: server.url, receiver: { id: 'ops', type: 'wecom', url } };
    }
  }
}

export async function openChat(
  name: ChatName,
  options: { readonly threads?: Threads; readonly url?: string; readonly secret?: string } = {},
): Promise<Chat> {
  const { server, url, receiver, token } = await opened(name);
  const guard = addressGuard(['127.0.0.0/8']);
  if (!guard.ok) throw new Error(guard.error);
  const address = options.url ?? url;
  const channels = chatChannels({
    client: createWebhookClient(guard.value, { timeoutMs: 2_000 }),
    secrets: secretsFrom(
      { CHAT_URL: address, CHAT_SECRET: options.secret ?? SECRET, CHAT_TOKEN: token },
      ANY_VARIABLE,
    ),
    now: Date.now,
    threads: options.threads ?? memoryThreads(),
    slackApi: address,
  });
  return {
    server,
    receiver,
    secrets: token === undefined ? [address, ...('secret' in receiver ? [SECRET] : [])] : [token],
    send: (message, template) =>
      createMessenger(channels, () =>
        template ? ({ ...receiver, template } as ReceiverDefinition) : receiver,
      )(message),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
