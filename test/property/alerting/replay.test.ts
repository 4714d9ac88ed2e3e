import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDecimal } from '../../../services/kernel/decimal.ts';
import { fingerprint } from '../../../services/kernel/alert.ts';
import { COMMANDS } from '../../../services/kernel/command.ts';
import { BLANK_COMMAND } from '../../../services/kernel/command.ts';
import type { CommandKind, LoggedCommand } from '../../../services/kernel/command.ts';
import type { AlertRuleDefinition } from '../../../services/kernel/definitions.ts';
import type { MetricUpdate } from '../../../services/kernel/update.ts';
import type { Message } from '../../../services/alerting/core/alert/episode.ts';
import { NO_LINKS } from '../../../services/alerting/core/alert/message.ts';
import { apply } from '../../../services/alerting/core/partition/partition.ts';
import type { Emitted, InputRecord } from '../../../services/alerting/core/partition/partition.ts';
import { PartitionState } from '../../../services/alerting/core/partition/partition-state.ts';
import { restore } from '../../../services/alerting/core/partition/restore.ts';
import type { StoredPartition } from '../../../services/alerting/core/partition/partition-state.ts';
import { recordOf } from '../../../services/alerting/core/alert/record.ts';
import { refill, replan } from '../../../services/alerting/core/partition/replan.ts';
import { aRule, HOUR, plansOf, salesCatalog, T0, taken } from '../../support/alerting.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';
import { storedAfter } from '../../support/stored-partition.ts';

/** What may happen on metric-updates, hour by hour. */
type Happening =
  | { kind: 'value'; back: number; series: number; amount: number; backfilled: boolean }
  | { kind: 'tick' }
  | { kind: 'clock'; minutes: number; says: Saying | null };

/** What somebody says just before a clock, of one of the series. */
type Saying = { kind: CommandKind; series: number; holds: number };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('value' as const),
      back: fc.constantFrom(0, 0, 0, 1, 2),
      series: fc.integer({ min: 0, max: 1 }),
      amount: fc.integer({ min: -900, max: 1500 }),
      backfilled: fc.integer({ min: 0, max: 19 }).map((n) => n === 0),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: 'tick' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('clock' as const),
      minutes: fc.integer({ min: 0, max: 90 }),
      says: fc.option(
        fc.record({
          kind: fc.constantFrom(...COMMANDS),
          series: fc.integer({ min: 0, max: 1 }),
          holds: fc.integer({ min: 1, max: 300 }),
        }),
      ),
    }),
  },
);

const rule: fc.Arbitrary<AlertRuleDefinition> = fc
  .record({
    evaluate: fc.constantFrom('onClose' as const, 'onUpdate' as const),
    when: fc.constantFrom('value < 1000', 'value > 800', 'value < previous'),
    clear: fc.constantFrom(undefined, 'value >= 1100 || value < 700'),
    for: fc.constantFrom(undefined, { breaches: 2, of: 3 }, { durationMs: 2 * HOUR }),
    keepFiringMs: fc.constantFrom(0, 2 * HOUR),
    latenessMs: fc.constantFrom(0, 6 * HOUR),
    noData: fc.constantFrom(
      'nodata' as const,
      'keepLast' as const,
      'ok' as const,
      'breach' as const,
    ),
    minCount: fc.constantFrom(0, 2),
    window: fc.constantFrom<AlertRuleDefinition['window']>(
      { kind: 'grain', grain: 'hour' },
      { kind: 'sliding', sizeMs: 3 * HOUR, everyMs: HOUR },
      { kind: 'to-date', period: 'day' },
    ),
  })
  .map(({ clear, for: lasting, ...rest }) =>
    aRule({
      ...rest,
      by: ['store'],
      ...(clear ? { clear } : {}),
      ...(lasting ? { for: lasting } : {}),
    }),
  );

const catalogWith = (...rules: readonly AlertRuleDefinition[]) =>
  catalogOf(
    salesCatalog({
      metrics: [
        aMetric({ timezone: 'UTC', dimensions: { store: 'data.store' }, breakdowns: [['store']] }),
      ],
      rules,
    }),
  );

