import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { WINDOW_STATES } from '../../services/kernel/window.ts';
import type { WindowState } from '../../services/kernel/window.ts';
import { ORDERS } from '../support/order-events.ts';
import { storedOutcomes } from '../support/stored-cells.ts';
import { readUpdates } from '../support/update-feed.ts';
import { expectRecovered, untilCounted } from './support/checker.ts';
import { logFeed } from './support/log-feed.ts';
import type { LogFeed } from './support/log-feed.ts';
import { keepResults, row } from './support/row.ts';
import { openWorld, untilReady } from './support/world.ts';
import type { World } from './support/world.ts';

keepResults('clocks');
/** Replaces the wall clock of a process and leaves the monotonic one as it is. @see faketime(1) */
const [library] = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1');
const lacks = library === undefined ? 'faketime' : undefined;
const shifted = (setting: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  LD_PRELOAD: library ?? '',
  FAKETIME_DONT_FAKE_MONOTONIC: '1',
  DONT_FAKE_MONOTONIC: '1',
  ...setting,
});
const HOUR = 3_600_000;

let world: World;
let feed: LogFeed;
beforeAll(async () => {
  world = await openWorld({ name: 'clocks' });
  feed = logFeed(world, { name: 'clocks', seed: 59 });
});
afterEach(() => feed?.stop());
afterAll(() => world?.close());

type Answer = { readonly status: number; readonly codes: readonly (string | undefined)[] };
async function send(url: string, id: string, timeMs: number): Promise<Answer> {
  const response = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify({
      specversion: '1.0',
      id,
      source: '/clocks',
      type: ORDERS.id,
      time: new Date(timeMs).toISOString(),
      data: { store_id: 'S1', amount: '1.00', status: 'booked' },
    }),
  });
  const body = (await response.json()) as { results?: readonly { error?: { code: string } }[] };
  return { status: response.status, codes: (body.results ?? []).map(({ error }) => error?.code) };
}
const outcomes = () => {
  const [{ metric }] = world.catalog.pairs as [World['catalog']['pairs'][number]];
  const ref = { prefix: world.prefix, metric: metric.id, version: metric.version };
  return storedOutcomes(world.platform.redis, ref);
};

/** What the aggregator says each second, whatever flows. */
const ticks = async (): Promise<number> =>
  (await readUpdates(world.platform)).filter(({ kind }) => kind === 'tick').length;

row(
  59,
  'clocks of sources and of ingest that are an hour off: ahead is refused or put aside, behind is late, all of it told',
  { guard: 'event times are held against append times, by ingest and by the aggregator', lacks },
  async (notes) => {
    const aggregator = await world.serve('aggregator');
    const right = await world.serve('ingest');
    await feed.write(20);
    await untilReady(aggregator);
    await untilReady(right);
    await untilCounted(world);
    const now = Date.now();
    // A source's clock, told by the event's own time.
    expect(await send(right.url(), 'ahead', now + HOUR)).toEqual({
      status: 422,
      codes: ['event_time_in_future'],
    });
    expect((await send(right.url(), 'behind', now - 3 * HOUR)).status).toBe(202);
    expect((await send(right.url(), 'right', now)).status).toBe(202);
    // Ingest's own clock: it takes what lies in the future, which the append time tells.
    const fast = await world.serve('ingest', { environment: shifted({ FAKETIME: '+1h' }) });
    expect((await send(fast.url(), 'fast-ahead', now + HOUR)).status).toBe(202);
    expect((await send(fast.url(), 'fast-right', now)).status).toBe(202);
    await world.dismiss(fast);
    // And the other way: it refuses the present, and says so.
    const slow = await world.serve('ingest', { environment: shifted({ FAKETIME: '-1h' }) });
    expect(await send(slow.url(), 'slow-right', now)).toEqual({
      status: 422,
      codes: ['event_time_in_future'],
    });
    expect((await send(slow.url(), 'slow-past', now - HOUR + 240_000)).status).toBe(202);
    await world.dismiss(slow);
    notes['recovered_ms'] = await expectRecovered(world);
    const told = await outcomes();
    expect(told).toMatchObject({ late: 1, dead_lettered: 1 });
    await world.dismiss(right);
    await world.dismiss(aggregator);
  },
);

row(
  60,
  'the wall clock of the aggregator jumps back an hour and on again: counting goes on, and no window opens again',
  { guard: 'windows move by the watermark of the log, timers by the monotonic clock', lacks },
  async (notes) => {
    const folder = join(world.directory, 'clock');
    mkdirSync(folder, { recursive: true });
    const clock = join(folder, 'offset');
    writeFileSync(clock, '+0');
    const aggregator = await world.serve('aggregator', {
      environment: shifted({ FAKETIME_TIMESTAMP_FILE: clock, FAKETIME_NO_CACHE: '1' }),
    });
    await untilReady(aggregator);
    for (const offset of ['-1h', '+1h', '+0']) {
      writeFileSync(clock, offset);
      const before = await ticks();
      await vi.waitFor(async () => expect(await ticks()).toBeGreaterThan(before), {
        timeout: 15_000,
        interval: 200,
      });
      await feed.write(20);
      await world.log.heartbeats([0, 1, 2, 3], Date.now());
      notes[`counted_ms_at_${offset}`] = await untilCounted(world, 15_000);
    }
    await expectRecovered(world);
    const told = await vi.waitFor(async () => {
      const updates = await readUpdates(world.platform);
      expect(updates.length).toBeGreaterThan(0);
      return updates;
    });
    const seen = new Map<string, WindowState>();
    for (const update of told) {
      if (update.kind !== 'value') continue;
      const cell = `${update.metric} ${update.grain} ${update.start} ${update.series}`;
      const before = seen.get(cell);
      if (before !== undefined && before !== 'open') expect(update.state).not.toBe('open');
      seen.set(cell, update.state);
      expect(WINDOW_STATES).toContain(update.state);
    }
    expect(seen.size).toBeGreaterThan(0);
  },
);
