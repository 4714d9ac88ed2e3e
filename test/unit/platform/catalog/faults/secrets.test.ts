import { describe, expect, test } from 'vitest';
import { everyFault } from '../../../../support/catalog-faults.ts';
import type { Fault } from '../../../../support/catalog-faults.ts';
import { checkFiles, other } from '../../../../support/catalog-folder.ts';

const MUST = 'spec.url must be { env: NAME } or { file: PATH }:';

everyFault([
  ...['slack', 'feishu', 'dingtalk', 'wecom'].map((type): Fault => [
    other('Receiver', `{ type: ${type}, url: ‸"https://bot.example/hook/1f2e" }`),
    'field_invalid',
    `${MUST} whoever knows the URL of a bot speaks through it`,
  ]),
  ...['anna:1f2e', '1f2e', ':1f2e'].map((login): Fault => [
    other('Receiver', `{ type: alertmanager, url: ‸"https://${login}@am.example" }`),
    'field_invalid',
    `${MUST} it says who logs in, before the @`,
  ]),
  ...['key', 'sig', 'access_token', 'api-key', 'X-Amz-Signature', 'clientSecret'].map(
    (name): Fault => [
      other(
        'Receiver',
        `{ type: webhook, url: ‸"https://a.b/c?d=e&${name}=1f2e", secret: { env: SECRET_A } }`,
      ),
      'field_invalid',
      `${MUST} its parameter ${name} is a secret`,
    ],
  ),
]);

describe('a URL', () => {
  test.each([
    '{ type: webhook, url: "https://a.b/monkeys?team=keys&sort=key#token", secret: { env: SECRET_A } }',
    '{ type: webhook, url: { env: SECRET_URL }, secret: { env: SECRET_A } }',
    '{ type: alertmanager, url: "http://127.0.0.1:9093" }',
    '{ type: feishu, url: { file: /run/secrets/feishu-url } }',
  ])(
    'that shows no secret may stand in the catalogue, as may the place of one: %s',
    async (spec) => {
      expect((await checkFiles({ 'a.yaml': other('Receiver', spec) })).lines).toEqual([]);
    },
  );

  test('that is none has that fault alone, and what is secret is not repeated', async () => {
    const told = async (url: string) =>
      (await checkFiles({ 'a.yaml': other('Receiver', `{ type: wecom, url: "${url}" }`) })).lines;
    expect(await told('ftp://a.b')).toEqual([expect.stringContaining('http or https URL')]);
    expect(await told('https://a.b?key=1f2e')).toEqual([expect.not.stringContaining('1f2e')]);
  });
});
