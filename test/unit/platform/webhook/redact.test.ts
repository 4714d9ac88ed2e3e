import { expect, test } from 'vitest';
import { redact } from '../../../../services/platform/webhook/redact.ts';

const URL_SECRET = 'https://chat.example/hook/0f0e0d0c-token?key=a%2Fb-secret-c&sign=xyz';

test.each([
  [`POST ${URL_SECRET} failed`, 'POST *** failed'],
  ['no token 0f0e0d0c-token here', 'no token *** here'],
  ['key a/b-secret-c is wrong', 'key *** is wrong'],
  ['key a%2Fb-secret-c is wrong', 'key *** is wrong'],
  ['/hook/0f0e0d0c-token?key=a%2Fb-secret-c&sign=xyz', '***'],
  ['the hook of chat.example', 'the hook of chat.example'],
])('%s', (text, shown) => {
  expect(redact(text, [URL_SECRET])).toBe(shown);
});

test('a secret that is no URL goes whole; a short one would blank words and stays', () => {
  expect(redact('secret SEC000111222 given', ['SEC000111222'])).toBe('secret *** given');
  expect(redact('the end', ['e'])).toBe('the end');
});