/** The records that these happenings write: cells only grow, each tick closes an hour. */
function recordsOf(happenings: readonly Happening[]): readonly InputRecord[] {
  const cells = new Map<string, { contributions: number; sum: number }>();
  const commands: LoggedCommand[] = [];
  let hour = 0;
  let nowMs = T0;
  const updates = happenings.map((one): MetricUpdate => {
    const watermark = T0 + hour * HOUR;
    if (one.kind === 'clock') {
      nowMs += one.minutes * 60_000;
      if (one.says) commands.push(saidAt(nowMs, commands.length, one.says));
      return { kind: 'clock', watermark: nowMs, at: nowMs, commands: commands.length };
    }
    if (one.kind === 'tick') {
      hour++;
      nowMs = Math.max(nowMs, T0 + hour * HOUR);
      return {
        kind: 'tick',
        metric: 'net-sales',
        version: 'v1',
        watermark: T0 + hour * HOUR,
        cursors: [],
        at: nowMs,
      };
    }
    const start = T0 + Math.max(0, hour - one.back) * HOUR;
    const series = JSON.stringify(['store', `S${one.series}`]);
    const cell = cells.get(`${series}${start}`) ?? { contributions: 0, sum: 0 };
    cell.contributions++;
    cell.sum += one.amount * 100;
    cells.set(`${series}${start}`, cell);
    return {
      kind: 'value',
      metric: 'net-sales',
      version: 'v1',
      series,
      grain: 'hour',
      start,
      end: start + HOUR,
      accumulators: { ...cell },
      value: formatDecimal(cell.sum, 2),
      state: start + HOUR <= watermark ? 'revised' : 'open',
      revision: cell.contributions,
      backfilled: one.backfilled,
      watermark,
      cursors: [],
      at: nowMs,
    };
  });
  return updates.map((update, offset) => ({
    offset,
    appendMs: update.at,
    update,
    ...(update.kind === 'clock' ? { commands: commands.slice(0, update.commands) } : {}),
  }));
}

function saidAt(nowMs: number, offset: number, { kind, series, holds }: Saying): LoggedCommand {
  const isOfSilence = kind === 'silence' || kind === 'unsilence';
  const until = nowMs + holds * 60_000;
  const matchers = [{ name: 'store', op: '=', value: `S${series}` }] as const;
  return {
    offset,
    command: {
      ...BLANK_COMMAND,
      id: `request-${offset}`,
      kind,
      target: isOfSilence
        ? `sil-${series}`
        : fingerprint('net-sales-low', JSON.stringify(['store', `S${series}`])),
      by: 'person:anna',
      at: nowMs,
      until: kind === 'snooze' || kind === 'acknowledge' ? until : null,
      text: 'said',
      silence:
        kind === 'silence' ? { kind: 'silence', matchers, startsAt: nowMs, endsAt: until } : null,
    },
  };
}

const texts = (emitted: readonly Emitted[]): readonly string[] =>
  emitted.map((one) => JSON.stringify(recordOf(one, 0)));

/** What is said of each alert: of two of one rule none decides the other, and what was stored knows not which came first. */
const textsOfEach = (emitted: readonly Emitted[]): Record<string, readonly string[]> =>
  Object.fromEntries(
    [...Map.groupBy(emitted, ({ alert }) => alert.id)].map(([id, own]) => [id, texts(own)]),
  );

const START = { cursor: 0, activeFrom: 0, logMs: 0, awakeMs: 0 };
const histories = fc.record({
  rule,
  happenings: fc.array(happening, { minLength: 1, maxLength: 60, size: 'max' }),
});

function run(one: AlertRuleDefinition, records: readonly InputRecord[]) {
  const state = new PartitionState(0, START);
  replan(state, plansOf(catalogWith(one)));
  return { state, emitted: records.flatMap((record) => apply(state, record, NO_LINKS)) };
}

