import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  alertmanagerChannel,
  renewAlertmanagers,
} from '../../../services/alerting/adapters/channels/alertmanager.ts';
import { webhookChannel } from '../../../services/alerting/adapters/channels/webhook.ts';
import { LEASE_MS } from '../../../services/alerting/core/words/alertmanager.ts';
import type { AlertState, Message } from '../../../services/alerting/core/alert/episode.ts';
import { noteDelivery, owedOf } from '../../../services/alerting/core/alert/lifecycle.ts';
import { afterAttempt, NOT_TRIED } from '../../../services/alerting/core/sending/delivery.ts';
import { addressGuard } from '../../../services/platform/webhook/address.ts';
import { secretsFrom } from '../../../services/platform/webhook/secret.ts';
import { createWebhookClient } from '../../../services/platform/webhook/client.ts';
import { ANY_VARIABLE, aReceiver, aRule, bench, salesCatalog } from '../../support/alerting.ts';
import { lacks } from '../../support/optional.ts';
import { startAlertmanager } from '../../support/receivers/alertmanager.ts';
import type { RealAlertmanager } from '../../support/receivers/alertmanager.ts';
import { openReceiver, SECRET } from '../../support/webhook-receiver.ts';

const guard = addressGuard(['127.0.0.0/8']);
if (!guard.ok) throw new Error(guard.error);
const client = createWebhookClient(guard.value);
const ports = { client, secrets: secretsFrom({}, ANY_VARIABLE), now: Date.now };

/** Messages of one alert; each rule is another alert for the Alertmanager. */
const aBench = (rule: string) => bench(salesCatalog({ rules: [aRule({ id: rule })] }));
const toldOf = (rule: string): readonly [Message, Message] => {
  const b = aBench(rule);
  b.hour(0, 900);
  b.hour(1, 1100);
  return b.messages() as unknown as [Message, Message];
};

/** Our own Alertmanager-form webhook of this message, as a receiver of it gets it. */
async function ourBody(message: Message): Promise<unknown> {
  await using hook = await openReceiver();
  const send = webhookChannel({
    ...ports,
    secrets: () => ({ ok: true, value: SECRET }),
    disabled: {
      isDisabled: () => Promise.resolve(false),
      disable: () => Promise.resolve(),
      enable: () => Promise.resolve(false),
    },
  });
  const verdict = await send(message, aReceiver({ url: hook.url, format: 'alertmanager' }));
  expect(verdict.kind).toBe('delivered');
  const [{ headers, body } = {} as never] = hook.received;
  return new Webhook(SECRET).verify(body, headers as Record<string, string>);
}

