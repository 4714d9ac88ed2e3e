/**
 * Headers that answer the validation request of a webhook sender. Every origin is allowed: what it may write is decided by the
 * token of each delivery, and the pace by 429.
 * @param header value of a request header by lower-case name
 * @see CloudEvents 1.0.2, HTTP 1.1 Web Hooks for Event Delivery, section 4
 */
export function handshakeHeaders(
  header: (name: string) => string | undefined,
): Readonly<Record<string, string>> {
  const origin = header('webhook-request-origin');
  return {
    allow: 'POST, OPTIONS',
    ...(origin === undefined ? {} : { 'webhook-allowed-origin': origin }),
    ...(origin === undefined || header('webhook-request-rate') === undefined
      ? {}
      : { 'webhook-allowed-rate': '*' }),
  };
}
