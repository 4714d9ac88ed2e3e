import { effect, signal } from '@preact/signals';
import type { AlertsAnswer } from './alerts.ts';
import { get, tokenNumber } from './api.ts';
import { onLive } from './live.ts';

/** How many alerts burn, for the mark beside the section's name. */
export const firing = signal(0);

const GATHER_MS = 250;

export function followFiring(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const count = async (): Promise<void> => {
    timer = undefined;
    try {
      const answer = await get<AlertsAnswer>('/v1/alerts?state=firing');
      firing.value = answer.alerts.length;
    } catch {
      // The alerts page says what is wrong; a mark in the frame is no place for it.
    }
  };
  const soon = (): void => {
    timer ??= setTimeout(() => void count(), GATHER_MS);
  };
  onLive('alert', soon);
  onLive('missed', soon);
  effect(() => {
    if (tokenNumber.value >= 0) void count();
  });
}
