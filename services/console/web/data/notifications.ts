import { computed, effect, signal } from '@preact/signals';
import type { BrowserNotification } from '../../../kernel/notification.ts';
import type { NotificationsAnswer } from '../../core/notifications.ts';
import { get, tokenNumber } from './api.ts';
import { onLive } from './live.ts';

const READ_KEY = 'tidemark.notifications.read';
const KEPT_MAX = 200;

/** Messages to this reader, newest first, each once. */
export const notifications = signal<readonly BrowserNotification[]>([]);
/** When the newest one was that this browser's reader has seen, epoch ms. */
const readUntil = signal(0);
/** How many he has not seen. */
export const unread = computed(
  () => notifications.value.filter(({ at }) => at > readUntil.value).length,
);

/** What there is with these added: each once, newest first, no more than are kept. Pure. */
export function merged(
  held: readonly BrowserNotification[],
  more: readonly BrowserNotification[],
): readonly BrowserNotification[] {
  const byId = new Map([...held, ...more].map((one) => [one.id, one]));
  return [...byId.values()].toSorted((a, b) => b.at - a.at).slice(0, KEPT_MAX);
}

/** He has seen all there are. */
export function markRead(): void {
  const newest = notifications.value[0]?.at ?? 0;
  if (newest <= readUntil.value) return;
  readUntil.value = newest;
  localStorage.setItem(READ_KEY, String(newest));
}

export function followNotifications(): void {
  readUntil.value = Number(localStorage.getItem(READ_KEY) ?? 0);
  const load = async (): Promise<void> => {
    try {
      const answer = await get<NotificationsAnswer>('/v1/notifications');
      notifications.value = merged(notifications.value, answer.notifications);
    } catch {
      // The next message, or the next connection, loads them again; the frame says whether there is one.
    }
  };
  onLive('notification', (one) => {
    notifications.value = merged(notifications.value, [one]);
  });
  onLive('missed', () => void load());
  effect(() => {
    if (tokenNumber.value > 0) notifications.value = [];
    void load();
  });
}
