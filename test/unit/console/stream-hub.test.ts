import { describe, expect, test } from 'vitest';
import { changedNames } from '../../../services/console/core/catalog/changes.ts';
import { SIGN_EVERY_MS } from '../../../services/console/core/stream-events.ts';
import type { NoteCommand } from '../../../services/console/core/notes/note-book.ts';
import type { StreamReader } from '../../../services/console/ports.ts';
import {
  BYTES_PER_ROUND_MAX,
  createStreamHub,
  ROUND_EVERY_MS,
  UNREAD_BYTES_MAX,
} from '../../../services/console/stream-hub.ts';
import type { BrowserNotification } from '../../../services/kernel/notification.ts';
import type { ValueUpdate } from '../../../services/kernel/update.ts';

const update = (over: Partial<ValueUpdate> = {}): ValueUpdate => ({
  kind: 'value',
  metric: 'sales',
  version: 'v1',
  series: '["store","S1"]',
  grain: 'hour',
  start: 0,
  end: 3_600_000,
  accumulators: { contributions: 1, sum: 100 },
  value: '1.00',
  state: 'open',
  revision: 0,
  backfilled: false,
  watermark: 1_000,
  cursors: [],
  at: 0,
  ...over,
});

function aReader(metrics?: readonly string[]) {
  const texts: string[] = [];
  const state = { unread: 0, isEnded: false };
  const reader: StreamReader = {
    metrics: metrics && new Set(metrics),
    isFor: (receiver) => receiver === 'mine',
    write: (bytes) => void texts.push(Buffer.from(bytes).toString('utf8')),
    unreadBytes: () => state.unread,
    end: () => {
      state.isEnded = true;
    },
  };
  const events = () =>
    texts
      .join('')
      .split('\n\n')
      .flatMap((block) => {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        return data === undefined
          ? []
          : [
              {
                event: /^event: (.*)$/m.exec(block)?.[1],
                id: /^id: (.*)$/m.exec(block)?.[1],
                data: JSON.parse(data) as Record<string, unknown>,
              },
            ];
      });
  return { reader, state, events, texts };
}
const aHub = (rebuilding = new Set<string>()) =>
  createStreamHub({
    epoch: 'e1',
    now: () => 5_000,
    isRebuilding: (metric) => Promise.resolve(rebuilding.has(metric)),
  });

