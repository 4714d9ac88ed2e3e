import { useEffect, useMemo } from 'preact/hooks';
import type { ValuesAnswer } from '../../../core/answers.ts';
import type { EntriesAnswer, EntryItem } from '../../../core/entries/booked-entry.ts';
import type { EntrySheet } from '../../../core/entries/entry-sheet.ts';
import { getAll } from '../../data/api.ts';
import { onLive } from '../../data/live.ts';
import { shown, useResource } from '../../data/resource.ts';
import type { Resource } from '../../data/resource.ts';
import { sheetCells } from './sheet-cells.ts';
import type { SheetCell } from './sheet-cells.ts';

/** Values come with the flush after the entry, who entered them a moment later. */
const VALUES_AFTER_MS = 200;
const HISTORY_AFTER_MS = 1_200;

export type Sheet = {
  readonly resource: Resource<ValuesAnswer>;
  readonly history: Resource<readonly EntryItem[]>;
  readonly cells: ReadonlyMap<string, SheetCell>;
  readonly reload: () => void;
};

/** Values and entries of the windows of a sheet, read anew whenever the stream tells of one. */
export function useSheet(sheet: EntrySheet): Sheet {
  const { id, grain, windows, members } = sheet;
  const from = windows.at(-1)?.start ?? '';
  const to = windows[0]?.end ?? '';
  const key = `sheet ${id} ${from} ${to}`;
  const path = `/v1/metrics/${encodeURIComponent(id)}`;
  const { resource, reload } = useResource(key, async (signal) => {
    const by = Object.keys(members).join(',');
    const parameters = new URLSearchParams({
      grain,
      from,
      to,
      limit: '10000',
      ...(by ? { by } : {}),
    });
    const pages = await getAll<ValuesAnswer>(`${path}/values?${parameters}`, signal);
    const [first] = pages as [ValuesAnswer, ...ValuesAnswer[]];
    return { ...first, series: pages.flatMap(({ series }) => series) };
  });
  const entries = useResource(`${key} entries`, async (signal) => {
    const parameters = new URLSearchParams({ from, to, limit: '1000' });
    const pages = await getAll<EntriesAnswer>(`${path}/entries?${parameters}`, signal);
    return pages.flatMap((page) => page.entries);
  });
  useEffect(() => {
    const [values, history] = [
      soon(reload, VALUES_AFTER_MS),
      soon(entries.reload, HISTORY_AFTER_MS),
    ];
    const stop = onLive('value', (event) => {
      if (event.metric !== id) return;
      values.ask();
      history.ask();
    });
    return () => {
      stop();
      values.stop();
      history.stop();
    };
  }, [key]);
  const cells = useMemo(
    () => sheetCells(sheet, shown(resource)?.series ?? [], shown(entries.resource) ?? []),
    [sheet, resource, entries.resource],
  );
  return { resource, history: entries.resource, cells, reload };
}

/** Asks once for whatever comes until it is done: what comes later is asked for again. */
function soon(action: () => void, afterMs: number): { ask: () => void; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    ask() {
      timer ??= setTimeout(() => {
        timer = undefined;
        action();
      }, afterMs);
    },
    stop: () => clearTimeout(timer),
  };
}