/** Episodes in the order in which they begin and end, as the records on `alerts` tell it. @throws where they do not alternate */
function episodesOf(emitted: readonly Emitted[]): readonly string[] {
  const burning = new Map<string, string>();
  const ended = new Set<string>();
  const told: string[] = [];
  for (const { alert, transition } of emitted) {
    const { id } = alert;
    const episode = (alert.episode ?? alert.ended.at(-1))?.id ?? '';
    if (transition.kind === 'firing' || transition.kind === 'nodata') {
      // What burns already may fire again: a breach while it recovers, or after its data came back.
      if (burning.get(id) === episode) continue;
      expect([burning.get(id), ended.has(episode)]).toEqual([undefined, false]);
      burning.set(id, episode);
      told.push(`${id} fires: ${episode}`);
    }
    const isEnd = transition.kind === 'resolved' || transition.kind === 'corrected';
    if (!isEnd) continue;
    // Late data may take back what has ended, also while another episode burns: a correction, and no second end.
    const isOfAnEarlier = alert.episode !== null && alert.ended.length > 0;
    if (transition.kind === 'corrected' && (isOfAnEarlier || ended.has(episode))) continue;
    expect(burning.get(id)).toBe(episode);
    expect(alert.episode).toBeNull();
    burning.delete(id);
    ended.add(episode);
    told.push(`${id} ends: ${episode}`);
  }
  return told;
}

test('P-14 firing and resolved strictly alternate for each alert, and a replay gives the same ids, byte for byte', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const records = recordsOf(history.happenings);
      const { emitted, state } = run(history.rule, records);
      const again = run(history.rule, records).emitted;
      expect(texts(again)).toEqual(texts(emitted));
      expect(episodesOf(again)).toEqual(episodesOf(emitted));
      const last = replan(state, []).emitted;
      const told = episodesOf([...emitted, ...last]);
      expect(told.filter((one) => one.includes('fires')).length).toBe(told.length / 2);
    }),
    { numRuns: 300 },
  );
});

test('a state that is stored and restored at any points goes on as if nothing had happened', () => {
  fc.assert(
    fc.property(histories, fc.integer({ min: 1, max: 7 }), (history, every) => {
      const records = recordsOf(history.happenings);
      const plans = plansOf(catalogWith(history.rule));
      let kept: StoredPartition = { ...START, fields: new Map(), documents: new Map() };
      const emitted: Emitted[] = [];
      for (let from = 0; from < records.length; from += every) {
        const state = restore(0, kept);
        expect(replan(state, plans)).toMatchObject({ emitted: [], refillFromMs: null });
        for (const record of records.slice(from, from + every))
          emitted.push(...apply(state, record, NO_LINKS));
        kept = storedAfter(state, kept);
      }
      expect(texts(emitted)).toEqual(texts(run(history.rule, records).emitted));
    }),
  );
});

/** Of a past window that late data lets breach: it is over when it is told. */
const saysItsEnd = ({ kind, body }: Message): boolean =>
  kind === 'firing' &&
  (JSON.parse(body) as { data: { alert: { endedAt: string | null } } }).data.alert.endedAt !== null;