describe('the stream hub', () => {
  test('sends a changed cell once a round, as it is then', async () => {
    const hub = aHub();
    const { reader, events } = aReader();
    hub.join(reader, undefined);
    for (let i = 1; i <= 50; i++)
      hub.onUpdate(update({ accumulators: { contributions: i }, value: `${i}.00` }));
    expect(events()).toEqual([]);
    await hub.round();
    expect(events()).toMatchObject([
      { event: 'value', id: 'e1-1', data: { value: '50.00', labels: { store: 'S1' } } },
    ]);
    await hub.round();
    expect(events()).toHaveLength(1);
  });

  test('an older copy of a cell does not replace a more complete one', async () => {
    const hub = aHub();
    const { reader, events } = aReader();
    hub.join(reader, undefined);
    hub.onUpdate(update({ accumulators: { contributions: 9 }, value: '9.00' }));
    hub.onUpdate(update({ accumulators: { contributions: 3 }, value: '3.00' }));
    await hub.round();
    expect(events()).toMatchObject([{ data: { value: '9.00' } }]);
  });

  test('tells readers of some metrics nothing of others', async () => {
    const hub = aHub();
    const { reader, events, texts } = aReader(['orders']);
    hub.join(reader, undefined);
    hub.onUpdate(update());
    hub.onUpdate({
      kind: 'tick',
      metric: 'sales',
      version: 'v1',
      watermark: 1,
      cursors: [],
      at: 1,
    });
    for (let i = 0; i < 4; i++) await hub.round();
    expect(events()).toEqual([]);
    expect(texts).toHaveLength(1);
  });

  test('tells the watermarks of a second as one event without an id', async () => {
    const hub = aHub();
    const { reader, events } = aReader();
    hub.join(reader, undefined);
    for (const watermark of [1_000, 2_000])
      hub.onUpdate({ kind: 'tick', metric: 'sales', version: 'v1', watermark, cursors: [], at: 1 });
    for (let i = 0; i < 4; i++) await hub.round();
    expect(events()).toMatchObject([
      {
        event: 'pipeline',
        id: undefined,
        data: { watermarks: [{ metric: 'sales', watermark: '1970-01-01T00:00:02.000Z' }] },
      },
    ]);
  });

  test('keeps quiet connections alive, and lets them resume from where they are', async () => {
    const hub = aHub();
    const { reader, texts } = aReader(['orders']);
    hub.join(reader, undefined);
    hub.onUpdate(update());
    for (let ms = 0; ms < SIGN_EVERY_MS; ms += ROUND_EVERY_MS) await hub.round();
    expect(SIGN_EVERY_MS).toBeLessThanOrEqual(2_000);
    expect(texts.at(-1)).toBe(': keep-alive\nid: e1-1\n\n');
  });

  test('a reader that comes back gets what it missed', async () => {
    const hub = aHub();
    hub.onUpdate(update());
    await hub.round();
    hub.onUpdate(update({ start: 3_600_000, value: '2.00' }));
    await hub.round();
    const { reader, events } = aReader();
    hub.join(reader, 'e1-1');
    expect(events()).toMatchObject([{ id: 'e1-2', data: { value: '2.00' } }]);
    const stranger = aReader();
    hub.join(stranger.reader, 'e0-1');
    expect(stranger.events()).toMatchObject([{ event: 'reset', id: 'e1-2' }]);
  });

  test('who has too much unread is ended, and told nothing more', async () => {
    const hub = aHub();
    const slow = aReader();
    const good = aReader();
    hub.join(slow.reader, undefined);
    hub.join(good.reader, undefined);
    slow.state.unread = UNREAD_BYTES_MAX + 1;
    hub.onUpdate(update());
    await hub.round();
    expect(slow.state.isEnded).toBe(true);
    expect(slow.events()).toEqual([]);
    expect(good.events()).toHaveLength(1);
    expect(hub.readers()).toBe(1);
  });

  test('many who are sent much get values more rarely, then as they are, and all else at once', async () => {
    const hub = aHub();
    const all = Array.from({ length: 100 }, () => aReader());
    for (const { reader } of all) hub.join(reader, undefined);
    const series = 'S'.repeat(BYTES_PER_ROUND_MAX / 100);
    const change = (contributions: number): void => {
      const accumulators = { contributions };
      hub.onUpdate(
        update({
          series: JSON.stringify(['store', series]),
          accumulators,
          value: `${contributions}`,
        }),
      );
    };
    const seen = () => all[0]?.events().map(({ event, data }) => [event, data['value']]);
    change(1);
    await hub.round();
    change(2);
    await hub.round();
    expect(seen()).toEqual([['value', '1']]);
    hub.reset('an example');
    expect(seen()?.at(-1)?.[0]).toBe('reset');
    change(3);
    await hub.round();
    expect(seen()?.at(-1)).toEqual(['value', '3']);
    expect(seen()).toHaveLength(3);
  });

  test('cells that find no room are told as a reset', async () => {
    const hub = aHub();
    const { reader, events } = aReader();
    hub.join(reader, undefined);
    for (let i = 0; i < 20_001; i++) hub.onUpdate(update({ start: i }));
    await hub.round();
    expect(events().filter(({ event }) => event === 'value')).toHaveLength(2_000);
    expect(events().at(-1)).toMatchObject({ event: 'reset' });
  });

  test('withholds values of a metric that is rebuilt, then has everyone read anew, once', async () => {
    const rebuilding = new Set(['sales']);
    const hub = aHub(rebuilding);
    const { reader, events } = aReader(['orders']);
    hub.join(reader, undefined);
    const other = aReader();
    hub.join(other.reader, undefined);
    hub.onUpdate(update({ backfilled: true }));
    await hub.round();
    expect(other.events()).toMatchObject([{ data: { value: null, state: 'rebuilding' } }]);
    rebuilding.clear();
    await hub.round();
    await hub.round();
    expect(other.events().map(({ event }) => event)).toEqual(['value', 'reset']);
    expect(events().map(({ event }) => event)).toEqual(['reset']);
  });

  test('values that history restated are shown: the projection is not being rebuilt', async () => {
    const hub = aHub();
    const { reader, events } = aReader();
    hub.join(reader, undefined);
    hub.onUpdate(update({ backfilled: true, state: 'restated' }));
    await hub.round();
    expect(events()).toMatchObject([{ data: { value: '1.00', state: 'restated' } }]);
  });
});

