import { expect, test } from 'vitest';
import { alertmanagerChannel } from '../../../services/alerting/adapters/channels/alertmanager.ts';
import { webhookChannel } from '../../../services/alerting/adapters/channels/webhook.ts';
import type { Message } from '../../../services/alerting/core/alert/episode.ts';
import type { WebhookAnswer } from '../../../services/platform/webhook/client.ts';
import { secretsFrom } from '../../../services/platform/webhook/secret.ts';
import { ANY_VARIABLE, aReceiver, bench } from '../../support/alerting.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const ADDRESS = 'https://hooks.example/services/T0123456789';

const aMessage = (): Message => {
  const b = bench();
  b.hour(0, 900);
  return b.messages()[0] as Message;
};

/** Both channels that take an address by name, and where they posted to. */
function channels(env: Record<string, string>, answer: WebhookAnswer) {
  const posted: string[] = [];
  const disabled: string[] = [];
  const ports = {
    client: {
      async post({ url }: { url: string }) {
        posted.push(url);
        return answer;
      },
    },
    secrets: secretsFrom({ SECRET_OPS_HOOK: SECRET, ...env }, ANY_VARIABLE),
    disabled: {
      isDisabled: async () => false,
      disable: async ({ url }: { url: string }) => {
        disabled.push(url);
      },
      enable: async () => false,
    },
    now: () => 0,
  };
  const url = { env: 'PLACE' } as const;
  return {
    posted,
    disabled,
    webhook: () => webhookChannel(ports)(aMessage(), aReceiver({ url })),
    alertmanager: () =>
      alertmanagerChannel(ports)(aMessage(), { id: 'am', type: 'alertmanager', url }),
  };
}
const answered = (status: number, body: string): WebhookAnswer => {
  return { kind: 'answered', status, retryAfter: undefined, body };
};

test('an address that is named is read when it is needed', async () => {
  const made = channels({ PLACE: ADDRESS }, answered(200, ''));
  expect(await made.webhook()).toMatchObject({ kind: 'delivered' });
  expect(await made.alertmanager()).toMatchObject({ kind: 'delivered' });
  expect(made.posted).toEqual([ADDRESS, `${ADDRESS}/api/v2/alerts`]);
});

test.each([
  [{}, 'the environment variable PLACE is not set'],
  [{ PLACE: 'hooks.example' }, 'the environment variable PLACE holds no http or https URL'],
  [{ PLACE: 'file:///etc/passwd' }, 'the environment variable PLACE holds no http or https URL'],
])('one that is not there yet is waited for: %j', async (env, detail) => {
  const made = channels(env, answered(200, ''));
  for (const send of [made.webhook, made.alertmanager])
    expect(await send()).toEqual({ kind: 'retryable', detail });
  expect(made.posted).toEqual([]);
});

test('an address that stands outside the catalogue is not repeated', async () => {
  const said = channels({ PLACE: ADDRESS }, answered(404, `no ${ADDRESS} here`));
  for (const send of [said.webhook, said.alertmanager])
    expect(JSON.stringify(await send())).not.toContain('T0123456789');
  const failed = channels({ PLACE: ADDRESS }, { kind: 'failed', detail: `no way to ${ADDRESS}` });
  expect(JSON.stringify(await failed.webhook())).not.toContain('T0123456789');
});

test('410 disables the address that answered it', async () => {
  const made = channels({ PLACE: ADDRESS }, answered(410, ''));
  expect(await made.webhook()).toMatchObject({ kind: 'gone' });
  expect(made.disabled).toEqual([ADDRESS]);
});
