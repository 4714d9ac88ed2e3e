import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../services/alerting/core/sending/digest.ts';
import { digestBytesOf } from '../../../services/alerting/core/sending/pace.ts';
import { audienceOf } from '../../../services/alerting/core/words/text.ts';
import type { Channel } from '../../../services/alerting/ports.ts';
import { chatMessage, HOSTILE_MEMBER } from '../../support/chat-messages.ts';
import { CHATS, openChat } from '../../support/receivers/chats.ts';

/** What every Channel of a chat service does, against a server that judges it by the service's documentation. */
type Judged = Awaited<ReturnType<Channel<'slack'>>>;
const DELIVERED = expect.objectContaining({ kind: 'delivered' }) as Judged;

const KINDS = [
  'firing',
  'resolved',
  'corrected',
  'nodata',
  'escalated',
  'repeated',
  'unmuted',
  'assigned',
];

describe.each(CHATS)('Channel, %s', (name) => {
  test.each(KINDS.flatMap((kind) => [[kind, 'en'] as const, [kind, 'zh'] as const]))(
    'delivers %s in %s',
    async (kind, locale) => {
      await using chat = await openChat(name);
      const type = `alert.${kind}`;
      expect(await chat.send(chatMessage('S001', { type, locale }))).toEqual(DELIVERED);
      const said = chat.server.requests.at(-1)?.text;
      expect(said).toContain('S001');
      expect(said).toContain('950.00 CNY');
    },
  );

  test('delivers a test message', async () => {
    await using chat = await openChat(name);
    const body = JSON.stringify({
      type: 'receiver.test',
      timestamp: '2026-07-01T07:00:31Z',
      data: { receiver: 'ops', askedBy: 'person:li-wei' },
    });
    expect(await chat.send({ ...chatMessage('t'), body })).toEqual(DELIVERED);
    expect(chat.server.requests.at(-1)?.text).toContain('Asked for by li-wei');
  });

  test('members of labels are cut at whole characters and are never markup', async () => {
    await using chat = await openChat(name);
    const labels = { store: HOSTILE_MEMBER, region: HOSTILE_MEMBER, channel: HOSTILE_MEMBER };
    const verdict = await chat.send(chatMessage('h', { labels }));
    expect(verdict).toEqual(DELIVERED);
    const { text = '' } = chat.server.requests.at(-1) ?? {};
    expect(text).not.toContain('\uFFFD');
    expect(text.isWellFormed()).toBe(true);
    // The links are there, whatever had to go.
    expect(text).toContain('https://t.example/#/alerts/a-h');
    if (name === 'dingtalk' || name === 'wecom') {
      expect(text).not.toContain('<@all>');
      expect(text).not.toContain('[a](https://evil.example)');
    }
  });

  test('a digest has a line for each message that it tells, at the most that fits', async () => {
    await using chat = await openChat(name);
    for (const labels of [
      { store: 'x' },
      { store: '*[]<>&"\\'.repeat(5) },
      { store: '长'.repeat(60) },
    ]) {
      const messages = Array.from({ length: 600 }, (_, i) =>
        chatMessage(`${i}`, { labels: { ...labels, number: `N${i}N` } }),
      );
      const { digest, told } = digestOf(messages, {
        audience: audienceOf(chatMessage('x')),
        bytesMax: digestBytesOf(chat.receiver) ?? 0,
      });
      expect(told.length).toBeGreaterThan(5);
      expect(await chat.send(digest)).toEqual(DELIVERED);
      const { text = '' } = chat.server.requests.at(-1) ?? {};
      const named = [...new Set(text.match(/N\d+N/g))].toSorted();
      expect(named).toEqual(told.map(({ id }) => `N${id.slice(4)}N`).toSorted());
    }
  });

  test('an own template is set in the service’s markup, with data escaped', async () => {
    await using chat = await openChat(name);
    const template = {
      title: '{{ metric.name }} of {{ labels.store }}',
      body: '*{{ value }}* {{ labels.store }} {{ __proto__.x }}{{ constructor.name }}',
    };
    const message = chatMessage('S001', { labels: { store: 'A<b>&C' } });
    expect(await chat.send(message, template)).toEqual(DELIVERED);
    const { text = '' } = chat.server.requests.at(-1) ?? {};
    expect(text).toContain('*950.00*');
    expect(text).toMatch(/Net sales of A[<＜]b[>＞]&C/);
    expect(text).toMatch(/A&lt;b&gt;&amp;C|A&#60;b&#62;&#38;C|A＜b＞&C/);
  });

  test('a template that fails leaves the built-in text, with a note that says why', async () => {
    await using chat = await openChat(name);
    const body = '{% for i in (1..100000000) %}{{ i }}{% endfor %}';
    expect(await chat.send(chatMessage('S001'), { body })).toEqual(DELIVERED);
    const { text = '' } = chat.server.requests.at(-1) ?? {};
    expect(text).toContain('950.00 CNY');
    expect(text).toContain('own template failed');
  });

  test('what does not answer is tried again', async () => {
    await using chat = await openChat(name, { url: 'http://127.0.0.1:1/secret-path-0123456789' });
    expect(await chat.send(chatMessage('S001'))).toEqual({
      kind: 'retryable',
      detail: 'ECONNREFUSED',
    });
  });

  test('no verdict repeats an address, a token or a secret, whatever the service says', async () => {
    await using chat = await openChat(name);
    for (const status of [200, 400, 403, 404, 410, 429, 500]) {
      const { secrets } = chat;
      const encoded = secrets.map(encodeURIComponent);
      const parts = secrets.flatMap((secret) =>
        URL.canParse(secret)
          ? [
              new URL(secret).pathname.split('/').at(-1) ?? '',
              ...new URL(secret).searchParams.values(),
            ]
          : [secret],
      );
      for (const body of [
        [...secrets, ...encoded, ...parts].join(' '),
        {
          code: 19021,
          errcode: 310000,
          ok: false,
          error: secrets.join(' '),
          msg: secrets.join(' '),
          errmsg: parts.join(' '),
        },
      ]) {
        chat.server.force({ status, body });
        const verdict = JSON.stringify(await chat.send(chatMessage('S001')));
        for (const part of [...secrets, ...parts.filter((one) => one.length >= 8)])
          expect(verdict).not.toContain(part);
      }
    }
  });
});