describe('what changed in the catalogue', () => {
  test('is told by name to everyone, and again to who comes back', () => {
    const hub = aHub();
    const { reader, events } = aReader(['another']);
    hub.join(reader, undefined);
    hub.onCatalog([]);
    hub.onCatalog(['Dashboard/sales.today', 'Metric/net-sales']);
    const told = {
      event: 'catalog',
      id: 'e1-1',
      data: {
        documents: [
          { kind: 'Dashboard', id: 'sales.today' },
          { kind: 'Metric', id: 'net-sales' },
        ],
      },
    };
    expect(events()).toEqual([told]);
    const again = aReader();
    hub.join(again.reader, 'e1-0');
    expect(again.events()).toEqual([told]);
  });

  test('is told as a reset where it is more than one event names', () => {
    const hub = aHub();
    const { reader, events } = aReader();
    hub.join(reader, undefined);
    hub.onCatalog(Array.from({ length: 501 }, (_, i) => `Metric/m${i}`));
    expect(events()).toMatchObject([{ event: 'reset' }]);
  });

  test('is what is another object, what came and what went', () => {
    const [kept, before, after] = [{}, {}, {}];
    const lives = new Map([
      ['Metric/kept', kept],
      ['Metric/changed', before],
      ['Metric/gone', {}],
    ]);
    const now = new Map([
      ['Metric/kept', kept],
      ['Metric/changed', after],
    ]);
    const entries = new Map([
      ['Metric/changed', after],
      ['Metric/new', {}],
    ]);
    expect(changedNames([lives, new Map()], [now, entries])).toEqual([
      'Metric/changed',
      'Metric/gone',
      'Metric/new',
    ]);
    expect(changedNames([lives], [lives])).toEqual([]);
    expect(changedNames([], [entries])).toEqual(['Metric/changed', 'Metric/new']);
  });
});

describe('what is noted on a metric', () => {
  const note = (over: Partial<NoteCommand> = {}): NoteCommand => ({
    id: 'n1',
    kind: 'note',
    target: 'metric:sales',
    by: 'person:anna',
    at: 7,
    text: 'Strike',
    note: { time: 1, labels: {}, writtenAt: 7 },
    ...over,
  });

  test('is told to those who watch the metric, and so is what is taken back', () => {
    const hub = aHub();
    const [sales, other, all] = [aReader(['sales']), aReader(['orders']), aReader()];
    for (const { reader } of [sales, other, all]) hub.join(reader, undefined);
    hub.onCommand(note());
    hub.onCommand(note({ kind: 'unnote', at: 8, text: null, note: null }));
    const told = ['e1-1', 'e1-2'].map((id) => ({ event: 'note', id, data: { metric: 'sales' } }));
    expect(sales.events()).toEqual(told);
    expect(all.events()).toEqual(told);
    expect(other.events()).toEqual([]);
    const again = aReader();
    hub.join(again.reader, 'e1-1');
    expect(again.events()).toEqual(told.slice(1));
  });

  test('is no news where it is written again lest it be lost, nor is what is said to an alert', () => {
    const hub = aHub();
    const { reader, events } = aReader();
    hub.join(reader, undefined);
    hub.onCommand(note({ at: 9 }));
    const said = { kind: 'comment', target: 'metric:sales', note: null };
    hub.onCommand(note(said as unknown as Partial<NoteCommand>));
    expect(events()).toEqual([]);
  });
});

describe('messages to browsers', () => {
  const notification = (id: string, receiver: string): BrowserNotification => ({
    id,
    receiver,
    kind: 'firing',
    tone: 'bad',
    alert: 'a',
    at: 1,
    texts: { en: { title: id, summary: '' }, zh: { title: id, summary: '' } },
  });

  test('reach those who have the receiver, whatever metrics they watch', () => {
    const hub = aHub();
    const { reader, events } = aReader(['another']);
    hub.join(reader, undefined);
    hub.onNotification(notification('m1', 'mine'));
    hub.onNotification(notification('m2', 'not-mine'));
    expect(events().map(({ event, data }) => [event, data['id']])).toEqual([
      ['notification', 'm1'],
    ]);
  });

  test('reach nobody else, though both watch the same', () => {
    const hub = aHub();
    const [mine, other] = [aReader(), aReader()];
    hub.join(mine.reader, undefined);
    hub.join({ ...other.reader, isFor: (receiver) => receiver === 'not-mine' }, undefined);
    hub.onNotification(notification('m1', 'mine'));
    hub.onNotification(notification('m2', 'not-mine'));
    expect(mine.events().map(({ data }) => data['id'])).toEqual(['m1']);
    expect(other.events().map(({ data }) => data['id'])).toEqual(['m2']);
  });

  test('that came while a reader was away are sent when it comes back with Last-Event-ID', () => {
    const hub = aHub();
    const first = aReader();
    const leave = hub.join(first.reader, undefined);
    hub.onNotification(notification('m1', 'mine'));
    leave();
    hub.onNotification(notification('m2', 'not-mine'));
    hub.onNotification(notification('m3', 'mine'));
    const again = aReader();
    hub.join(again.reader, first.events().at(-1)?.id);
    expect(again.events().map(({ data }) => data['id'])).toEqual(['m3']);
  });
});
