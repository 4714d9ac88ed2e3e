import { expect, test } from 'vitest';
import { handshakeHeaders } from '../../../../services/ingest/core/handshake.ts';

const answer = (headers: Record<string, string>) => handshakeHeaders((name) => headers[name]);

test('a webhook sender that asks is allowed, at any rate', () => {
  expect(
    answer({ 'webhook-request-origin': 'eventemitter.example.com', 'webhook-request-rate': '120' }),
  ).toEqual({
    allow: 'POST, OPTIONS',
    'webhook-allowed-origin': 'eventemitter.example.com',
    'webhook-allowed-rate': '*',
  });
});

test('without a wanted rate none is granted, and without an origin nothing is', () => {
  expect(answer({ 'webhook-request-origin': 'a.example' })).not.toHaveProperty(
    'webhook-allowed-rate',
  );
  expect(answer({ 'webhook-request-rate': '120' })).toEqual({ allow: 'POST, OPTIONS' });
});