describe.skipIf(lacks('alertmanager'))('a real Alertmanager', () => {
  let real: RealAlertmanager;
  beforeAll(async () => {
    real = await startAlertmanager();
  });
  afterAll(() => real[Symbol.asyncDispose]());

  const receiver = () => ({ id: 'am', type: 'alertmanager', url: `${real.url}/` }) as const;
  const push = (message: Message, now = Date.now) =>
    alertmanagerChannel({ ...ports, now })(message, receiver());
  const held = async (rule: string) =>
    (await real.alerts()).find(({ labels }) => labels['alertname'] === rule);
  const sentOf = (rule: string, status: string) =>
    real.sent.filter((body) => {
      const { commonLabels, status: is } = body as { commonLabels: object; status: string };
      return is === status && Reflect.get(commonLabels, 'alertname') === rule;
    });
  const sent = (rule: string, status: string) =>
    expect.poll(() => sentOf(rule, status).at(-1), { timeout: 30_000, interval: 50 });

  test('takes what we push, under the fingerprint that we gave it', async () => {
    const [firing] = toldOf('pushed');
    const beforeMs = Date.now();
    expect(await push(firing)).toEqual({ kind: 'delivered', detail: '200', isRenewed: true });
    const body = (await ourBody(firing)) as { alerts: readonly Record<string, unknown>[] };
    const alert = await held('pushed');
    const { status: _status, endsAt: _endsAt, startsAt, ...same } = body.alerts[0] ?? {};
    expect(alert).toMatchObject({ ...same, startsAt, status: { state: 'active' } });
    const burnsMs = Date.parse(alert?.endsAt ?? '') - beforeMs;
    expect(burnsMs).toBeGreaterThanOrEqual(LEASE_MS);
    expect(burnsMs).toBeLessThan(LEASE_MS + 60_000);
  });

  test('forgets a test in five minutes', async () => {
    const [firing] = toldOf('tested');
    const body = { type: 'receiver.test', data: { receiver: 'am', askedBy: 'person:anna' } };
    const beforeMs = Date.now();
    expect((await push({ ...firing, body: JSON.stringify(body) })).kind).toBe('delivered');
    const ends = Date.parse((await held('tidemark-receiver-test'))?.endsAt ?? '') - beforeMs;
    expect(ends).toBeGreaterThanOrEqual(5 * 60_000);
    expect(ends).toBeLessThan(6 * 60_000);
  });

  test('sends a webhook that equals ours, firing and resolved', async () => {
    const [firing, resolved] = toldOf('both-ways');
    for (const [message, status] of [
      [firing, 'firing'],
      [resolved, 'resolved'],
    ] as const) {
      expect((await push(message)).kind).toBe('delivered');
      const ours = timesRead(await ourBody(message));
      const { receiver: _receiver, externalURL: _url, ...rest } = ours;
      await sent('both-ways', status).toSatisfy((body) => {
        expect(body === undefined ? {} : timesRead(body)).toMatchObject(rest);
        // Later versions say more than version 0.25 did.
        expect(Object.keys(body as object)).toEqual(expect.arrayContaining(Object.keys(ours)));
        return true;
      });
    }
  });

  test('that was started anew is told again what burns, and nobody is told twice', async () => {
    const b = aBench('forgotten');
    b.hour(0, 900);
    const [firing] = b.messages() as readonly [Message];
    expect((await push(firing)).kind).toBe('delivered');
    await sent('forgotten', 'firing').toBeDefined();
    await real.restart();
    expect(await real.alerts()).toEqual([]);
    noteTaken(b);
    const renew = () =>
      renewAlertmanagers(ports, renamed([b.alert()], 'ops-hook', 'am'), () => receiver());
    expect(await renew()).toEqual([]);
    expect(await renew()).toEqual([]);
    expect(await held('forgotten')).toMatchObject({ status: { state: 'active' } });
    expect(sentOf('forgotten', 'firing')).toHaveLength(1);
  });

  test('hears an end again, and what burns, whatever else cannot be read', async () => {
    const ended = aBench('ended');
    const burning = aBench('burning');
    const pushAll = async (b: typeof ended): Promise<void> => {
      for (const message of noteTaken(b)) expect((await push(message)).kind).toBe('delivered');
    };
    ended.hour(0, 900);
    burning.hour(0, 900);
    await pushAll(burning);
    const late = owedOf(ended.alert())[0]?.message as Message;
    await pushAll(ended);
    ended.hour(1, 1100);
    await pushAll(ended);
    expect(await held('ended')).toBeUndefined();
    expect((await push(late)).kind).toBe('delivered');
    expect(await held('ended')).toBeDefined();
    const torn = JSON.parse(
      JSON.stringify(burning.alert()).replaceAll('"body":"', '"body":"torn'),
    ) as AlertState;
    const all = renamed([torn, ended.alert(), burning.alert()], 'ops-hook', 'am');
    const states = all.map(decidedNow);
    expect(await renewAlertmanagers(ports, states, () => receiver())).toEqual([
      { receiver: 'am', detail: expect.stringMatching(/^message msg_\S+ is not readable: /) },
    ]);
    expect(await held('ended')).toBeUndefined();
    expect(await held('burning')).toMatchObject({ status: { state: 'active' } });
  });

  test('ends what it hears no more of when the lease is over', async () => {
    const [firing] = toldOf('unheard');
    const now = (): number => Date.now() - LEASE_MS + 2_000;
    expect((await push(firing, now)).kind).toBe('delivered');
    await sent('unheard', 'firing').toBeDefined();
    await sent('unheard', 'resolved').toBeDefined();
  });

  test('refuses a label that is none, and the verdict says why', async () => {
    const message = { ...toldOf('refused')[0] };
    const body = JSON.parse(message.body) as { data: { labels: object } };
    body.data.labels = { 'no-label': 'x' };
    expect(await push({ ...message, body: JSON.stringify(body) })).toMatchObject({
      kind: 'refused',
      detail: expect.stringContaining('invalid'),
    });
  });
});

/** All that the alert owes was taken by its receiver, which forgets. @returns what that was */
function noteTaken(b: ReturnType<typeof bench>): readonly Message[] {
  const track = b.state().tracks.get(b.alert().id);
  if (!track) throw new Error('no track');
  const messages = owedOf(track.alert).map(({ message }) => message);
  for (const message of messages) {
    const delivery = afterAttempt(
      NOT_TRIED,
      { kind: 'delivered', detail: '200', isRenewed: true },
      { nowMs: 1, schedule: [], messageId: message.id },
    );
    const noted = noteDelivery(track.alert, { messageId: message.id, delivery, logMs: 0 });
    b.state().setAlert(track, noted.state);
  }
  return messages;
}

/** The states as if this receiver had been told in place of that. */
const renamed = (states: readonly AlertState[], from: string, to: string): AlertState[] =>
  JSON.parse(JSON.stringify(states).replaceAll(`"receiver":"${from}"`, `"receiver":"${to}"`));

/** The alert as if what it says had been decided just now. */
const decidedNow = (state: AlertState): AlertState =>
  JSON.parse(JSON.stringify(state), (name, value: unknown) =>
    name === 'decidedAtMs' ? Date.now() : value,
  ) as AlertState;

/** Times as numbers: Go writes them without fractions of zero. */
function timesRead(body: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(body), (name, value: unknown) =>
    name === 'startsAt' || name === 'endsAt' ? Date.parse(String(value)) : value,
  ) as Record<string, unknown>;
}

test('a base with a path keeps it', async () => {
  const paths: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/am/`;
  await alertmanagerChannel(ports)(toldOf('x')[0], { id: 'am', type: 'alertmanager', url });
  server.close();
  server.closeAllConnections();
  expect(paths).toEqual(['/am/api/v2/alerts']);
});
