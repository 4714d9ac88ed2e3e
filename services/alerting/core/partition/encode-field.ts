import type { PartitionState } from './partition-state.ts';

/** One small field of a partition as it is stored (core/partition/restore.ts reads it). @returns null where there is nothing any more */
export function encodeField(state: PartitionState, field: string): string | null {
  const kind = field.slice(0, field.indexOf('|'));
  switch (kind) {
    case 'm': {
      const progress = state.metrics.get(field.slice(2));
      return progress ? JSON.stringify(progress) : null;
    }
    case 'p':
    case 'q':
      return state.past.encode(field);
    case 'a':
      return String(state.checkedNext);
    case 'k':
      return String(state.commandsNext);
    case 'b':
      return String(state.dormantBelow);
    case 'd':
      return state.digests.encode(field);
    case 'n':
    case 'o':
      return state.following.encode(field);
    case 'z':
      return state.lastNumbers.encode(field);
    case 'w': {
      const silence = state.silences.get(field.slice(2));
      return silence ? JSON.stringify(silence) : null;
    }
    case 'u':
      return state.sources.encode(field);
    case 'r':
      return state.refusedRules.has(field.slice(2)) ? '1' : null;
    case 'g':
      return state.watched.has(field.slice(2)) ? '1' : null;
    default:
      return null;
  }
}
