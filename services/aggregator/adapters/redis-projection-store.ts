import { keepsMembers, projectionKeys } from '../../kernel/projection.ts';
import type { ProjectionKeys } from '../../kernel/projection.ts';
import { isCellField } from '../../kernel/stored-cell.ts';
import { messagePack } from '../../platform/message-pack.ts';
import type { Packable } from '../../platform/message-pack.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { spanKey } from '../core/gathering.ts';
import type { CellPlace, ProjectionRef, ProjectionStore, ProjectionView } from '../ports.ts';
import { applyCall, applyResult } from './apply-call.ts';
import { guardedStore } from './guarded-store.ts';
import { SCRIPTS } from './lua.ts';
import { createSeriesNames, ofOneInstant } from './series-names.ts';
import { headKeys, sweepProjection } from './sweep.ts';
import { generationOf, headOf, isSuperseded, partitionsOf, viewOf } from './view-reply.ts';
import type { ViewReply } from './view-reply.ts';
import { byWindow, parseMember } from './windows.ts';

/** Windows moved or removed at once, each by its own script: Redis serves others in between. */
const WINDOWS_AT_ONCE = 50;
/** A view is read again when a new generation began between its two steps; it cannot go on for ever. */
const VIEW_ATTEMPTS_MAX = 5;

type NumberedPlace = CellPlace & { readonly series: number };

