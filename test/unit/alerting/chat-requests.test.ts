import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { chatChannels } from '../../../services/alerting/adapters/channels/chats.ts';
import { createMessenger } from '../../../services/alerting/messenger.ts';
import type { ReceiverDefinition } from '../../../services/kernel/definitions.ts';
import { secretsFrom } from '../../../services/platform/webhook/secret.ts';
import { ANY_VARIABLE } from '../../support/alerting.ts';
import { chatMessage } from '../../support/chat-messages.ts';
import { memoryThreads } from '../../support/memory-threads.ts';

type Vector = {
  readonly what: string;
  readonly receiver: ReceiverDefinition;
  readonly message: { readonly type: string; readonly locale: 'en' | 'zh' };
  readonly request: { url: string; headers: Record<string, string>; body: unknown };
  readonly answer: string;
};
const vectors = JSON.parse(
  readFileSync(new URL('../../data/channels/requests.json', import.meta.url), 'utf8'),
) as readonly Vector[];

/** Exchanges as they are documented: what we send is what was read and found right, byte for byte in its fields. */
test.each(vectors)('$what', async ({ receiver, message, request, answer }) => {
  const calls: object[] = [];
  const channels = chatChannels({
    client: {
      async post({ url, headers, body }) {
        calls.push({ url, headers, body: JSON.parse(body) as unknown });
        return { kind: 'answered', status: 200, retryAfter: undefined, body: answer };
      },
    },
    secrets: secretsFrom({ SECRET: 'SEC000000000000000000000', TOKEN: 'xoxb-1-2-3' }, ANY_VARIABLE),
    now: () => 1_782_889_231_500,
    threads: memoryThreads(),
  });
  const { type, locale } = message;
  const send = createMessenger(channels, () => receiver);
  const verdict = await send(chatMessage('S001', { type: `alert.${type}`, locale }));
  expect(calls).toEqual([request]);
  expect(verdict.kind).toBe('delivered');
});
