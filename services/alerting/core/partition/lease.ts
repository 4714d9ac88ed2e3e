import type { EpochMs } from '../../../kernel/time.ts';
import { LEASE_MS } from '../words/alertmanager.ts';
import { isBeat } from './beat.ts';
import type { AlertState, Message } from '../alert/episode.ts';

/**
 * What receivers that forget are told again, per receiver: of each alert the last message that reached it, as long as the
 * episode lasts and `LEASE_MS` beyond its end. It decides nothing: no message is new, and what still waits for its first
 * delivery is left to that, and what has lost its text (stored by a version that kept none) is left alone.
 */
export function leased(
  alerts: Iterable<AlertState>,
  isKept: (receiver: string) => boolean,
  nowMs: EpochMs,
): ReadonlyMap<string, readonly Message[]> {
  const kept = new Map<string, Message[]>();
  for (const alert of alerts)
    for (const [receiver, message] of lastDelivered(alert, nowMs))
      if (isKept(receiver)) kept.set(receiver, [...(kept.get(receiver) ?? []), message]);
  return kept;
}

function lastDelivered(alert: AlertState, nowMs: EpochMs): ReadonlyMap<string, Message> {
  const last = new Map<string, Message>();
  for (const episode of [...alert.ended, ...(alert.episode ? [alert.episode] : [])])
    for (const message of episode.messages) {
      // Whatever came last has the say, delivered or not: an end on its way is not followed by the beginning.
      // A beat is told again by the next one alone: a timer that said it would vouch for what stands still.
      const isReached = episode.deliveries[message.id]?.status === 'delivered' && !isBeat(message);
      const isDue = episode.endedAtMs === null || message.decidedAtMs > nowMs - LEASE_MS;
      if (isReached && isDue && message.body !== '') last.set(message.receiver, message);
      else last.delete(message.receiver);
    }
  return last;
}
