import { NOTIFICATIONS_MAX, notificationsKey } from '../../../kernel/notification.ts';
import type { BrowserNotification } from '../../../kernel/notification.ts';
import type { RedisClient } from '../../../platform/redis.ts';
import type { Message } from '../../core/alert/episode.ts';
import { kindOf, parseBody } from '../../core/words/text-body.ts';
import { textOf } from '../../core/words/text.ts';
import type { Channel } from '../../ports.ts';

/**
 * Messages to the consoles of those who have the receiver: delivered is what is kept for them, whether or not a browser is
 * open now. It is shown as it comes and when they come back.
 */
export function browserChannel(redis: RedisClient, prefix: string): Channel<'browser'> {
  const key = notificationsKey(prefix);
  return async (message) => {
    try {
      const text = JSON.stringify(notificationOf(message));
      const id = await redis.xadd(key, 'MAXLEN', '~', NOTIFICATIONS_MAX, '*', 'message', text);
      return { kind: 'delivered', detail: `kept as ${id}` };
    } catch (error) {
      return { kind: 'retryable', detail: (error as Error).message };
    }
  };
}

function notificationOf(message: Message): BrowserNotification {
  const body = parseBody(message.body);
  const { timezone } = message;
  const { tone, ...en } = textOf(body, { locale: 'en', timezone: timezone ?? 'UTC' });
  const zh = textOf(body, { locale: 'zh', timezone: timezone ?? 'UTC' });
  return {
    id: message.id,
    receiver: message.receiver,
    kind: kindOf(body),
    tone,
    alert: body.data.alert?.id ?? null,
    at: message.decidedAtMs,
    texts: {
      en: { title: en.title, summary: en.summary },
      zh: { title: zh.title, summary: zh.summary },
    },
  };
}
