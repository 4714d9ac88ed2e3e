/** One message of an event stream. */
export type ServerEvent = { readonly event: string; readonly data: string; readonly id?: string };

/**
 * Reads `text/event-stream` as it arrives. Give it each chunk of text; it calls back for every whole message.
 * Comments are passed over; `onRetry` gets the time to wait before the next connection.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function eventStreamReader(
  onEvent: (event: ServerEvent) => void,
  onRetry: (waitMs: number) => void = () => undefined,
): (chunk: string) => void {
  let rest = '';
  let event = '';
  let data: string[] = [];
  let id: string | undefined;
  const field = (line: string): void => {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') event = value;
    else if (name === 'data') data.push(value);
    else if (name === 'id' && !value.includes('\0')) id = value;
    else if (name === 'retry' && /^\d+$/.test(value)) onRetry(Number(value));
  };
  const dispatch = (): void => {
    if (data.length > 0)
      onEvent({
        event: event || 'message',
        data: data.join('\n'),
        ...(id === undefined ? {} : { id }),
      });
    event = '';
    data = [];
  };
  return (chunk) => {
    rest += chunk;
    // A CR at the very end may be half of a CRLF: it waits for the next chunk.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') dispatch();
      else if (!line.startsWith(':')) field(line);
    }
  };
}