test('everyone who was told of an episode is told of its end, once, and in that order', () => {
  fc.assert(
    fc.property(histories, (history) => {
      // Whatever burned in the end is withdrawn, so that every episode ends.
      const { state, emitted } = run(history.rule, recordsOf(history.happenings));
      const last = replan(state, []).emitted;
      const kinds = new Map<string, string[]>();
      const seen = new Set<string>();
      for (const { alert } of [...emitted, ...last])
        for (const episode of [...alert.ended, ...(alert.episode ? [alert.episode] : [])])
          for (const message of episode.messages) {
            if (seen.has(message.id)) continue;
            seen.add(message.id);
            const key = `${episode.id} ${message.receiver}`;
            const said = saysItsEnd(message) ? [message.kind, 'its end'] : [message.kind];
            kinds.set(key, [...(kinds.get(key) ?? []), ...said]);
          }
      for (const told of kinds.values()) {
        expect(['firing', 'nodata', 'unmuted']).toContain(told[0]);
        const ends = told.filter((kind) => kind === 'resolved' || kind === 'its end');
        expect(ends.length + told.filter((kind) => kind === 'corrected').length).toBeGreaterThan(0);
        expect(ends.length).toBeLessThanOrEqual(1);
        expect(told.filter((kind) => kind === 'corrected').length).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test('after a loss of the store, alerts and log bring the same conditions back, and tell nobody anew', () => {
  fc.assert(
    fc.property(histories, fc.nat(59), (history, lostAt) => {
      const records = recordsOf(history.happenings);
      const cut = Math.min(lostAt, records.length);
      const plans = plansOf(catalogWith(history.rule));
      const whole = run(history.rule, records);
      const before = run(history.rule, records.slice(0, cut));
      const state = new PartitionState(0, { ...START, activeFrom: cut });
      for (const { alert, inputOffset } of before.emitted) {
        const known = state.tracks.get(alert.id);
        if (known) {
          state.setAlert(known, { ...alert, slots: [] });
          state.resume(known, inputOffset + 1);
        } else
          state.addTrack({
            plan: undefined,
            alert: { ...alert, slots: [] },
            nextStartMs: null,
            resumeAt: inputOffset + 1,
            isDormant: false,
          });
      }
      replan(state, plans);
      for (const record of records) apply(state, record, NO_LINKS);
      const conditions = (of: PartitionState) =>
        [...of.tracks.values()]
          .filter(({ alert }) => alert.episode)
          .map(({ alert }) => `${alert.id} ${alert.episode?.id}`)
          .sort();
      expect(conditions(state)).toEqual(conditions(whole.state));
    }),
  );
});

/** Reads the metric, and has nothing to say of it. */
const OTHER = aRule({ id: 'other', by: ['store'], when: 'value > 99999', noData: 'ok' });

/** The same records under a rule that is paused and goes on again before some of them. */
function runWithPauses(
  one: AlertRuleDefinition,
  records: readonly InputRecord[],
  how: { pauses: ReadonlySet<number>; isReadByOther: boolean; storesEvery: number },
) {
  let state = new PartitionState(0, START);
  let kept: StoredPartition = { ...START, fields: new Map(), documents: new Map() };
  let isPaused = false;
  const emitted: Emitted[] = [];
  const takeUp = (): void => {
    const rule = isPaused ? { ...one, paused: true as const } : one;
    const { plans, paused } = taken(catalogWith(...(how.isReadByOther ? [OTHER] : []), rule));
    const taking = replan(state, plans, { paused });
    emitted.push(...taking.emitted);
    if (taking.refillFromMs !== null) refill(state, 0);
  };
  takeUp();
  for (const { offset } of records) {
    if (how.pauses.has(offset)) {
      isPaused = !isPaused;
      takeUp();
    }
    for (const record of records.slice(state.cursor, offset + 1))
      emitted.push(...apply(state, record, NO_LINKS));
    if (offset % how.storesEvery !== 0) continue;
    kept = storedAfter(state, kept);
    state = restore(0, kept);
    takeUp();
  }
  isPaused = true;
  takeUp();
  return emitted;
}

test('pauses at any points end what burns, give the same at every reading, and let the numbers of an alert rise only', () => {
  fc.assert(
    fc.property(
      histories,
      fc.array(fc.nat(59), { maxLength: 6 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 7 }),
      (history, pauses, isReadByOther, storesEvery) => {
        const records = recordsOf(history.happenings);
        const how = { pauses: new Set(pauses), isReadByOther, storesEvery: Infinity };
        const emitted = runWithPauses(history.rule, records, how);
        expect(texts(runWithPauses(history.rule, records, how))).toEqual(texts(emitted));
        const stored = runWithPauses(history.rule, records, { ...how, storesEvery });
        expect(textsOfEach(stored)).toEqual(textsOfEach(emitted));
        const told = episodesOf(emitted);
        expect(told.filter((one) => one.includes('fires')).length).toBe(told.length / 2);
        for (const own of Map.groupBy(emitted, ({ alert }) => alert.id).values())
          expect(own.map(({ alert }) => alert.sequence)).toEqual(own.map((_, i) => i + 1));
      },
    ),
    { numRuns: 300 },
  );
});
