import { encodeLast } from '../../kernel/accumulator.ts';
import { DISTINCT_EXACT_MAX, ENTITIES_MAX } from '../../kernel/projection.ts';
import type { ProjectionKeys } from '../../kernel/projection.ts';
import { BIN_MAX, encodeSketch, sketchOf } from '../../kernel/sketch.ts';
import { spanKey } from '../core/gathering.ts';
import type { FlushRequest, FlushWindow } from '../core/flush.ts';
import type { ApplyResult, RefusalReason } from '../ports.ts';

type Call = { readonly keys: string[]; readonly args: (string | number)[] };

/** A flush as keys and arguments of `lua/apply.lua`, which names their order. */
export function applyCall(keys: ProjectionKeys, flush: FlushRequest): Call {
  const allKeys = [keys.meta, keys.watermarks, keys.series, keys.dirty, keys.due];
  for (const window of flush.windows) allKeys.push(keys.cells(window.grain, window.startMs));
  const args: (string | number)[] = [
    flush.generation,
    flush.maxSeries,
    DISTINCT_EXACT_MAX,
    BIN_MAX,
    ENTITIES_MAX,
    flush.spans.length,
  ];
  for (const span of flush.spans) {
    args.push(spanKey(span.topic, span.partition), span.from, span.to, span.watermarkMs);
    args.push(span.appendMs || '', span.historicalMs || '', span.fingerprint ?? '');
    args.push(span.caughtUp ? '1' : '0');
  }
  const counters = flush.spans.flatMap((span) =>
    [...span.counters].map(
      ([outcome, by]) => [`n:${spanKey(span.topic, span.partition)}:${outcome}`, by] as const,
    ),
  );
  args.push(counters.length, ...counters.flat(), flush.series.length);
  for (const { key, number, breakdown } of flush.series) args.push(key, number ?? '', breakdown);
  args.push(flush.windows.length);
  for (const window of flush.windows) pushWindow({ keys: allKeys, args }, { keys, flush, window });
  return { keys: allKeys, args };
}

function pushWindow(
  call: Call,
  { keys, flush, window }: { keys: ProjectionKeys; flush: FlushRequest; window: FlushWindow },
): void {
  const { args } = call;
  args.push(`${window.grain}|${window.startMs}`, window.endMs, window.cells.length);
  for (const { series, delta } of window.cells) {
    const { sum, min, max, last, bins, members, entities, historical, restated } = delta;
    args.push(series, delta.contributions);
    const partsAt = args.push('') - 1;
    let parts = '';
    if (sum !== undefined) parts += pushed(args, 's', String(sum));
    if (min !== undefined) parts += pushed(args, 'a', String(min));
    if (max !== undefined) parts += pushed(args, 'z', String(max));
    if (last !== undefined) parts += pushed(args, 'l', encodeLast(last));
    if (bins !== undefined) parts += pushed(args, 'q', encodeSketch(sketchOf(bins)));
    if (historical > 0) parts += pushed(args, 'h', historical);
    if (restated) parts += pushed(args, 'x', 1);
    if (members !== undefined || entities !== undefined)
      call.keys.push(keys.members(window.grain, window.startMs, flush.series[series]?.key ?? ''));
    if (entities !== undefined) {
      parts += pushed(args, 'e', call.keys.length);
      args.push(entities.size);
      for (const [entity, newest] of entities) args.push(entity, encodeLast(newest));
    }
    if (members !== undefined) {
      parts += pushed(args, 'm', call.keys.length);
      args.push(members.size);
      for (const member of members) args.push(member);
    }
    args[partsAt] = parts;
  }
}

/** Adds what a part gains. @returns the part's letter */
function pushed(args: Call['args'], letter: string, gained: string | number): string {
  args.push(gained);
  return letter;
}

export function applyResult(reply: [string, (string[] | string)?]): ApplyResult {
  const [kind, detail] = reply;
  if (kind === 'applied') {
    const answers = detail as string[];
    const numbers = new Map<string, number>();
    for (let i = 0; i + 1 < answers.length; i += 2)
      numbers.set(answers[i] as string, Number(answers[i + 1]));
    return { kind, numbers };
  }
  if (kind === 'overflow') return { kind, detail: String(detail) };
  return { kind: 'refused', reason: kind as RefusalReason };
}
