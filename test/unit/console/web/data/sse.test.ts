import { describe, expect, it } from 'vitest';
import { eventStreamReader } from '../../../../../services/console/web/data/sse.ts';
import type { ServerEvent } from '../../../../../services/console/web/data/sse.ts';

function readAll(chunks: readonly string[]): { events: ServerEvent[]; retries: number[] } {
  const events: ServerEvent[] = [];
  const retries: number[] = [];
  const read = eventStreamReader(
    (event) => events.push(event),
    (waitMs) => retries.push(waitMs),
  );
  for (const chunk of chunks) read(chunk);
  return { events, retries };
}

const TEXT = ': hello\nretry: 1000\nid: a-1\nevent: value\ndata: {"a":1}\ndata: 2\n\ndata:x\n\n';
const EVENTS = [
  { event: 'value', data: '{"a":1}\n2', id: 'a-1' },
  { event: 'message', data: 'x', id: 'a-1' },
];

describe('the event stream', () => {
  it('is read into messages with the last id', () => {
    expect(readAll([TEXT])).toEqual({ events: EVENTS, retries: [1000] });
  });

  it('reads alike wherever it is cut', () => {
    for (let cut = 1; cut < TEXT.length; cut += 1)
      expect(readAll([TEXT.slice(0, cut), TEXT.slice(cut)]).events).toEqual(EVENTS);
    expect(readAll([...TEXT]).events).toEqual(EVENTS);
  });

  it('knows all three line ends, also cut between CR and LF', () => {
    expect(
      readAll(['data: a\r', '\n\r\ndata: b\r\r', 'data: c\n\n']).events.map(({ data }) => data),
    ).toEqual(['a', 'b', 'c']);
  });

  it('says nothing of a message without data', () => {
    expect(readAll(['event: value\n\nid: 7\n\n']).events).toEqual([]);
  });
});
