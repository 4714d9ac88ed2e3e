import { signal } from '@preact/signals';
import { onLive } from './live.ts';

type Known = { readonly version: string; readonly watermark: string | null };

/** The newest watermark of every metric that the stream told of. */
export const watermarks = signal<ReadonlyMap<string, Known>>(new Map());

export function followWatermarks(): void {
  onLive('pipeline', (event) => {
    watermarks.value = new Map(
      event.watermarks.map(({ metric, version, watermark }) => [metric, { version, watermark }]),
    );
  });
}

/** The later of two instants; null is before all. */
export function later(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return Date.parse(a) >= Date.parse(b) ? a : b;
}