/** Projections in Redis, laid out as `kernel/projection.ts` says; each step is one script (adapters/lua). */
export function redisProjectionStore(client: RedisClient, prefix: string): ProjectionStore {
  const keysOf = (ref: ProjectionRef): ProjectionKeys =>
    projectionKeys(prefix, ref.metric, ref.version);
  const names = createSeriesNames(client);
  const nominatedKey = `${prefix}candidates`;

  /**
   * Reads cells as one view, under names of the very generation that the view is of: between the two steps the
   * projection may be lost and begun anew, where the same number is another series.
   */
  const readView = async (
    ref: ProjectionRef,
    hasMembers: boolean,
    locate: () => Promise<{ generation: string; places: readonly NumberedPlace[] }>,
  ): Promise<ProjectionView> => {
    const keys = keysOf(ref);
    for (let attempt = 1; attempt <= VIEW_ATTEMPTS_MAX; attempt++) {
      const { generation, places } = await locate();
      const windows = byWindow(places);
      const cellKeys = windows.map(([at]) => keys.cells(at.grain, at.startMs));
      const sorted = windows.flat();
      const members = sorted.map((at) => keys.members(at.grain, at.startMs, at.key));
      const reply = (await SCRIPTS.readCells(
        client,
        [keys.meta, keys.watermarks, ...cellKeys, ...(hasMembers ? members : [])],
        [messagePack(['cursors', ...windows.map((cells) => cells.map((at) => String(at.series)))])],
      )) as ViewReply;
      if ((generationOf(reply) ?? '') === generation) return viewOf(reply, windows);
      names.forget(keys);
    }
    throw new Error('generations of a projection follow each other too fast');
  };

  /** Keys of one window: its cells, and for distinct metrics its sets of members. */
  const windowKeys = async (ref: ProjectionRef, member: string): Promise<string[]> => {
    const keys = keysOf(ref);
    const { grain, startMs } = parseMember(member);
    const cells = keys.cells(grain, startMs);
    const fields = await client.hkeys(cells);
    const numbers = fields.filter(isCellField).map(Number);
    const series = await names.covering(keys, numbers);
    return [
      cells,
      ...numbers.map((number) => keys.members(grain, startMs, series.keys.get(number) ?? '')),
    ];
  };

  const purge = async (ref: ProjectionRef): Promise<void> => {
    const keys = keysOf(ref);
    names.forget(keys);
    for (;;) {
      const members = await client.zrangebyscore(
        keys.due,
        '-inf',
        '+inf',
        'LIMIT',
        0,
        WINDOWS_AT_ONCE,
      );
      if (members.length === 0) return;
      const gone = await Promise.all(
        members.map(async (member) => {
          const window = await windowKeys(ref, member);
          return SCRIPTS.purge(client, [keys.meta, keys.due, ...window], [member]);
        }),
      );
      if (gone.includes(0)) return;
    }
  };

  const steps: ProjectionStore = {
    async load(ref) {
      const keys = keysOf(ref);
      const [reply, series] = await Promise.all([
        SCRIPTS.readCells(
          client,
          [keys.meta, keys.watermarks],
          [messagePack(['whole'])],
        ) as Promise<ViewReply>,
        names.read(keys),
      ]).catch(async (error: unknown) => {
        if (!(error as Error).message.includes('WRONGTYPE')) throw error;
        await SCRIPTS.discard(client, headKeys(keys), []);
        return [];
      });
      if (!reply || !series) return undefined;
      const generation = generationOf(reply);
      if (generation === undefined) return undefined;
      return {
        generation,
        partitions: partitionsOf(reply),
        series: series.generation === generation ? series.numbers : new Map<string, number>(),
        rebuilding: headOf(reply).rebuilding,
        superseded: isSuperseded(reply),
      };
    },
    async takeUp(ref) {
      await SCRIPTS.takeUp(client, [keysOf(ref).meta], []);
    },
    async create(ref, start) {
      const keys = keysOf(ref);
      const partitions = start.partitions.flatMap((at) => [
        spanKey(at.topic, at.partition),
        at.first,
        at.empty ? '1' : '0',
      ]);
      for (;;) {
        const made = await SCRIPTS.create(client, headKeys(keys), [
          start.generation,
          start.partitions.length,
          ...partitions,
        ]);
        if (made === -1) await purge(ref);
        else if (made === -2) await sweepProjection(client, keys);
        else return made === 1;
      }
    },
    async retire(ref, generation) {
      await SCRIPTS.retire(client, [keysOf(ref).meta], [generation]);
    },
    async supersede(ref, isNow) {
      await SCRIPTS.supersede(client, [keysOf(ref).meta], [isNow ? '1' : '0']);
    },
    async nominate(ref, isNow) {
      // First of all that it will have to be forgotten, last that it has not.
      if (isNow) await client.sadd(nominatedKey, textOf(ref));
      await SCRIPTS.nominate(client, [keysOf(ref).meta], [isNow ? '1' : '0']);
      if (!isNow) await client.srem(nominatedKey, textOf(ref));
    },
    async nominated() {
      return (await client.smembers(nominatedKey)).map(refOf);
    },
    async forget(ref) {
      const keys = keysOf(ref);
      const generation = await client.hget(keys.meta, 'gen');
      if (generation !== null) await SCRIPTS.retire(client, [keys.meta], [generation]);
      names.forget(keys);
      await sweepProjection(client, keys);
      await SCRIPTS.sweep(client, [keys.meta, keys.meta], []);
      // Whoever has not heard yet may have begun it anew meanwhile: it is looked at once more.
      if (generation === null) await client.srem(nominatedKey, textOf(ref));
    },
    async noteLoss(ref, { generation, topic, partition, from, to }) {
      const args = [generation, spanKey(topic, partition), from, to];
      await SCRIPTS.noteLoss(client, [keysOf(ref).meta], args);
    },
    async apply(ref, flush) {
      const { keys, args } = applyCall(keysOf(ref), flush);
      return applyResult(
        (await SCRIPTS.apply(client, keys, args)) as [string, (string[] | string)?],
      );
    },
    async advance(metric, limit) {
      const ref = { metric: metric.id, version: metric.version };
      const keys = keysOf(ref);
      const due = (await SCRIPTS.due(client, [keys.watermarks, keys.due], [limit])) as string[];
      for (let from = 0; from < due.length; from += WINDOWS_AT_ONCE)
        await Promise.all(
          due.slice(from, from + WINDOWS_AT_ONCE).map(async (member) => {
            const { grain, startMs } = parseMember(member);
            const window = keepsMembers(metric.aggregation)
              ? await windowKeys(ref, member)
              : [keys.cells(grain, startMs)];
            const args = [member, metric.latenessMs, metric.retentionMs[grain]];
            await SCRIPTS.advance(
              client,
              [keys.meta, keys.watermarks, keys.dirty, keys.due, ...window],
              args,
            );
          }),
        );
      return due.length;
    },
    dirtyMarks: async (ref, limit) =>
      (await client.srandmember(keysOf(ref).dirty, limit)) as string[],
    async readHead(ref) {
      const keys = keysOf(ref);
      const reply = await SCRIPTS.readCells(
        client,
        [keys.meta, keys.watermarks],
        [messagePack(['whole'])],
      );
      return headOf(reply as ViewReply);
    },
    async readDirty(metric, marks) {
      const ref = { metric: metric.id, version: metric.version };
      const keys = keysOf(ref);
      const marked = marks.map((mark) => ({
        ...parseMember(mark),
        series: Number(mark.split('|')[2]),
      }));
      return readView(ref, metric.aggregation === 'distinct', async () => {
        const series = await names.covering(
          keys,
          marked.map((at) => at.series),
        );
        const places = marked.flatMap((at) => {
          const key = series.keys.get(at.series);
          return key === undefined ? [] : [{ ...at, key }];
        });
        return { generation: series.generation, places };
      });
    },
    async readCells(ref, places) {
      const keys = keysOf(ref);
      return readView(ref, true, async () => {
        const fields = ['gen', ...places.map(({ key }) => key)];
        const [generation, numbers] = await ofOneInstant<[string | null, (string | null)[]]>(
          client
            .multi()
            .hget(keys.meta, 'gen')
            .hmget(keys.series, ...fields),
        );
        const known = places.flatMap((at, i) => {
          const number = numbers[i + 1];
          return number == null ? [] : [{ ...at, series: Number(number) }];
        });
        return { generation: generation ?? '', places: known };
      });
    },
    async clearDirty(ref, cells) {
      if (cells.length === 0) return;
      const keys = keysOf(ref);
      const windows = byWindow(cells);
      const args = windows.map((all): Packable[] => [
        `${all[0].grain}|${all[0].startMs}`,
        String(all[0].stage),
        all.map(({ key }) => key),
        all.map(({ series }) => String(series)),
        all.map(({ accumulators }) => String(accumulators.contributions)),
        all.map(({ revision }) => String(revision)),
      ]);
      const cellKeys = windows.map(([at]) => keys.cells(at.grain, at.startMs));
      await SCRIPTS.clearDirty(client, [keys.dirty, keys.series, ...cellKeys], [messagePack(args)]);
    },
  };
  return guardedStore(steps);
}

/** `METRIC@VERSION`; ids hold no `@`. */
const textOf = ({ metric, version }: ProjectionRef): string => `${metric}@${version}`;
function refOf(text: string): ProjectionRef {
  const at = text.indexOf('@');
  return { metric: text.slice(0, at), version: text.slice(at + 1) };
}
