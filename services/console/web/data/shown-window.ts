import { signal } from '@preact/signals';
import type { Grain } from '../../../kernel/window.ts';
import { GRAINS } from './grain.ts';

const STORAGE_KEY = 'tidemark.window';

/** The window that the list of metrics shows. */
export const shownWindow = signal<Grain>('hour');

/** Takes up the reader's choice of last time. */
export function startWindow(): void {
  const stored = localStorage.getItem(STORAGE_KEY);
  shownWindow.value = GRAINS.find((grain) => grain === stored) ?? 'hour';
}

export function chooseWindow(grain: Grain): void {
  localStorage.setItem(STORAGE_KEY, grain);
  shownWindow.value = grain;
}
