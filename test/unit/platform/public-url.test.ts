import { expect, test } from 'vitest';
import { parseConfig } from '../../../services/platform/config.ts';
import { publicUrl } from '../../../services/platform/public-url.ts';

const urlWith = (environment: Readonly<Record<string, string>>): string => {
  const parsed = parseConfig(environment);
  if (!parsed.ok) throw new Error(parsed.error.map(({ detail }) => detail).join('; '));
  return publicUrl(parsed.value);
};

test('links begin with the address that the operator names, whatever a process listens on', () => {
  const own = { TIDEMARK_HOST: '0.0.0.0', TIDEMARK_PORT: '7403' };
  expect(urlWith({ ...own, TIDEMARK_PUBLIC_URL: 'https://metrics.example/' })).toBe(
    'https://metrics.example',
  );
  expect(urlWith(own)).toBe('http://0.0.0.0:7403');
});

test('what is no address of the web is refused at the start', () => {
  expect(() => urlWith({ TIDEMARK_PUBLIC_URL: 'metrics.example' })).toThrow('TIDEMARK_PUBLIC_URL');
});
